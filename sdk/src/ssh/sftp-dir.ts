import { posix } from "node:path";
import { checkEntryPath, isExcluded } from "../dir-path.js";
import { LocalContent } from "../local-content.js";
import type { DirEntry, DirOptions, FileInfo } from "../machine.js";
import { downloadBySftp, SMALL_BYTES, uploadBySftp, uploadSmallBySftp, WINDOW_BYTES } from "./sftp-transfer.js";
import type { Sftp, SftpError } from "./sftp-session.js";
import type { SftpStats } from "./sftp-wire.js";

/** How many small files may be on their way at once. */
const MAX_FILES = 128;

/**
 * Writes entries into a folder, which is made with the folders above it when it is missing; small files many at a time. With
 * `isExact` files and folders get the mode bits given, otherwise only new ones do, less the machine's umask.
 */
export async function uploadDirBySftp(
  sftp: Sftp,
  folder: string,
  entries: AsyncIterable<DirEntry>,
  { signal, isExact }: Pick<DirOptions, "signal"> & { readonly isExact: boolean },
): Promise<void> {
  await makeFolders(sftp, folder);
  const pool = new Pool();
  /** The folders under way, by path: what is in them waits for them. */
  const folders = new Map<string, Promise<void>>();
  const modes: { readonly path: string; readonly mode: number }[] = [];
  try {
    for await (const { content = noContent(), ...entry } of entries) {
      signal.throwIfAborted();
      const inner = checkEntryPath(entry.path);
      const path = posix.join(folder, inner);
      const above = folders.get(posix.dirname(inner));
      if (entry.kind === "directory") {
        await pool.add(0, () => {
          const made = (async () => {
            await above;
            // Until it is filled, its owner must be able to write into it.
            const isNew = await makeFolder(sftp, path, entry.mode === undefined ? undefined : entry.mode | 0o700);
            const needsMode = isExact || (isNew && ((entry.mode ?? 0o700) & 0o700) !== 0o700);
            if (entry.mode !== undefined && needsMode) modes.push({ path, mode: entry.mode & 0o7777 });
          })();
          folders.set(inner, made);
          return made;
        });
        continue;
      }
      const bytes = await smallContent(entry, content);
      if (bytes !== undefined) {
        await pool.add(bytes.length, async () => {
          await above;
          const file = { ...entry, path };
          if (bytes.length <= SMALL_BYTES) await uploadSmallBySftp(sftp, file, bytes, { isExact });
          else await uploadBySftp(sftp, file, one(bytes), { signal, isExact }); // more than was announced
        });
        continue;
      }
      await above;
      if (entry.kind === "symlink") await makeLink(sftp, path, entry.linkTarget ?? "");
      else await uploadBySftp(sftp, { ...entry, path }, content, { signal, isExact });
    }
  } finally {
    await pool.settle();
  }
  pool.throwFirst();
  // The deepest ones first: a folder may become one that cannot be entered.
  modes.sort((a, b) => b.path.length - a.path.length);
  for (const { path, mode } of modes) await sftp.chmod(path, mode);
}

/** Reads a small file whole; undefined when it is not small. */
async function smallContent(entry: FileInfo, content: AsyncIterable<Uint8Array>): Promise<Buffer | undefined> {
  if (entry.kind === "symlink" || entry.size === undefined || entry.size > SMALL_BYTES) return undefined;
  if (content instanceof LocalContent) return content.readSmall(SMALL_BYTES);
  return collect(content);
}

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

async function makeFolders(sftp: Sftp, folder: string): Promise<void> {
  const stats = await sftp.statIfThere(folder);
  if (stats?.isDirectory() === true || folder === "." || folder === "/") return;
  if (stats !== undefined) throw new Error(`"${folder}" on the machine is not a folder.`);
  await makeFolders(sftp, posix.dirname(folder));
  await makeFolder(sftp, folder);
}

/** Makes a folder unless it is there. Tells whether it is new. */
async function makeFolder(sftp: Sftp, path: string, mode?: number): Promise<boolean> {
  try {
    await sftp.mkdir(path, mode === undefined ? undefined : mode & 0o7777);
    return true;
  } catch (error) {
    const stats = await sftp.statIfThere(path).catch(() => undefined);
    if (stats?.isDirectory() === true) return false;
    throw error;
  }
}

async function makeLink(sftp: Sftp, path: string, target: string): Promise<void> {
  try {
    await sftp.symlink(target, path);
  } catch (error) {
    await sftp.unlink(path).catch(() => {
      throw error as SftpError;
    });
    await sftp.symlink(target, path);
  }
}

/** Small transfers at work at the same time. */
class Pool {
  readonly #running = new Set<Promise<void>>();
  #bytes = 0;
  #error: unknown;
  #hasFailed = false;

  /** Starts a transfer as soon as there is room. Throws the error of an earlier one. */
  async add(bytes: number, start: () => Promise<void>): Promise<void> {
    while (this.#running.size >= MAX_FILES || (this.#bytes + bytes > WINDOW_BYTES && this.#running.size > 0)) {
      await Promise.race(this.#running);
    }
    this.throwFirst();
    this.#bytes += bytes;
    const work = start()
      .catch((error: unknown) => {
        if (!this.#hasFailed) this.#error = error;
        this.#hasFailed = true;
      })
      .finally(() => {
        this.#bytes -= bytes;
        this.#running.delete(work);
      });
    this.#running.add(work);
  }

  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  throwFirst(): void {
    if (this.#hasFailed) throw this.#error;
  }
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(Buffer.from(chunk)); // it is used later
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  if (bytes.length > 0) yield bytes;
}

async function* noContent(): AsyncGenerator<never, void, undefined> {
  // A file without content is an empty one.
}
