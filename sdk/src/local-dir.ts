import { lstatSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { isExcluded } from "./dir-path.js";
import { LocalContent } from "./local-content.js";
import type { DirEntry } from "./machine.js";

/** Options of reading a folder. */
export interface ReadDirOptions {
  /** Entries to leave out, as paths relative to the folder. */
  readonly exclude?: readonly string[];
  /** True when links stand for what they lead to. Default false: they are links. */
  readonly followLinks?: boolean;
}

/**
 * Reads a local folder: folders before what is in them, names in order. Sockets and the like are left out. Rejects when something
 * cannot be read, or a followed link leads to a folder above it.
 */
export async function* readLocalDir(
  root: string,
  { exclude = [], followLinks = false }: ReadDirOptions = {},
): AsyncGenerator<DirEntry, void, undefined> {
  yield* walk(root, "", { exclude, above: followLinks ? [await realpath(root)] : undefined });
}

interface WalkOptions {
  readonly exclude: readonly string[];
  /** The real paths of the folder and those above it; undefined when links are not followed. */
  readonly above: readonly string[] | undefined;
}

/** What takes microseconds is done at once: with thousands of files, waiting for each would cost many times as much. */
async function* walk(
  root: string,
  folder: string,
  { exclude, above }: WalkOptions,
): AsyncGenerator<DirEntry, void, undefined> {
  const names = await readdir(join(root, folder));
  for (const name of names.sort()) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isExcluded(path, exclude)) continue;
    const full = join(root, path);
    const stats = above === undefined ? lstatSync(full) : statSync(full);
    const common = { path, mode: stats.mode & 0o7777, modifiedMs: stats.mtimeMs };
    if (stats.isDirectory()) {
      const real = above === undefined ? undefined : realpathSync(full);
      if (real !== undefined && above?.includes(real) === true) {
        throw new Error(`The link "${full}" leads to a folder above it.`);
      }
      yield { ...common, kind: "directory" };
      yield* walk(root, path, { exclude, above: real === undefined ? undefined : [...(above ?? []), real] });
    } else if (stats.isSymbolicLink()) {
      yield { ...common, kind: "symlink", linkTarget: readlinkSync(full) };
    } else if (stats.isFile()) {
      yield { ...common, kind: "file", size: stats.size, content: new LocalContent(full, stats.size) };
    }
  }
}
