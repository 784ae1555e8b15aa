import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { basename, delimiter, dirname, extname, join, resolve } from "node:path";
import { isNodeScript, type PluginExecutable } from "./plugin-executable.js";

export interface SearchPlaces {
  /** The value of INGOT_PLUGIN_PATH: folders, or plugins themselves, separated as in PATH. */
  readonly pluginPath: string | undefined;
  readonly userPluginDir: string | undefined;
  readonly builtinPluginDir: string | undefined;
}

const FILE_NAME = /^ingot-plugin-([a-z0-9]+(?:-[a-z0-9]+)*)(\.mjs|\.js|\.exe)?$/;

/** The folders that are searched, in order. */
export function searchedFolders({ pluginPath, userPluginDir, builtinPluginDir }: SearchPlaces): readonly string[] {
  const listed = (pluginPath ?? "").split(delimiter).filter((entry) => entry !== "");
  return [...listed, userPluginDir, builtinPluginDir].filter((folder) => folder !== undefined).map((f) => resolve(f));
}

/**
 * Finds all plugins: executables `ingot-plugin-NAME`, and `.mjs` and `.js` files of that name. The first of a name wins. Folders
 * that don't exist are skipped; files that are not executable are handed to `onSkip`.
 */
export function findPlugins(places: SearchPlaces, onSkip: (path: string) => void): readonly PluginExecutable[] {
  const found = new Map<string, PluginExecutable>();
  const builtinDir = places.builtinPluginDir === undefined ? undefined : resolve(places.builtinPluginDir);
  for (const folder of new Set(searchedFolders(places))) {
    for (const path of filesOf(folder)) {
      const name = FILE_NAME.exec(basename(path))?.[1];
      if (name === undefined || found.has(name)) continue;
      if (isRunnable(path)) found.set(name, { name, path, isBuiltin: dirname(path) === builtinDir });
      else onSkip(path);
    }
  }
  return [...found.values()];
}

/** The files of a folder, native executables before scripts of the same name; a file stands for itself. */
function filesOf(folder: string): readonly string[] {
  try {
    if (statSync(folder).isFile()) return [folder];
    const names = readdirSync(folder);
    names.sort((a, b) => (stem(a) === stem(b) ? rank(a) - rank(b) : stem(a) < stem(b) ? -1 : 1));
    return names.map((name) => join(folder, name));
  } catch {
    return []; // not there, or not ours to read
  }
}

function stem(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

function rank(name: string): number {
  return ["", ".exe", ".mjs", ".js"].indexOf(extname(name));
}

function isRunnable(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    if (!isNodeScript(path)) accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The order in which plugins are asked for a component: those whose name is the component's or a dash-prefix of it (`docker` for
 * `docker-tag`, longest first), then the built-in ones ("core" first), then all others. `isLikely` tells the first two groups.
 */
export function candidatesFor(
  componentName: string,
  plugins: readonly PluginExecutable[],
): readonly { readonly plugin: PluginExecutable; readonly isLikely: boolean }[] {
  const named = plugins
    .filter(({ name }) => name === componentName || componentName.startsWith(`${name}-`))
    .sort((a, b) => b.name.length - a.name.length);
  const others = plugins.filter((plugin) => !named.includes(plugin));
  const builtin = others.filter(({ isBuiltin }) => isBuiltin);
  builtin.sort((a, b) => Number(b.name === "core") - Number(a.name === "core"));
  const likely = [...named, ...builtin].map((plugin) => ({ plugin, isLikely: true }));
  const rest = others.filter(({ isBuiltin }) => !isBuiltin).map((plugin) => ({ plugin, isLikely: false }));
  return [...likely, ...rest];
}
