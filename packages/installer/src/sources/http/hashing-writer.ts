import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** Large enough that calls cost little: TLS hands out pieces of 16 KiB. */
const BLOCK_BYTES = 1 << 20;

/**
 * Writes bytes to a file and hashes them on the way, in large blocks: while one is written, the next fills. Needs two blocks of memory,
 * whatever the size of the file.
 */
export class HashingWriter {
  readonly #file: FileHandle;
  #hash: Hash = createHash("sha256");
  #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #spare = Buffer.allocUnsafe(BLOCK_BYTES);
  #filled = 0;
  #written = 0;
  /** The write that is going on. */
  #writing: Promise<void> | undefined;
  /** Bytes that wait for it. */
  #waiting: Promise<void> | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** How many bytes were taken. */
  get size(): number {
    return this.#written + this.#filled;
  }

  /** Takes bytes. Gives a promise when the caller must wait for it before it brings more. */
  push(chunk: Uint8Array): Promise<void> | undefined {
    let rest = chunk;
    while (rest.length > 0) {
      const taken = rest.subarray(0, BLOCK_BYTES - this.#filled);
      this.#block.set(taken, this.#filled);
      this.#filled += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#filled < BLOCK_BYTES) continue;
      if (this.#writing !== undefined) {
        this.#waiting = this.#pushLater(this.#writing, rest);
        return this.#waiting;
      }
      this.#startWriting();
    }
    return undefined;
  }

  /** Waits until all bytes are in the file. */
  async flush(): Promise<void> {
    await this.#waiting;
    await this.#writing;
    if (this.#filled > 0) this.#startWriting();
    await this.#writing;
  }

  /** Throws away what was taken so far. */
  async restart(): Promise<void> {
    await this.#waiting;
    await this.#writing;
    await this.#file.truncate(0);
    this.#hash = createHash("sha256");
    this.#filled = 0;
    this.#written = 0;
  }

  /** The SHA-256 of all bytes in hex; nothing can be pushed afterwards. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  async #pushLater(writing: Promise<void>, rest: Uint8Array): Promise<void> {
    await writing;
    this.#startWriting();
    await this.push(rest);
  }

  #startWriting(): void {
    const full = this.#block.subarray(0, this.#filled);
    this.#hash.update(full);
    [this.#block, this.#spare] = [this.#spare, this.#block];
    const at = this.#written;
    this.#written += full.length;
    this.#filled = 0;
    const writing = this.#writeAll(full, at).finally(() => {
      if (this.#writing === writing) this.#writing = undefined;
    });
    writing.catch(() => {}); // told to who waits for it
    this.#writing = writing;
  }

  async #writeAll(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }
}
