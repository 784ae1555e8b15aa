import path from "node:path";
import type { Outcome } from "@ingot/diag";
import type { ChosenPlugin } from "@ingot/host";
import { discoverPlugins, openPluginStore, readLockFile, resolvePlugins, type ReadLock } from "@ingot/installer";
import type { RequiredPlugin } from "@ingot/template";
import type { Console } from "../console.js";
import { VERSION } from "../version.js";
import { developmentPlugins } from "./development-plugin.js";
import { runningPlugins } from "./running-plugins.js";
import { readPluginSettings } from "./plugin-settings.js";

export interface RunPluginsOptions {
  readonly console: Console;
  readonly releasesOnly: boolean;
  readonly signal: AbortSignal;
}

/** The plugins to use, what is wrong with them, and the lock file, if there is one, for messages that show its lines. */
export interface RequiredPlugins extends Outcome<readonly ChosenPlugin[]> {
  readonly lockFile: ReadLock["source"];
}

/** Finds the installed plugins that a template requires. Nothing is downloaded. */
export async function findRequired(
  required: readonly RequiredPlugin[],
  templateFolder: string,
  { console, releasesOnly, signal }: RunPluginsOptions,
): Promise<RequiredPlugins> {
  const settings = await readPluginSettings(console);
  const lock = await readLockFile(path.resolve(console.workingDirectory, templateFolder));
  const store = openPluginStore({ root: settings.folder, cacheFolder: settings.cacheFolder });
  const { value: chosen, diagnostics } = await resolvePlugins(required, lock, {
    ...{ store, releasesOnly, signal, external: settings.external, hostVersion: VERSION },
    developmentPlugin: developmentPlugins(console),
    running: runningPlugins(console),
  });
  const wanted = settings.external.filter((name) => !chosen.some((plugin) => plugin.name === name));
  const lockFile = lock.source;
  if (wanted.length === 0) return { value: chosen, diagnostics, lockFile };
  const others = await discoverPlugins({ store, releasesOnly, signal });
  return { value: [...chosen, ...others.filter(({ name }) => wanted.includes(name))], diagnostics, lockFile };
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
