import {
  pluginChecker,
  PluginSources,
  readSignatureSettings,
  type InstallContext,
  type PlanContext,
} from "@ingot/installer";
import { configurationError } from "../configuration/check-startup.js";
import type { Console } from "../console.js";
import { VERSION } from "../version.js";
import type { PluginSettings } from "./plugin-settings.js";

export interface OpenOptions {
  readonly console: Console;
  readonly settings: PluginSettings;
  readonly planContext: PlanContext;
}

/** Sources of plugins, until they are disposed of. */
export interface OpenedSources extends Disposable {
  readonly context: InstallContext;
}

/** Opens the sources of plugins, and reads who may sign them. Throws StartupError when a setting is wrong. */
export function openInstallContext({ console, settings, planContext }: OpenOptions): OpenedSources {
  const { env, workingDirectory } = console;
  const { settings: signatures, problems } = readSignatureSettings(Object.fromEntries(settings.entries), {
    policy: env["INGOT_PLUGIN_SIGNATURES"],
    folder: settings.configurationFolder,
  });
  if (problems.length > 0) throw configurationError(problems.map((problem) => `${problem}.`).join("\n"));
  const { mirror, extraCaFile, registries, cacheFolder } = settings;
  const sources = new PluginSources({
    ...{ version: VERSION, env, workingDirectory, cacheFolder, registries },
    ...(mirror === undefined ? {} : { mirror }),
    ...(extraCaFile === undefined ? {} : { extraCaFile }),
  });
  return {
    context: {
      ...planContext,
      signatures,
      sourcesFor: (address) => sources.sourcesFor(address),
      checkPlugin: pluginChecker({ hostVersion: VERSION, env }),
    },
    [Symbol.dispose]: () => sources[Symbol.dispose](),
  };
}
