import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { CHUNK_BYTES } from "./chunks.js";

/** The content of a local file, which is opened when it is read: an error then has somebody to hear of it. */
export class LocalContent implements AsyncIterable<Buffer> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
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
      const buffer = Buffer.allocUnsafe(maxBytes + 1);
      let length = 0;
      for (;;) {
        const count = readSync(fd, buffer, length, buffer.length - length, null);
        length += count;
        if (count === 0) return Buffer.from(buffer.subarray(0, length));
        if (length > maxBytes) return undefined;
      }
    } finally {
      closeSync(fd);
    }
  }
}
