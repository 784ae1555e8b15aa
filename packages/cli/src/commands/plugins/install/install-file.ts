import { statSync } from "node:fs";
import path from "node:path";
import { messageOf, type Diagnostic } from "@ingot/diag";
import {
  ANY_PLATFORM,
  canonicalVersion,
  currentPlatform,
  describeBinary,
  INGOT_API,
  isInstallError,
  type PluginAddress,
  type PutFile,
} from "@ingot/installer";
import { parseVersion } from "@ingot/template";
import type { Console } from "../../../console.js";
import type { PluginSession } from "../../../plugins/plugin-session.js";
import { VERSION } from "../../../version.js";
import { systemErrorText } from "../system-error-text.js";
import { installedJson } from "../outcome-json.js";

const DESCRIBE_TIMEOUT_MS = 30_000;

/** What is known of a program that is to be installed. */
type Described = Pick<PutFile, "family" | "version" | "api" | "platform">;

/** Installs a program that is a file here, in the reference's words. Gives the exit status. */
export async function installFile(
  address: PluginAddress,
  file: string,
  { session, env }: { readonly session: PluginSession; readonly env: Console["env"] },
): Promise<number> {
  const { ui, store, signal } = session;
  const described = await describe(address, file, { env, signal });
  if ("summary" in described) {
    ui.diagnostics([described]);
    ui.document({});
    return 1;
  }
  const plugin = await store.putFile({ address, file, ...described }, { signal });
  const place = store.placeOf(plugin);
  ui.say(`Successfully installed plugin ${address.text} from ${file} to ${place}`);
  ui.document({ plugins: [{ ...installedJson(plugin, store), status: "installed" }] });
  return 0;
}

async function describe(
  address: PluginAddress,
  file: string,
  options: { readonly env: Console["env"]; readonly signal: AbortSignal },
): Promise<Described | Diagnostic> {
  try {
    if (statSync(file).isDirectory()) {
      const detail = "The command plugins install can only install binaries, not directories";
      return problem("Plugin to promote cannot be a directory", detail);
    }
  } catch (error) {
    const reason = `The plugin ${JSON.stringify(address.text)} failed to be opened because of an error: ${systemErrorText("stat", file, error)}`;
    return problem("Unable to find plugin to promote", reason);
  }
  const isOurs = /^ingot-plugin-/.test(path.basename(file)) || [".mjs", ".js"].includes(path.extname(file));
  return isOurs ? await describeOurs(address, file, options) : await describePackers(file, options);
}

async function describeOurs(
  { name }: PluginAddress,
  file: string,
  { env, signal }: { readonly env: Console["env"]; readonly signal: AbortSignal },
): Promise<Described | Diagnostic> {
  const { describePlugin } = await import("../../../plugins/online.js");
  let told: Awaited<ReturnType<typeof describePlugin>>;
  try {
    const own = { ...env };
    told = await describePlugin({ path: file, hostVersion: VERSION, env: own, signal, timeoutMs: DESCRIBE_TIMEOUT_MS });
  } catch (error) {
    signal.throwIfAborted();
    return problem("Failed to describe the plugin", messageOf(error));
  }
  if (told.name !== name) {
    const detail = `The plugin says that it is called ${JSON.stringify(told.name)}, so its address must end in that name, not in ${JSON.stringify(name)}.`;
    return problem("Invalid plugin name", detail);
  }
  const version = installableVersion(told.version);
  if (typeof version !== "string") return version;
  const platform = [".mjs", ".js"].includes(path.extname(file)) ? ANY_PLATFORM : currentPlatform();
  return { family: "ingot", version, api: INGOT_API, platform };
}

async function describePackers(
  file: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<Described | Diagnostic> {
  try {
    const told = await describeBinary(file, { timeoutMs: DESCRIBE_TIMEOUT_MS, signal });
    const version = installableVersion(told.version);
    if (typeof version !== "string") return version;
    return { family: "packer", version, api: told.apiVersion, platform: currentPlatform() };
  } catch (error) {
    if (!isInstallError(error)) throw error;
    if (error.message.startsWith('"describe" printed ')) {
      const detail = `'${file} describe' produced information that Ingot couldn't decode: ${error.message}`;
      return problem("Failed to decode plugin describe info", detail);
    }
    return problem("Failed to describe the plugin", `Ingot failed to run ${file} describe: ${error.message}`);
  }
}

/** The version without metadata, or why it can't be installed. */
function installableVersion(text: string): string | Diagnostic {
  const version = canonicalVersion(text);
  if (version === undefined) {
    const detail = `Plugin's reported version (${JSON.stringify(text)}) is not semver-compatible: malformed version: ${text}`;
    return problem("Invalid version", detail);
  }
  if (["", "dev"].includes(parseVersion(version)?.prerelease ?? "")) return version;
  const detail = `Ingot can only install plugin releases with this command (ex: 1.0.0) or development pre-releases (ex: 1.0.0-dev), the binary's reported version is ${JSON.stringify(text)}`;
  return problem("Invalid version", detail);
}

function problem(summary: string, detail: string): Diagnostic {
  return { severity: "error", summary, detail };
}
