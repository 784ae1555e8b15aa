import { homedir } from "node:os";
import path from "node:path";
import type { Console } from "./console.js";

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

/** Reads INGOT_CONFIG_DIR, INGOT_CACHE_DIR, INGOT_STATE_DIR, PACKER_CACHE_DIR and the XDG variables. */
export function findDirectories({ env, workingDirectory, installFolder }: Console): Directories {
  const config = first(env["INGOT_CONFIG_DIR"]) ?? standard(env, "XDG_CONFIG_HOME", ".config");
  const cache =
    first(env["INGOT_CACHE_DIR"]) ?? first(env["PACKER_CACHE_DIR"]) ?? standard(env, "XDG_CACHE_HOME", ".cache");
  const state = first(env["INGOT_STATE_DIR"]) ?? standard(env, "XDG_STATE_HOME", path.join(".local", "state"));
  return {
    plugins: path.join(path.resolve(workingDirectory, config), "plugins"),
    builtinPlugins: path.join(installFolder, "plugins"),
    cache: path.resolve(workingDirectory, cache),
    state: path.resolve(workingDirectory, state),
  };
}

function standard(env: Environment, variable: string, folder: string): string {
  const base = first(env[variable]) ?? path.join(first(env["HOME"]) ?? homedir(), folder);
  return path.join(base, "ingot");
}

/** An empty variable is as good as none. */
function first(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
