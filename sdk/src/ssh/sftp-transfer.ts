import type { DownloadedFile, FileInfo } from "../machine.js";
import type { Sftp } from "./sftp-session.js";

/** How much is asked for at once, and how much may be on its way: a distant machine is kept busy too. */
export const PIECE_BYTES = 128 * 1024;
export const WINDOW_BYTES = 8 * 1024 * 1024;

/**
 * Writes a file with many requests on their way at once. With `isExact` its mode is set to the bits given, otherwise they are
 * only those of a new file, less the machine's umask.
 */
export async function uploadBySftp(
  sftp: Sftp,
  file: FileInfo,
  content: AsyncIterable<Uint8Array>,
  { signal, isExact }: { readonly signal: AbortSignal; readonly isExact: boolean },
): Promise<void> {
  const { path } = file;
  const handle = await sftp.open(path, "w", file.mode);
  const writer = new Writer(sftp, handle);
  try {
    for await (const chunk of content) {
      signal.throwIfAborted();
      await writer.write(toBuffer(chunk));
    }
    const mode = isExact && file.mode !== undefined ? sftp.chmodOpen(handle, file.mode & 0o7777, path) : undefined;
    await Promise.all([writer.finish(), mode]);
  } catch (error) {
    writer.abandon();
    await sftp.close(handle, path).catch(() => {}); // the first error counts
    throw error;
  }
  await sftp.close(handle, path);
}

/** Sends pieces of a file and waits only when too much is on its way. */
class Writer {
  readonly #sftp: Sftp;
  readonly #handle: Buffer;
  #position = 0;
  #underWay = 0;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(sftp: Sftp, handle: Buffer) {
    this.#sftp = sftp;
    this.#handle = handle;
  }

  async write(bytes: Buffer): Promise<void> {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, bytes.length - start);
      while (this.#underWay + length > WINDOW_BYTES && this.#error === undefined) await this.#change();
      if (this.#error !== undefined) throw this.#error;
      this.#underWay += length;
      this.#sftp.raw.write(this.#handle, bytes, start, length, this.#position, (error) => {
        this.#underWay -= length;
        if (error) this.#error ??= error;
        this.#wake?.();
      });
      this.#position += length;
    }
  }

  async finish(): Promise<void> {
    while (this.#underWay > 0 && this.#error === undefined) await this.#change();
    if (this.#error !== undefined) throw this.#error;
  }

  abandon(): void {
    this.#wake = undefined;
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
    const piece = readPiece(sftp, { handle, at });
    piece.catch(() => {}); // awaited in its turn
    return piece;
  };
  try {
    for (;;) {
      // The end is asked for too: files of /proc have no size, and others grow.
      while (asked < size && underWay.length * PIECE_BYTES < WINDOW_BYTES) {
        underWay.push(ask(asked));
        asked += PIECE_BYTES;
      }
      signal.throwIfAborted();
      const isWanted = underWay.length > 0;
      const piece = await (underWay.shift() ?? ask(position));
      if (piece.length === 0) return;
      yield piece;
      position += piece.length;
      if (isWanted && piece.length < PIECE_BYTES && position < size) {
        // A short answer in the middle: what was asked for behind it does not fit. Begin again from here.
        await Promise.allSettled(underWay.splice(0));
        asked = position;
      }
    }
  } finally {
    await sftp.close(handle, path).catch(() => {}); // nothing can be lost by a failed close of a file that was read
  }
}

function readPiece(sftp: Sftp, { handle, at }: { readonly handle: Buffer; readonly at: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    sftp.raw.read(handle, buffer, 0, PIECE_BYTES, at, (error, bytesRead, data) => {
      if (error) reject(error);
      else resolve(data.subarray(0, bytesRead));
    });
  });
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
