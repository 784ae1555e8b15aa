import { existsSync, statSync } from "node:fs";
import path from "node:path";
import type { StoreOptions } from "@ingot/installer";
import type { Console } from "../console.js";
import { findDirectories, homeFolder } from "../directories.js";
import { given, setting } from "../settings.js";

export type PluginFolders = Pick<StoreOptions, "root" | "further">;

/**
 * The folder that plugins are installed into, and those in which they are found besides: the entries of INGOT_PLUGIN_PATH that are no files,
 * else PACKER_PLUGIN_PATH, which names one, else the user's own, and then Packer's for Packer's plugins. None need exist.
 */
export function pluginFolders(console: Console): PluginFolders {
  const { env, workingDirectory } = console;
  const entries = (setting(env, "PLUGIN_PATH") ?? "").split(path.delimiter).filter((entry) => entry !== "");
  const folders = entries.map((entry) => path.resolve(workingDirectory, entry)).filter((entry) => !isFile(entry));
  const [root, ...others] = new Set(folders);
  if (root !== undefined) return { root, further: others.map((other) => ({ root: other })) };
  const packers = packersFolder(env);
  return {
    root: findDirectories(console).plugins,
    further: packers === undefined ? [] : [{ root: packers, family: "packer" }],
  };
}

/** Where Packer has its plugins; undefined when another folder was named for settings and plugins. */
function packersFolder(env: Console["env"]): string | undefined {
  if (given(env["INGOT_CONFIG_DIR"]) !== undefined || given(env["PACKER_CONFIG_DIR"]) !== undefined) return undefined;
  if (process.platform === "win32") return path.join(given(env["APPDATA"]) ?? homeFolder(env), "packer.d", "plugins");
  const old = path.join(homeFolder(env), ".packer.d");
  const standard = given(env["XDG_CONFIG_HOME"]) ?? path.join(homeFolder(env), ".config");
  return path.join(existsSync(old) ? old : path.join(standard, "packer"), "plugins");
}

function isFile(entry: string): boolean {
  return statSync(entry, { throwIfNoEntry: false })?.isFile() ?? false;
}
