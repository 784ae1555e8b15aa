import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { sep } from "node:path";
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
 * The entries of a local folder: folders before what is in them, names in order. Sockets and the like are left out. Reading it
 * throws when something cannot be read, or a followed link leads to a folder above it.
 */
export class LocalDir implements AsyncIterable<DirEntry> {
  readonly #root: string;
  readonly #options: ReadDirOptions;

  constructor(root: string, options: ReadDirOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** What takes microseconds is done at once: with thousands of files, waiting for each would cost many times as much. */
  now(): Generator<DirEntry, void, undefined> {
    const { exclude = [], followLinks = false } = this.#options;
    return walk({
      folder: this.#root,
      inner: "",
      exclude,
      above: followLinks ? [realpathSync(this.#root)] : undefined,
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DirEntry, void, undefined> {
    for (const entry of this.now()) yield await Promise.resolve(entry);
  }
}

/** Gives the entries of a local folder. */
export function readLocalDir(root: string, options: ReadDirOptions = {}): LocalDir {
  return new LocalDir(root, options);
}

interface Place {
  /** The path of the folder on this computer. */
  readonly folder: string;
  /** What comes before its names in the paths of entries. */
  readonly inner: string;
  readonly exclude: readonly string[];
  /** The real paths of the folder and those above it; undefined when links are not followed. */
  readonly above: readonly string[] | undefined;
}

function* walk(place: Place): Generator<DirEntry, void, undefined> {
  const { folder, above, exclude } = place;
  const before = folder.endsWith(sep) ? folder : folder + sep;
  const names = readdirSync(folder);
  for (const name of names.sort()) {
    const path = place.inner + name;
    if (exclude.length > 0 && isExcluded(path, exclude)) continue;
    const full = before + name;
    const stats = above === undefined ? lstatSync(full) : statSync(full);
    const { size, mtimeMs: modifiedMs } = stats;
    const mode = stats.mode & 0o7777;
    if (stats.isFile()) {
      yield { path, kind: "file", mode, modifiedMs, size, content: new LocalContent(full, size) };
    } else if (stats.isDirectory()) {
      const real = above === undefined ? undefined : realpathSync(full);
      if (real !== undefined && above?.includes(real) === true) {
        throw new Error(`The link "${full}" leads to a folder above it.`);
      }
      yield { path, kind: "directory", mode, modifiedMs };
      const inside = real === undefined ? undefined : [...(above ?? []), real];
      yield* walk({ folder: full, inner: `${path}/`, exclude, above: inside });
    } else if (stats.isSymbolicLink()) {
      yield { path, kind: "symlink", mode, modifiedMs, linkTarget: readlinkSync(full) };
    }
  }
}
