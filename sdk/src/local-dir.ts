import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { CHUNK_BYTES } from "./chunks.js";
import { isExcluded } from "./dir-path.js";
import type { DirEntry } from "./machine.js";

/**
 * Reads a local folder: folders before what is in them, names in order, links as links. Sockets and the like are left out.
 * Rejects when something cannot be read.
 */
export async function* readLocalDir(
  root: string,
  { exclude = [] }: { readonly exclude?: readonly string[] } = {},
): AsyncGenerator<DirEntry, void, undefined> {
  yield* walk(root, "", exclude);
}

/** Reads a local file, which is opened when the first chunk is asked for: an error then has somebody to hear of it. */
export async function* readLocalFile(path: string): AsyncGenerator<Buffer, void, undefined> {
  yield* createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
}

async function* walk(
  root: string,
  folder: string,
  exclude: readonly string[],
): AsyncGenerator<DirEntry, void, undefined> {
  const names = await readdir(join(root, folder));
  for (const name of names.sort()) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isExcluded(path, exclude)) continue;
    const full = join(root, path);
    const stats = await lstat(full);
    const common = { path, mode: stats.mode & 0o7777, modifiedMs: stats.mtimeMs };
    if (stats.isDirectory()) {
      yield { ...common, kind: "directory" };
      yield* walk(root, path, exclude);
    } else if (stats.isSymbolicLink()) {
      yield { ...common, kind: "symlink", linkTarget: await readlink(full) };
    } else if (stats.isFile()) {
      yield {
        ...common,
        kind: "file",
        size: stats.size,
        content: readLocalFile(full),
      };
    }
  }
}
