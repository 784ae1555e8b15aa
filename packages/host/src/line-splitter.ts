/** The longest piece that counts as one line; go-plugin's limit for the handshake. */
const MAX_LINE_BYTES = 64 * 1024;

const LINE_FEED = 10;

/**
 * Cuts a byte stream into lines, without their line ends. A line longer than `maxBytes` comes in pieces, so that memory stays
 * flat whatever a plugin prints.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #size = 0;

  constructor(onLine: (line: string) => void, maxBytes = MAX_LINE_BYTES) {
    this.#onLine = onLine;
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    let start = 0;
    while (start < chunk.length) {
      const end = chunk.indexOf(LINE_FEED, start);
      const room = this.#maxBytes - this.#size;
      const stop = end === -1 ? chunk.length : end;
      if (stop - start > room) {
        this.#add(chunk.subarray(start, start + room));
        this.#emit();
        start += room;
        continue;
      }
      this.#add(chunk.subarray(start, stop));
      if (end === -1) return;
      this.#emit();
      start = end + 1;
    }
  }

  /** Gives what is left when the stream ended without a line feed. */
  end(): void {
    if (this.#size > 0) this.#emit();
  }

  /** How many bytes wait for their line feed. */
  get pendingBytes(): number {
    return this.#size;
  }

  #add(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  #emit(): void {
    const [only] = this.#pieces;
    const bytes = this.#pieces.length === 1 && only ? only : Buffer.concat(this.#pieces, this.#size);
    this.#pieces = [];
    this.#size = 0;
    const text = bytes.toString("utf8");
    this.#onLine(text.endsWith("\r") ? text.slice(0, -1) : text);
  }
}

/** Keeps the last lines, each cut to a length that a message can bear. */
export class LineTail {
  readonly #lines: string[] = [];
  readonly #maxLines: number;

  constructor(maxLines = 20) {
    this.#maxLines = maxLines;
  }

  push(line: string): void {
    if (line.trim() === "") return;
    this.#lines.push(line.length > MAX_TAIL_CHARACTERS ? `${line.slice(0, MAX_TAIL_CHARACTERS)}…` : line);
    if (this.#lines.length > this.#maxLines) this.#lines.shift();
  }

  get lines(): readonly string[] {
    return [...this.#lines];
  }
}

const MAX_TAIL_CHARACTERS = 400;
