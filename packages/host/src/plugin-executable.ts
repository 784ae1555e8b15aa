import { extname } from "node:path";

/** A plugin that was found. */
export interface PluginExecutable {
  /** The plugin's name: NAME of `ingot-plugin-NAME`. */
  readonly name: string;
  /** The file. Absolute. */
  readonly path: string;
  /** True for those that come with Ingot. */
  readonly isBuiltin: boolean;
  /** Of what was installed and has been checked: a description may be kept under it. */
  readonly contentHash?: string;
}

/** Tells plugins apart, also those of one name. A plugin that runs already has no path. */
export function keyOf({ path, name }: PluginExecutable): string {
  return path === "" ? name : path;
}

/** Tells whether the file runs under our own Node. */
export function isNodeScript(path: string): boolean {
  return [".mjs", ".js"].includes(extname(path));
}

/** The program and its arguments that run the plugin. */
export function commandOf({ path }: PluginExecutable): readonly [string, ...string[]] {
  return isNodeScript(path) ? [process.execPath, path] : [path];
}

/** The command as messages show it. */
export function commandText(executable: PluginExecutable): string {
  return commandOf(executable)
    .map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", String.raw`'\''`)}'`))
    .join(" ");
}
