import { posix } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { checkEntryPath } from "../dir-path.js";
import { LocalContent } from "../local-content.js";
import { LocalDir } from "../local-dir.js";
import type { DirEntry, DirOptions } from "../machine.js";
import type { SftpError } from "./sftp-error.js";
import type { Sftp } from "./sftp-session.js";
import { SMALL_BYTES, uploadBySftp, WINDOW_BYTES } from "./sftp-transfer.js";
import { collect, noContent, one } from "./small-content.js";
import { TransferWindow } from "./transfer-window.js";

/** How many small files may be on their way at once. When the server cannot have so many open, some are sent once more. */
const MAX_FILES = 500;
/**
 * After so many files, what is to be sent leaves and answers are taken: then the server works while we read the next ones. Its
 * answers come in groups as well, as what it is asked for: one by one they cost both sides many times as much.
 */
const GROUP_FILES = 32;
/** Longer paths are left to what checks them. */
const MAX_PATH = 8 * 1024;

/** How a folder is uploaded: with `isExact`, files and folders get the mode bits given, otherwise only new ones do, less the machine's umask. */
export interface UploadDirOptions extends Pick<DirOptions, "signal"> {
  readonly isExact: boolean;
}

/** Writes entries into a folder, which is made with the folders above it when it is missing; small files many at a time. */
export async function uploadDirBySftp(
  sftp: Sftp,
  folder: string,
  entries: AsyncIterable<DirEntry>,
  options: UploadDirOptions,
): Promise<void> {
  await makeFolders(sftp, folder);
  const upload = new DirUpload(sftp, folder, options);
  try {
    if (entries instanceof LocalDir) {
      let count = 0;
      for (const entry of entries.now()) {
        if (!upload.addAtOnce(entry)) await upload.add(entry);
        else if (++count % GROUP_FILES === 0) await nextTurn();
      }
    } else for await (const entry of entries) await upload.add(entry);
  } finally {
    await upload.settle();
  }
  await upload.finish();
}

class DirUpload {
  readonly #sftp: Sftp;
  readonly #folder: string;
  readonly #options: UploadDirOptions;
  readonly #window = new TransferWindow({ count: MAX_FILES, bytes: WINDOW_BYTES, group: GROUP_FILES });
  /** What comes before the paths of entries. */
  readonly #prefix: string;
  /** The folders under way, by path: what is in them waits for them. */
  readonly #folders = new Map<string, Promise<void>>();
  readonly #modes: { readonly path: string; readonly mode: number }[] = [];

  constructor(sftp: Sftp, folder: string, options: UploadDirOptions) {
    this.#sftp = sftp;
    this.#folder = folder;
    this.#options = options;
    this.#prefix = posix.join(folder, "x").slice(0, -1);
  }

  /** Begins with a small file of this computer, when there is room for it. Gives false for all else. */
  addAtOnce({ kind, path, mode, size, content }: DirEntry): boolean {
    if (kind !== "file" || size === undefined || size > SMALL_BYTES || !(content instanceof LocalContent)) return false;
    if (this.#window.isFull(SMALL_BYTES) || this.#prefix.length + path.length > MAX_PATH) return false;
    this.#check();
    const inner = checkEntryPath(path);
    const bytes = content.readSmall(SMALL_BYTES);
    if (bytes === undefined) return false; // it has grown
    this.#start(inner, mode, bytes);
    return true;
  }

  /** Begins with an entry as soon as there is room; links and large files are there when it resolves. */
  async add({ content = noContent(), ...entry }: DirEntry): Promise<void> {
    this.#check();
    const inner = checkEntryPath(entry.path);
    const path = this.#pathOf(inner);
    if (entry.kind === "directory") {
      await this.#room(0);
      const made = this.#makeFolder(inner, entry.mode);
      this.#folders.set(inner, made);
      return this.#window.track(0, made);
    }
    const { signal, isExact } = this.#options;
    const isSmall = entry.kind === "file" && (entry.size ?? Infinity) <= SMALL_BYTES && path.length <= MAX_PATH;
    const bytes = isSmall ? await readSmall(content) : undefined;
    if (bytes !== undefined && bytes.length <= SMALL_BYTES) {
      await this.#room(bytes.length);
      return this.#start(inner, entry.mode, bytes);
    }
    await this.#folders.get(folderOf(inner));
    if (entry.kind === "symlink") return makeLink(this.#sftp, path, entry.linkTarget ?? "");
    const whole = bytes === undefined ? content : one(bytes); // more than was announced
    await uploadBySftp(this.#sftp, { ...entry, path }, whole, { signal, isExact });
  }

  /** Resolves when nothing is under way any more. */
  async settle(): Promise<void> {
    await this.#window.settle();
  }

  /** Rejects with the first error. */
  async finish(): Promise<void> {
    this.#window.throwFirst();
    // The deepest ones first: a folder may become one that cannot be entered.
    this.#modes.sort((a, b) => b.path.length - a.path.length);
    for (const { path, mode } of this.#modes) await this.#sftp.chmod(path, mode);
  }

  #check(): void {
    this.#options.signal.throwIfAborted();
    this.#window.throwFirst();
  }

  async #room(bytes: number): Promise<void> {
    if (this.#window.isFull(bytes)) await this.#window.roomFor(bytes);
    this.#check();
  }

  #pathOf(inner: string): string {
    return inner === "." ? posix.join(this.#folder, inner) : this.#prefix + inner;
  }

  #start(inner: string, mode: number | undefined, bytes: Buffer): void {
    const window = this.#window;
    const file = { path: this.#pathOf(inner), mode, isExact: this.#options.isExact, bytes, window };
    const above = this.#folders.size === 0 ? undefined : this.#folders.get(folderOf(inner));
    window.start(bytes.length);
    if (above === undefined) return this.#sftp.writeSmall(file);
    above.then(
      () => this.#sftp.writeSmall(file),
      (error: unknown) => window.fail(bytes.length, error),
    );
  }

  async #makeFolder(inner: string, mode: number | undefined): Promise<void> {
    const path = this.#pathOf(inner);
    await this.#folders.get(folderOf(inner));
    // Until it is filled, its owner must be able to write into it.
    const isNew = await makeFolder(this.#sftp, path, mode === undefined ? undefined : mode | 0o700);
    const needsMode = this.#options.isExact || (isNew && ((mode ?? 0o700) & 0o700) !== 0o700);
    if (mode !== undefined && needsMode) this.#modes.push({ path, mode: mode & 0o7777 });
    this.#folders.delete(inner);
  }
}

/** Gives undefined, or too much, when a file has more than it had when it was looked at. */
async function readSmall(content: AsyncIterable<Uint8Array>): Promise<Buffer | undefined> {
  return content instanceof LocalContent ? content.readSmall(SMALL_BYTES) : collect(content);
}

function folderOf(inner: string): string {
  const end = inner.lastIndexOf("/");
  return end < 0 ? "." : inner.slice(0, end);
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
