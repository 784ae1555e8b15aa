import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { CHUNK_BYTES } from "./chunks.js";

/** Small files are read into it one behind the other, and are parts of it: buffers are costly to make and to give up. */
let shelf = Buffer.alloc(0);
let used = 0;
const SHELF_BYTES = 256 * 1024;

/** The content of a local file, which is opened when it is read: an error then has somebody to hear of it. */
export class LocalContent implements AsyncIterable<Buffer> {
  readonly #path: string;
  readonly #size: number;

  /** The size is what the file had when it was looked at. */
  constructor(path: string, size: number) {
    this.#path = path;
    this.#size = size;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    yield* createReadStream(this.#path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>; // no encoding was set
  }

  /**
   * Reads a small file at once: a stream costs ten times as much. Gives undefined when it has more than `maxBytes`; then it has
   * to be read as a stream.
   */
  readSmall(maxBytes: number): Buffer | undefined {
    const fd = openSync(this.#path, "r");
    try {
      if (shelf.length - used <= maxBytes) {
        shelf = Buffer.allocUnsafe(Math.max(SHELF_BYTES, maxBytes + 1));
        used = 0;
      }
      let length = 0;
      for (;;) {
        const count = readSync(fd, shelf, used + length, maxBytes + 1 - length, null);
        length += count;
        if (length > maxBytes) return undefined;
        // More was asked for than its size. Files without one, as those of /proc, are read until nothing comes.
        if (count === 0 || length === this.#size) return shelf.subarray(used, (used += length));
      }
    } finally {
      closeSync(fd);
    }
  }
}
