import { existsSync } from "node:fs";
import path from "node:path";
import { startEarlyPlugin, type EarlyPlugin } from "@ingot/host/early";
import type { Console } from "./console.js";
import { findDirectories } from "./directories.js";
import { pluginEnvironment } from "./settings.js";

/** Starts the core plugin for a build, while the command is being loaded. Undefined when there will hardly be a build. */
export function startEarly(args: readonly string[], console: Console): EarlyPlugin | undefined {
  const template = args.at(-1);
  if (template === undefined || !existsSync(path.resolve(console.workingDirectory, template))) return undefined;
  const { builtinPlugins } = findDirectories(console);
  try {
    return startEarlyPlugin({ env: pluginEnvironment(console.env), builtinPluginDir: builtinPlugins });
  } catch {
    return undefined; // no place for its socket: the host will tell
  }
}
