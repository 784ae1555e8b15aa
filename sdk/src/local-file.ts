import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, rm, symlink, type FileHandle } from "node:fs/promises";
import { checkEntryPath } from "./dir-path.js";
import { CHUNK_BYTES } from "./chunks.js";
import type { DirEntry, DownloadedFile, FileInfo } from "./machine.js";
import { openRooted } from "./rooted-path.js";

/** Options of writing files below a root folder. */
export interface WriteOptions {
  readonly signal: AbortSignal;
  /** True when missing folders above the file are made. Default false. */
  readonly makeFolders?: boolean;
}

/** Writes a file at a path below a root. Links in the path stay inside the root. */
export async function writeRootedFile(
  root: string,
  file: FileInfo,
  content: AsyncIterable<Uint8Array>,
  { signal, makeFolders = false }: WriteOptions,
): Promise<void> {
  const place = openRooted(root, file.path, { followLast: true, makeFolders });
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
    const handle = await open(place.path, flags, file.mode === undefined ? 0o666 : file.mode & 0o777);
    try {
      await handle.truncate(0);
      for await (const chunk of content) {
        signal.throwIfAborted();
        await writeAll(handle, chunk);
      }
      if (file.mode !== undefined) await handle.chmod(file.mode & 0o7777);
    } finally {
      await handle.close();
    }
  } finally {
    place.close();
  }
}

/** Opens a file at a path below a root for reading. Links in the path stay inside the root. */
export async function readRootedFile(root: string, path: string): Promise<DownloadedFile> {
  const place = openRooted(root, path, { followLast: true });
  try {
    const handle = await open(place.path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const stats = await handle.stat();
    if (!stats.isFile()) {
      await handle.close();
      throw new Error(`"${path}" is not a regular file.`);
    }
    const content = handle.createReadStream({ highWaterMark: CHUNK_BYTES }); // closes the handle
    const file: FileInfo = { path, mode: stats.mode & 0o7777, size: stats.size, modifiedMs: stats.mtimeMs };
    return { file, content };
  } finally {
    place.close();
  }
}

/**
 * Writes the entries of a folder transfer below a folder of a root, which is made when it is missing. Links among the entries
 * are made, but never followed out of the root.
 */
export async function writeRootedDir(
  root: string,
  folder: string,
  entries: AsyncIterable<DirEntry>,
  { signal }: WriteOptions,
): Promise<void> {
  await makeRootedDir(root, folder);
  const modes: { readonly path: string; readonly mode: number }[] = [];
  for await (const entry of entries) {
    signal.throwIfAborted();
    const path = `${folder}/${checkEntryPath(entry.path)}`;
    if (entry.kind === "directory") {
      await makeRootedDir(root, path);
      if (entry.mode !== undefined) modes.push({ path, mode: entry.mode });
    } else if (entry.kind === "symlink") {
      await writeRootedLink(root, path, entry.linkTarget ?? "");
    } else {
      await writeRootedFile(root, { ...entry, path }, entry.content ?? noContent(), { signal, makeFolders: true });
    }
  }
  // Modes of folders come last and deepest first: a folder without write permission can still be filled.
  for (const { path, mode } of modes.reverse()) {
    const place = openRooted(root, path, { followLast: true });
    try {
      await chmod(place.path, mode & 0o7777);
    } finally {
      place.close();
    }
  }
}

async function makeRootedDir(root: string, path: string): Promise<void> {
  const place = openRooted(root, path, { followLast: true, makeFolders: true });
  try {
    if (place.inner === "") return;
    await mkdir(place.path).catch(async (error: NodeJS.ErrnoException) => {
      const isThere = error.code === "EEXIST" && (await lstat(place.path)).isDirectory();
      if (!isThere) throw error;
    });
  } finally {
    place.close();
  }
}

async function writeRootedLink(root: string, path: string, target: string): Promise<void> {
  const place = openRooted(root, path, { followLast: false, makeFolders: true });
  try {
    await symlink(target, place.path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      await rm(place.path);
      await symlink(target, place.path);
    });
  } finally {
    place.close();
  }
}

/** Writes all bytes of a chunk. */
export async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, offset, chunk.length - offset);
    offset += bytesWritten;
  }
}

async function* noContent(): AsyncGenerator<Uint8Array, void, undefined> {
  // A file without content is an empty one.
}
