import { statSync } from "node:fs";
import path from "node:path";
import type { Console } from "../console.js";
import { findDirectories } from "../directories.js";
import { setting } from "../settings.js";

/**
 * The folder that plugins are installed into and found in: the first entry of INGOT_PLUGIN_PATH that is no file, else PACKER_PLUGIN_PATH, else
 * the user's own. It may not exist.
 */
export function pluginFolder(console: Console): string {
  const { env, workingDirectory } = console;
  const entries = (setting(env, "PLUGIN_PATH") ?? "").split(path.delimiter).filter((entry) => entry !== "");
  const folder = entries.map((entry) => path.resolve(workingDirectory, entry)).find((entry) => !isFile(entry));
  return folder ?? findDirectories(console).plugins;
}

function isFile(entry: string): boolean {
  return statSync(entry, { throwIfNoEntry: false })?.isFile() ?? false;
}
