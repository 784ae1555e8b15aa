/** Chunks of something that can also jump forward, such as a file. */
export interface SkippableChunks extends AsyncIterable<Buffer> {
  /** Leaves out the next `length` bytes. Gives false when there are not so many. */
  skip(length: number): boolean;
}

/** Reads exact numbers of bytes from a stream of chunks. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #skip: ((length: number) => boolean) | undefined;
  #position = 0;
  #rest: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(chunks: AsyncIterable<Buffer> | SkippableChunks) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    if ("skip" in chunks) this.#skip = (length) => chunks.skip(length);
  }

  /** The number of bytes that were read or skipped so far. */
  get position(): number {
    return this.#position;
  }

  /** Gives the next `length` bytes, or fewer when the stream ends before. */
  async read(length: number): Promise<Buffer> {
    if (this.#rest.length >= length) return this.#take(length);
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0 && (this.#rest.length > 0 || (await this.#fill()))) {
      const part = this.#take(Math.min(missing, this.#rest.length));
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** Gives the next bytes as they come, at most `limit` of them; undefined at the end of the stream. */
  async readSome(limit: number): Promise<Buffer | undefined> {
    if (this.#rest.length === 0 && !(await this.#fill())) return undefined;
    return this.#take(Math.min(limit, this.#rest.length));
  }

  /** Drops the next `length` bytes. Gives false when the stream ends before. */
  async skip(length: number): Promise<boolean> {
    let missing = length;
    if (this.#skip !== undefined && length > this.#rest.length) {
      missing -= this.#take(this.#rest.length).length;
      this.#position += missing;
      return this.#skip(missing);
    }
    while (missing > 0) {
      const part = await this.readSome(missing);
      if (part === undefined) return false;
      missing -= part.length;
    }
    return true;
  }

  /** Reads to the end of the stream and drops it all, so that hashes over the stream see every byte. */
  async drain(): Promise<void> {
    this.#rest = Buffer.alloc(0);
    while (await this.#fill()) this.#rest = Buffer.alloc(0);
  }

  /** Ends the underlying stream early. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#chunks.return?.();
    this.#ended = true;
  }

  #take(length: number): Buffer {
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#position += length;
    return part;
  }

  async #fill(): Promise<boolean> {
    while (!this.#ended) {
      const next = await this.#chunks.next();
      if (next.done) this.#ended = true;
      else if (next.value.length > 0) {
        this.#rest = next.value;
        return true;
      }
    }
    return false;
  }
}
