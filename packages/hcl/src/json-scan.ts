import { bomLength } from "./line-index.js";
import { sequenceLength } from "./scan-characters.js";

export type JsonTokenKind =
  "{" | "}" | "[" | "]" | "," | ":" | "=" | "string" | "number" | "keyword" | "invalid" | "end";

export interface JsonToken {
  readonly kind: JsonTokenKind;
  readonly start: number;
  readonly end: number;
}

const PUNCTUATION = new Set("{}[],:=");

/**
 * Gives the tokens of a JSON text one by one. Numbers, keywords and strings are cut out generously, so that the parser can name
 * what is wrong with them.
 */
export class JsonScanner {
  readonly #bytes: Uint8Array;
  #at: number;
  #peeked: JsonToken | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#at = bomLength(bytes);
  }

  peek(): JsonToken {
    return (this.#peeked ??= this.#scan());
  }

  read(): JsonToken {
    const token = this.peek();
    this.#peeked = undefined;
    return token;
  }

  #scan(): JsonToken {
    const bytes = this.#bytes;
    let start = this.#at;
    while (isSpace(bytes[start])) start++;
    const first = bytes[start];
    if (first === undefined) return this.#token("end", start, start);
    const character = String.fromCharCode(first);
    if (PUNCTUATION.has(character)) return this.#token(character as JsonTokenKind, start, start + 1); // the set has kinds only
    if (first === 0x22) return this.#token("string", start, this.#stringEnd(start));
    if (isNumberByte(first) && !isLetter(first)) return this.#token("number", start, this.#endOf(start, isNumberByte));
    if (isLetter(first)) return this.#token("keyword", start, this.#endOf(start, isKeywordByte));
    return this.#token("invalid", start, start + Math.max(1, sequenceLength(bytes, start)));
  }

  #token(kind: JsonTokenKind, start: number, end: number): JsonToken {
    this.#at = end;
    return { kind, start, end };
  }

  #endOf(start: number, belongs: (byte: number) => boolean): number {
    let end = start;
    while (end < this.#bytes.length && belongs(this.#bytes[end] ?? 0)) end++;
    return end;
  }

  /** A string ends after its closing quote, or before a control character, which it may not contain. */
  #stringEnd(start: number): number {
    const bytes = this.#bytes;
    let end = start + 1;
    while (end < bytes.length) {
      const byte = bytes[end] ?? 0;
      if (byte < 0x20) return end;
      end++;
      if (byte === 0x22) return end;
      if (byte === 0x5c && (bytes[end] ?? 0) >= 0x20) end++;
    }
    return Math.min(end, bytes.length);
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
}

function isKeywordByte(byte: number): boolean {
  return isLetter(byte) || byte === 0x5f;
}

function isNumberByte(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return isDigit || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x65 || byte === 0x45;
}
