import path from "node:path";
import type { Outcome } from "@ingot/diag";
import type { ChosenPlugin } from "@ingot/host";
import { discoverPlugins, openPluginStore, readLockFile, resolvePlugins } from "@ingot/installer";
import type { RequiredPlugin } from "@ingot/template";
import type { Console } from "../console.js";
import { VERSION } from "../version.js";
import { developmentPlugins } from "./development-plugin.js";
import { readPluginSettings } from "./plugin-settings.js";

export interface RunPluginsOptions {
  readonly console: Console;
  readonly releasesOnly: boolean;
  readonly signal: AbortSignal;
}

/** Finds the installed plugins that a template requires. Nothing is downloaded. */
export async function findRequired(
  required: readonly RequiredPlugin[],
  templateFolder: string,
  { console, releasesOnly, signal }: RunPluginsOptions,
): Promise<Outcome<readonly ChosenPlugin[]>> {
  const settings = await readPluginSettings(console);
  const lock = await readLockFile(path.resolve(console.workingDirectory, templateFolder));
  return await resolvePlugins(required, lock, {
    store: openPluginStore({ root: settings.folder, cacheFolder: settings.cacheFolder }),
    ...{ releasesOnly, signal, external: settings.external, hostVersion: VERSION },
    developmentPlugin: developmentPlugins(console),
  });
}

/** Finds the newest of everything that is installed. */
export async function findInstalled({
  console,
  releasesOnly,
  signal,
}: RunPluginsOptions): Promise<readonly ChosenPlugin[]> {
  const settings = await readPluginSettings(console);
  const store = openPluginStore({ root: settings.folder, cacheFolder: settings.cacheFolder });
  return await discoverPlugins({ store, releasesOnly, signal });
}
