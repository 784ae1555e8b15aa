import { promisify } from "node:util";
import { gzip, type InputType, type ZlibOptions } from "node:zlib";

const compress = promisify<InputType, ZlibOptions, Buffer>(gzip);
const memberBytes = 1024 * 1024;
/** Members that are compressed at the same time; Node's thread pool has four threads by default. */
const maxPending = 4;

/**
 * Compresses a stream into gzip members of 1 MiB of input each, several at a time. A gzip file is by definition a series of
 * members, so every reader takes it; the division depends on the content alone, so equal input gives equal output.
 * `sink` gets the compressed pieces in order.
 */
export class GzipMembers {
  readonly #sink: (data: Buffer) => Promise<void>;
  readonly #pending: Promise<Buffer>[] = [];
  #parts: Buffer[] = [];
  #length = 0;
  #members = 0;

  constructor(sink: (data: Buffer) => Promise<void>) {
    this.#sink = sink;
  }

  async write(data: Buffer): Promise<void> {
    let rest = data;
    while (this.#length + rest.length >= memberBytes) {
      const cut = memberBytes - this.#length;
      this.#parts.push(rest.subarray(0, cut));
      rest = rest.subarray(cut);
      await this.#endMember();
    }
    if (rest.length > 0) {
      this.#parts.push(rest);
      this.#length += rest.length;
    }
  }

  /** Writes what is left. Empty input gives one empty member. */
  async end(): Promise<void> {
    if (this.#length > 0 || this.#members === 0) await this.#endMember();
    while (this.#pending.length > 0) await this.#flushOne();
  }

  /** Waits for the work that is under way and drops it, after a failure. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#pending.splice(0));
  }

  async #endMember(): Promise<void> {
    const member = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    this.#members++;
    const work = compress(member, { level: 6 });
    work.catch(() => undefined); // awaited in order later; must not count as unhandled before
    this.#pending.push(work);
    if (this.#pending.length >= maxPending) await this.#flushOne();
  }

  async #flushOne(): Promise<void> {
    const next = this.#pending.shift();
    if (next !== undefined) await this.#sink(await next);
  }
}
