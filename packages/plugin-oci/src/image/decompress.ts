import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import { OciError, errorCode, messageOf } from "../oci-error.js";
import { ByteSource } from "../tar/byte-source.js";

/** How a stream is compressed. */
export type Compression = "none" | "gzip" | "zstd";

/** Tells the compression by the first bytes. */
export function sniffCompression(start: Buffer): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  if (start.length >= 4 && start.readUInt32LE(0) === 0xfd2fb528) return "zstd";
  return "none";
}

/**
 * Gives the decompressed bytes of a stream that is compressed with gzip or zstd or not at all. `name` is used in messages.
 * zstd needs a Node that has it, or the program `zstd`. Rejects with OciError "bad-compression".
 */
export async function* decompress(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const source = new ByteSource(chunks);
  try {
    const start = await source.read(4);
    const all = async function* (): AsyncGenerator<Buffer> {
      yield start;
      for (let part = await source.readSome(1 << 20); part !== undefined; part = await source.readSome(1 << 20))
        yield part;
    };
    const compression = sniffCompression(start);
    if (compression === "none") yield* all();
    else if (compression === "gzip") yield* throughTransform(all(), zlib.createGunzip({ chunkSize: 256 * 1024 }), name);
    else yield* zstdDecompress(all(), name);
  } finally {
    await source.close();
  }
}

async function* zstdDecompress(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const { createZstdDecompress: create } = zlib as { createZstdDecompress?: () => NodeJS.ReadWriteStream }; // newer Node only
  if (create !== undefined) yield* throughTransform(chunks, create(), name);
  else yield* throughZstdProgram(chunks, name);
}

async function* throughTransform(
  chunks: AsyncIterable<Buffer>,
  transform: NodeJS.ReadWriteStream,
  name: string,
): AsyncGenerator<Buffer> {
  const feeding = pipeline(Readable.from(chunks, { objectMode: false }), transform, { end: true });
  feeding.catch(() => undefined); // the reading side below reports it
  try {
    for await (const part of transform) yield part as Buffer; // a stream without encoding gives buffers
  } catch (cause) {
    if (cause instanceof OciError) throw cause;
    const damaged = errorCode(cause)?.startsWith("Z_") ?? false;
    if (!damaged) throw cause;
    throw new OciError("bad-compression", `${name} is damaged: ${messageOf(cause)}.`, { cause });
  }
}

async function* throughZstdProgram(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const child = spawn("zstd", ["-d", "-c", "-q"], { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => (complaint = (complaint + data.toString()).slice(-2000)));
  const exited = once(child, "close") as Promise<[number | null]>;
  exited.catch(() => undefined); // awaited below
  const feeding = pipeline(Readable.from(chunks, { objectMode: false }), child.stdin);
  feeding.catch(() => undefined); // awaited below
  try {
    for await (const part of child.stdout) yield part as Buffer;
    const [code] = await exited;
    if (code !== 0) throw new OciError("bad-compression", `${name} is damaged: ${complaint.trim()}.`);
    await feeding;
  } catch (cause) {
    if (errorCode(cause) !== "ENOENT") throw cause;
    const detail = `${name} is compressed with zstd, which this Node cannot read; install the program "zstd".`;
    throw new OciError("no-zstd", detail, { cause });
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
}
