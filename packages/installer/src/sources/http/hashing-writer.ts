import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { ByteSink } from "./byte-sink.js";

/** Large enough that calls cost little, small enough to be in the processor's cache still when it is hashed. */
const BLOCK_BYTES = 1 << 19;

/**
 * Writes bytes to a file and hashes them on the way, in large blocks: while one is written, the next fills. Needs three blocks of memory,
 * whatever the size of the file, as long as nobody brings more while it is busy.
 */
export class HashingWriter implements ByteSink {
  readonly #file: FileHandle;
  #hash: Hash = createHash("sha256");
  #block: Buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  readonly #spares: Buffer[] = [];
  #filled = 0;
  /** Bytes of the blocks before. */
  #passed = 0;
  /** The writes that go on, one after another. */
  #writing: Promise<void> | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** How many bytes were taken. */
  get size(): number {
    return this.#passed + this.#filled;
  }

  room(): Uint8Array {
    return this.#block.subarray(this.#filled);
  }

  taken(count: number): Promise<void> | undefined {
    this.#filled += count;
    return this.#filled < BLOCK_BYTES ? undefined : this.#startWriting();
  }

  /** Waits until all bytes are in the file. */
  async flush(): Promise<void> {
    if (this.#filled > 0) void this.#startWriting(); // waited for in the next line
    await this.#writing;
  }

  /** Throws away what was taken so far. */
  async restart(): Promise<void> {
    await this.#writing;
    await this.#file.truncate(0);
    this.#hash = createHash("sha256");
    this.#filled = 0;
    this.#passed = 0;
  }

  /** The SHA-256 of all bytes in hex; nothing can be taken afterwards. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  /** Gives the write that this one has to wait for. */
  #startWriting(): Promise<void> | undefined {
    const [block, before, at] = [this.#block, this.#writing, this.#passed];
    const full = block.subarray(0, this.#filled);
    this.#hash.update(full);
    this.#block = this.#spares.pop() ?? Buffer.allocUnsafe(BLOCK_BYTES);
    this.#passed += full.length;
    this.#filled = 0;
    const write = async (): Promise<void> => {
      await before;
      await this.#writeAll(full, at);
      this.#spares.push(block);
      if (this.#writing === writing) this.#writing = undefined;
    };
    const writing = write();
    writing.catch(() => {}); // told to who waits for it
    this.#writing = writing;
    return before;
  }

  async #writeAll(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }
}
