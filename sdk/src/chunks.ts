/** How many bytes a message carries: large enough for speed, small enough for several in memory. */
export const CHUNK_BYTES = 256 * 1024;

/** Cuts bytes into pieces of at most CHUNK_BYTES. Does not copy. */
export async function* chunksOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const bytes of source) yield* cut(bytes);
}

/** Cuts one piece of bytes into pieces of at most CHUNK_BYTES. Does not copy. */
export function* cut(bytes: Uint8Array): Generator<Buffer, void, undefined> {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start < buffer.length; start += CHUNK_BYTES) {
    yield buffer.length <= CHUNK_BYTES ? buffer : buffer.subarray(start, start + CHUNK_BYTES);
  }
}
