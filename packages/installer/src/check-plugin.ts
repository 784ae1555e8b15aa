import { isError, messageOf } from "@ingot/diag";
import { envWithoutSecrets } from "./env-without-secrets.js";
import { InstallError } from "./install-error.js";
import type { InstallContext } from "./install-context.js";
import { canonicalVersion } from "./plugin-version.js";
import { printable } from "./printable.js";

const TIMEOUT_MS = 30_000;

/** Gives the check that starts a plugin of ours, asks who it is, and compares that with its release. */
export function pluginChecker(options: {
  readonly hostVersion: string;
  readonly env: NodeJS.ProcessEnv;
}): InstallContext["checkPlugin"] {
  return async (path, { name, version, signal }) => {
    const { describePlugin } = await import("@ingot/host"); // not needed as long as nothing is installed
    const env = envWithoutSecrets(options.env);
    const { hostVersion } = options;
    const told = await describePlugin({ path, hostVersion, env, signal, timeoutMs: TIMEOUT_MS }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        if (!isError(error) || error.name !== "PluginError") throw error;
        throw new InstallError(`The plugin doesn't start, so it was not installed. ${messageOf(error)}`, {
          cause: error,
        });
      },
    );
    if (told.name !== name) {
      const called = JSON.stringify(printable(told.name));
      throw new InstallError(`The plugin says that it is called ${called}, but its release is of "${name}".`);
    }
    if (canonicalVersion(told.version) === version) return;
    const said = JSON.stringify(printable(told.version));
    throw new InstallError(`The plugin says that it is version ${said}, but its release is ${version}.`);
  };
}
