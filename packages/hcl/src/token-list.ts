import type { SourceFile } from "./source-file.js";
import type { TokenKind } from "./token-kind.js";

/** One token with its place. What lies between two tokens is spaces and tabs only (and a byte-order mark at the beginning). */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

/** The tokens of a file in order, the last of kind EndOfFile. Kept in arrays of numbers: large files have many tokens. */
export class TokenList implements Iterable<Token> {
  readonly file: SourceFile;
  length = 0;
  kinds: Uint8Array;
  starts: Uint32Array;
  ends: Uint32Array;

  constructor(file: SourceFile) {
    this.file = file;
    const capacity = (file.bytes.length >> 2) + 64;
    this.kinds = new Uint8Array(capacity);
    this.starts = new Uint32Array(capacity);
    this.ends = new Uint32Array(capacity);
  }

  push(kind: TokenKind, start: number, end: number): void {
    const at = this.length++;
    if (at === this.kinds.length) this.#grow();
    this.kinds[at] = kind;
    this.starts[at] = start;
    this.ends[at] = end;
  }

  /** The token at an index. Beyond the end it is the end of the file. */
  at(index: number): Token {
    const at = Math.max(0, Math.min(index, this.length - 1));
    return { kind: this.kinds[at] as TokenKind, start: this.starts[at] ?? 0, end: this.ends[at] ?? 0 };
  }

  *[Symbol.iterator](): Iterator<Token> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  #grow(): void {
    const capacity = this.kinds.length * 2;
    const kinds = new Uint8Array(capacity);
    kinds.set(this.kinds);
    this.kinds = kinds;
    const starts = new Uint32Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    const ends = new Uint32Array(capacity);
    ends.set(this.ends);
    this.ends = ends;
  }
}
