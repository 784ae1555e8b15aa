import { orAborted } from "@ingot/protocol";
import type { DownloadedFile, FileInfo } from "../machine.js";
import type { Sftp } from "./sftp-session.js";

/** How much may be on its way: a distant machine is kept busy too. */
export const WINDOW_BYTES = 8 * 1024 * 1024;
/** A file of at most this size is written by one request. */
export const SMALL_BYTES = 32 * 1024;

/** How a file gets its mode: with `isExact` the bits given, otherwise only those of a new file, less the machine's umask. */
export interface ModeRule {
  readonly isExact: boolean;
}

/** Writes a file with many requests on their way at once. */
export async function uploadBySftp(
  sftp: Sftp,
  file: FileInfo,
  content: AsyncIterable<Uint8Array>,
  { signal, isExact }: { readonly signal: AbortSignal } & ModeRule,
): Promise<void> {
  const { path } = file;
  const handle = await sftp.open(path, "w", file.mode);
  const writer = new Writer(sftp, handle, path);
  try {
    for await (const chunk of content) {
      signal.throwIfAborted();
      await writer.write(toBuffer(chunk));
    }
  } catch (error) {
    await sftp.close(handle, path).catch(() => {}); // the first error counts
    throw error;
  }
  // The rest is asked for at once, and the first error counts.
  const mode = isExact && file.mode !== undefined ? sftp.chmodOpen(handle, file.mode & 0o7777, path) : undefined;
  await Promise.all([writer.finish(), mode, sftp.close(handle, path)]);
}

/** Sends pieces of a file and waits only when too much is on its way. */
class Writer {
  readonly #sftp: Sftp;
  readonly #handle: Buffer;
  readonly #path: string;
  #position = 0;
  #underWay = 0;
  #hasFailed = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(sftp: Sftp, handle: Buffer, path: string) {
    this.#sftp = sftp;
    this.#handle = handle;
    this.#path = path;
  }

  async write(bytes: Buffer): Promise<void> {
    const { pieceBytes } = this.#sftp;
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      const piece = bytes.subarray(start, start + pieceBytes);
      while (this.#isBusy(piece.length) && !this.#hasFailed) await this.#change();
      if (this.#hasFailed) throw this.#error;
      this.#underWay += piece.length;
      this.#sftp.write(this.#handle, piece, this.#position, this.#path).then(
        () => this.#settle(piece.length),
        (error: unknown) => {
          if (!this.#hasFailed) this.#error = error;
          this.#hasFailed = true;
          this.#settle(piece.length);
        },
      );
      this.#position += piece.length;
    }
  }

  async finish(): Promise<void> {
    while (this.#underWay > 0 && !this.#hasFailed) await this.#change();
    if (this.#hasFailed) throw this.#error;
  }

  #isBusy(more: number): boolean {
    return this.#underWay > 0 && (this.#underWay + more > WINDOW_BYTES || this.#sftp.isFull);
  }

  #settle(size: number): void {
    this.#underWay -= size;
    this.#wake?.();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

/** Opens a file for reading, with many requests on their way at once. */
export async function downloadBySftp(
  sftp: Sftp,
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<DownloadedFile> {
  const handle = await sftp.open(path, "r");
  const stats = await sftp.fstat(handle, path);
  if (stats.isDirectory()) {
    await sftp.close(handle, path);
    throw new Error("remote file is directory");
  }
  const file = { path, mode: stats.mode & 0o7777, size: stats.size, modifiedMs: stats.mtime * 1000 };
  return { file, content: readPieces(sftp, { handle, path, size: stats.size }, signal) };
}

interface OpenFile {
  readonly handle: Buffer;
  readonly path: string;
  readonly size: number;
}

async function* readPieces(
  sftp: Sftp,
  { handle, path, size }: OpenFile,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const underWay: Promise<Buffer>[] = [];
  let asked = 0;
  let position = 0;
  const ask = (at: number): Promise<Buffer> => {
    const piece = sftp.read(handle, at, path);
    piece.catch(() => {}); // awaited in its turn
    return piece;
  };
  try {
    for (;;) {
      // The end is asked for too: files of /proc have no size, and others grow.
      while (asked < size && underWay.length * sftp.pieceBytes < WINDOW_BYTES) {
        underWay.push(ask(asked));
        asked += sftp.pieceBytes;
      }
      signal.throwIfAborted();
      const isWanted = underWay.length > 0;
      const piece = await orAborted(underWay.shift() ?? ask(position), signal);
      if (piece.length === 0) return;
      yield piece;
      position += piece.length;
      if (isWanted && piece.length < sftp.pieceBytes && position < size) {
        // A short answer in the middle: what was asked for behind it does not fit. Begin again from here.
        await Promise.allSettled(underWay.splice(0));
        asked = position;
      }
    }
  } finally {
    const closing = sftp.close(handle, path).catch(() => {}); // nothing can be lost by a failed close of a file that was read
    if (!signal.aborted) await closing;
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
