import { userInfo } from "node:os";
import path from "node:path";
import type { Console } from "./console.js";
import { given, setting } from "./settings.js";

/** Where Ingot keeps things. All absolute; nothing is made here. */
export interface Directories {
  /** The user's own plugins. */
  readonly plugins: string;
  /** The plugins that come with Ingot. */
  readonly builtinPlugins: string;
  readonly cache: string;
  /** Journals of runs. */
  readonly state: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads INGOT_CONFIG_DIR, INGOT_CACHE_DIR, INGOT_STATE_DIR, PACKER_CACHE_DIR, PACKER_CONFIG_DIR and the XDG variables. PACKER_CONFIG_DIR is the
 * folder in which Packer's `.packer.d` is.
 */
export function findDirectories({ env, workingDirectory, installFolder }: Console): Directories {
  const config = given(env["INGOT_CONFIG_DIR"]) ?? packerConfig(env) ?? standard(env, "XDG_CONFIG_HOME", ".config");
  const cache = setting(env, "CACHE_DIR") ?? standard(env, "XDG_CACHE_HOME", ".cache");
  const state = given(env["INGOT_STATE_DIR"]) ?? standard(env, "XDG_STATE_HOME", path.join(".local", "state"));
  return {
    plugins: path.join(path.resolve(workingDirectory, config), "plugins"),
    builtinPlugins: path.join(installFolder, "plugins"),
    cache: path.resolve(workingDirectory, cache),
    state: path.resolve(workingDirectory, state),
  };
}

function standard(env: Environment, variable: string, folder: string): string {
  return path.join(given(env[variable]) ?? path.join(homeFolder(env), folder), "ingot");
}

function packerConfig(env: Environment): string | undefined {
  const folder = given(env["PACKER_CONFIG_DIR"]);
  return folder === undefined ? undefined : path.join(folder, process.platform === "win32" ? "packer.d" : ".packer.d");
}

/** The user's home: as HOME says, else as the system knows it, else the root folder, as for users in containers that have no name. */
export function homeFolder(env: Environment): string {
  return given(env["HOME"]) ?? systemHome();
}

function systemHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return path.parse(process.execPath).root; // not of the current folder, which may be gone
  }
}
