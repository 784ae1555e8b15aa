import { findPlugins } from "@ingot/host";
import type { Console } from "../console.js";
import { findDirectories } from "../directories.js";
import { setting } from "../settings.js";

/** Gives the function that finds a plugin lying in a folder as it is, not installed: as authors have theirs while they write them. */
export function developmentPlugins(console: Console): (name: string) => string | undefined {
  let found: ReadonlyMap<string, string> | undefined;
  return (name) => {
    found ??= find(console);
    return found.get(name);
  };
}

function find(console: Console): ReadonlyMap<string, string> {
  const places = {
    pluginPath: setting(console.env, "PLUGIN_PATH"),
    userPluginDir: findDirectories(console).plugins,
    builtinPluginDir: undefined,
  };
  return new Map(findPlugins(places, () => undefined).map(({ name, path }) => [name, path]));
}
