import type { SourcePosition } from "@ingot/diag";

const NEWLINE = 0x0a;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
let segmenter: Intl.Segmenter | undefined;

/** Finds line and column of byte offsets. A column is one grapheme cluster; a byte-order mark has no width. */
export class LineIndex {
  readonly #bytes: Uint8Array;
  readonly #lineStarts: number[];
  #last = { lineStart: -1, offset: 0, width: 0 };

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#lineStarts = [0];
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) this.#lineStarts.push(at + 1);
  }

  position(offset: number): SourcePosition {
    const byte = Math.max(0, Math.min(offset, this.#bytes.length));
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= byte) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: 1 + this.#width(this.#lineStarts[low] ?? 0, byte), byte };
  }

  /** Counts from the place that was asked for last when that helps: messages about one long line come in order. */
  #width(lineStart: number, offset: number): number {
    const last = this.#last;
    const isAfterLast = last.lineStart === lineStart && last.offset <= offset;
    const from = isAfterLast ? last.offset : lineStart === 0 ? Math.min(bomLength(this.#bytes), offset) : lineStart;
    const width = (isAfterLast ? last.width : 0) + countGraphemes(this.#bytes, from, offset);
    this.#last = { lineStart, offset, width };
    return width;
  }
}

/** The length of the byte-order mark at the beginning of a text: 3 or 0. */
export function bomLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The number of grapheme clusters in a piece of text. Every control character is one. */
export function countGraphemes(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if ((bytes[at] ?? 0) >= 0x80) {
      const before = at - start;
      return before + countInText(decoder.decode(bytes.subarray(at, end)), before > 0);
    }
  }
  return end - start;
}

/** Below U+0300 every character is a cluster unless something from above follows. */
const FIRST_COMBINING = 0x300;
/** The segmenter needs quadratic time for long texts. */
const MAX_PIECE = 512;

/** A consonant that newer rules than the reference's (Unicode 15.0) join to the one before it. */
const CONJUNCT = /(?<=[\p{M}\u200d])(?=\p{Lo})[\p{sc=Deva}\p{sc=Beng}\p{sc=Gujr}\p{sc=Orya}\p{sc=Telu}\p{sc=Mlym}]/gu;

/** `hasBefore` tells that a character stands before the text that its first marks belong to. */
function countInText(text: string, hasBefore: boolean): number {
  let count = 0;
  for (let at = 0; at < text.length;) {
    let end = at + 1;
    while (
      end < text.length &&
      text.charCodeAt(end) >= FIRST_COMBINING &&
      (end - at < MAX_PIECE || isLowSurrogate(text, end))
    ) {
      end++;
    }
    if (end === at + 1 && text.charCodeAt(at) < FIRST_COMBINING) {
      count++;
    } else {
      const isFirst = at === 0 && hasBefore;
      count += countSegments(isFirst ? `x${text.slice(at, end)}` : text.slice(at, end)) - (isFirst ? 1 : 0);
    }
    at = end;
  }
  return count;
}

function isLowSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

function countSegments(text: string): number {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  let count = 0;
  for (const { segment } of segmenter.segment(text)) count += 1 + (segment.match(CONJUNCT)?.length ?? 0);
  return count;
}
