import path from "node:path";
import type { Outcome } from "@ingot/diag";
import type { ChosenPlugin } from "@ingot/host";
import type { SourceFile } from "@ingot/hcl";
import { discoverPlugins, openPluginStore, readLockFile, resolvePlugins } from "@ingot/installer";
import type { RequiredPlugin } from "@ingot/template";
import type { Console } from "../console.js";
import { VERSION } from "../version.js";
import { developmentPlugins } from "./development-plugin.js";
import { runningPlugins } from "./running-plugins.js";
import { readPluginSettings, type PluginSettings } from "./plugin-settings.js";

export interface RunPluginsOptions {
  readonly console: Console;
  readonly releasesOnly: boolean;
  readonly signal: AbortSignal;
}

/** The plugins to use, what is wrong with them, and the files whose lines messages show. */
export interface RequiredPlugins extends Outcome<readonly ChosenPlugin[]> {
  readonly sources: readonly SourceFile[];
}

/** Finds the installed plugins that a template requires. Nothing is downloaded. */
export async function findRequired(
  required: readonly RequiredPlugin[],
  templateFolder: string,
  { console, releasesOnly, signal }: RunPluginsOptions,
): Promise<RequiredPlugins> {
  const settings = await readPluginSettings(console);
  const lock = await readLockFile(path.resolve(console.workingDirectory, templateFolder));
  const store = openPluginStore({ ...settings.folders, cacheFolder: settings.cacheFolder });
  const { value: chosen, diagnostics: problems } = await resolvePlugins(required, lock, {
    ...{ store, releasesOnly, signal, external: settings.external, hostVersion: VERSION },
    developmentPlugin: developmentPlugins(console),
    running: runningPlugins(console),
  });
  const wanted = settings.external.filter((name) => !chosen.some((plugin) => plugin.name === name));
  const diagnostics = [...settings.warnings, ...problems];
  const sources = [lock.source, settings.configuration].filter((source) => source !== undefined);
  if (wanted.length === 0) return { value: chosen, diagnostics, sources };
  const installed = await discoverPlugins({ store, releasesOnly, signal });
  const others = wanted.map(
    (name) => installed.find((plugin) => plugin.name === name) ?? notInstalled(name, { console, settings }),
  );
  return { value: [...chosen, ...others], diagnostics, sources };
}

/** What is said only where the plugin is needed: most templates need none of those that are wanted from elsewhere. */
function notInstalled(
  name: string,
  { console, settings }: { readonly console: Console; readonly settings: PluginSettings },
): ChosenPlugin {
  const plugin = { name, localName: name };
  if (developmentPlugins(console)(name) !== undefined) return { ...plugin, use: { kind: "found" } };
  const where = settings.configuration?.filename ?? "the configuration file";
  const reason = `"external_plugins" in ${where} wants the plugin ${name} from elsewhere, but no other one is installed. Require it in the template and run ingot init, install it with ingot plugins install, or take the name out of that list.`;
  return { ...plugin, use: { kind: "unusable", reason } };
}

/** Finds the newest of everything that is installed. */
export async function findInstalled({
  console,
  releasesOnly,
  signal,
}: RunPluginsOptions): Promise<readonly ChosenPlugin[]> {
  const settings = await readPluginSettings(console);
  const store = openPluginStore({ ...settings.folders, cacheFolder: settings.cacheFolder });
  return await discoverPlugins({ store, releasesOnly, signal });
}
