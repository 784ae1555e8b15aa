import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createInflateRaw, crc32 } from "node:zlib";
import { isError, messageOf } from "@ingot/diag";
import { InstallError } from "../install-error.js";
import { printable } from "../printable.js";
import { systemCodeOf } from "../system-code.js";
import type { ArchiveFile, OpenArchive } from "./read-archive.js";

export interface ExtractedFile {
  readonly sha256: string;
  readonly size: number;
  /** The first bytes, for looking at the file's format. */
  readonly head: Buffer;
}

const HEAD_BYTES = 64;
/** Large pieces: each is a round trip to the threads that read, unpack and write. */
const CHUNK = 1 << 19;
/** `highWaterMark`: says after each piece that it is full, until it is done with it. The types don't have it. */
const PIECE_BY_PIECE = { chunkSize: CHUNK, highWaterMark: 1 };

/**
 * Unpacks one file of an archive to a new file, hashing while it streams: size, checksum and hash are of what was written, which
 * is on the disk then. Rejects with InstallError when the archive is damaged; errors of the disk come as they are.
 */
export async function extractFile(
  archive: OpenArchive,
  { entry, name, size }: ArchiveFile,
  { target, mode, signal }: { readonly target: string; readonly mode: number; readonly signal: AbortSignal },
): Promise<ExtractedFile> {
  const hash = createHash("sha256");
  let [checksum, written] = [0, 0];
  let head = Buffer.alloc(0);
  /** What went wrong first here: `pipeline` may tell of the streams that were ended for it instead. */
  let failure: unknown;
  const file = await open(target, "wx", mode);
  try {
    await file.chmod(mode); // whatever the umask says
    const { fileDataStart: start } = await archive.zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const take = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      try {
        for await (const chunk of chunks) {
          written += chunk.length;
          if (written > size) throw new InstallError("it is larger than the archive's directory says");
          if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
          hash.update(chunk);
          checksum = crc32(chunk, checksum);
          await writeAll(file, chunk);
        }
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    const pieces = piecesOf(archive.path, start, entry.compressedSize);
    if (entry.compressionMethod === 0) await pipeline(pieces, take, { signal });
    else await pipeline(pieces, createInflateRaw(PIECE_BY_PIECE), take, { signal });
    if (written !== size) throw new InstallError("it is smaller than the archive's directory says");
    if (checksum >>> 0 !== entry.crc32 >>> 0) throw new InstallError("its checksum is wrong");
    await file.sync();
  } catch (consequence) {
    if (signal.aborted) throw signal.reason;
    const error = failure ?? consequence;
    if (!isArchiveFault(error)) throw error;
    const reason = printable(messageOf(error));
    throw new InstallError(`The archive is damaged in ${JSON.stringify(printable(name))}: ${reason}.`, {
      cause: error,
    });
  } finally {
    await file.close();
  }
  return { sha256: hash.digest("hex"), size: written, head };
}

/**
 * Reads a part of a file, all pieces into the same memory: whoever takes them must be done with one before it asks for the next. New
 * memory for each makes the garbage collector look through the whole program, again and again.
 */
async function* piecesOf(path: string, start: number, size: number): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  try {
    const block = Buffer.allocUnsafe(CHUNK);
    for (let done = 0; done < size;) {
      const { bytesRead } = await file.read(block, 0, Math.min(CHUNK, size - done), start + done);
      if (bytesRead === 0) return;
      done += bytesRead;
      yield block.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let rest = chunk; rest.length > 0;) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}

/** Errors of zlib have codes too: `Z_DATA_ERROR`. */
function isArchiveFault(error: unknown): boolean {
  const code = systemCodeOf(error);
  return isError(error) && (code === undefined || code.startsWith("Z_"));
}
