import { posix } from "node:path";
import { isExcluded } from "../dir-path.js";
import type { DirEntry, DirOptions } from "../machine.js";
import { collect, one } from "./small-content.js";
import { downloadBySftp, SMALL_BYTES } from "./sftp-transfer.js";
import type { Sftp } from "./sftp-session.js";
import type { SftpStats } from "./sftp-wire.js";

/** How many small files may be on their way at once. */
const MAX_FILES = 128;

/** Finds where the content of a folder goes by the rule of `scp -r`: a folder that does not exist yet becomes the copy itself. */
export async function scpDestination(sftp: Sftp, folder: string, requested: DirOptions["requested"]): Promise<string> {
  if (requested === undefined || requested.destination === folder) return folder;
  return (await sftp.statIfThere(requested.destination)) === undefined ? requested.destination : folder;
}

/**
 * Reads what is in a folder, folders before what is in them, following links; small files are read ahead. `prefix` is put in
 * front of each path.
 */
export async function* downloadDirBySftp(
  sftp: Sftp,
  root: string,
  { signal, exclude, prefix }: DirOptions & { readonly prefix: string },
): AsyncGenerator<DirEntry, void, undefined> {
  const found = walk(sftp, { root, folder: "", exclude, above: [await sftp.realpath(root)] });
  const ahead: { readonly entry: DirEntry; readonly bytes: Promise<Buffer> | undefined }[] = [];
  let isOver = false;
  if (prefix !== "") yield { path: prefix, kind: "directory", mode: (await sftp.stat(root)).mode & 0o7777 };
  for (;;) {
    while (!isOver && ahead.length < MAX_FILES) {
      const { value: entry } = await found.next();
      if (entry === undefined) {
        isOver = true;
        break;
      }
      const isSmall = entry.kind === "file" && (entry.size ?? 0) <= SMALL_BYTES;
      const bytes = isSmall ? readSmallFile(sftp, posix.join(root, entry.path), signal) : undefined;
      bytes?.catch(() => {}); // awaited in its turn
      ahead.push({ entry, bytes });
    }
    const next = ahead.shift();
    if (next === undefined) return;
    signal.throwIfAborted();
    const entry = { ...next.entry, path: posix.join(prefix, next.entry.path) };
    if (next.bytes !== undefined) yield { ...entry, content: one(await next.bytes) };
    else if (entry.kind === "file") {
      const { content } = await downloadBySftp(sftp, posix.join(root, next.entry.path), { signal });
      yield { ...entry, content };
    } else yield entry;
  }
}

interface Place {
  readonly root: string;
  readonly folder: string;
  readonly exclude: readonly string[];
  /** The real paths of the folder and those above it. */
  readonly above: readonly string[];
}

async function* walk(sftp: Sftp, place: Place): AsyncGenerator<DirEntry, undefined, undefined> {
  const list = [...(await sftp.readdir(posix.join(place.root, place.folder)))];
  list.sort((a, b) => (a.filename < b.filename ? -1 : 1));
  for (const { filename, attrs } of list) {
    if (filename === "." || filename === "..") continue;
    const path = posix.join(place.folder, filename);
    if (isExcluded(path, place.exclude)) continue;
    const full = posix.join(place.root, path);
    const isLink = attrs.isSymbolicLink();
    const stats: SftpStats = isLink ? await sftp.stat(full) : attrs;
    const common = { path, mode: stats.mode & 0o7777, modifiedMs: stats.mtime * 1000 };
    if (stats.isDirectory()) {
      const real = isLink ? await sftp.realpath(full) : posix.join(place.above.at(-1) ?? "/", filename);
      if (place.above.includes(real)) throw new Error(`The link "${full}" on the machine leads to a folder above it.`);
      yield { ...common, kind: "directory" };
      yield* walk(sftp, { ...place, folder: path, above: [...place.above, real] });
    } else if (stats.isFile()) yield { ...common, kind: "file", size: stats.size };
  }
  return undefined;
}

async function readSmallFile(sftp: Sftp, path: string, signal: AbortSignal): Promise<Buffer> {
  const { content } = await downloadBySftp(sftp, path, { signal });
  return collect(content);
}
