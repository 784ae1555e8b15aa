import type { SourcePosition } from "@ingot/diag";

const NEWLINE = 0x0a;
let segmenter: Intl.Segmenter | undefined;

/** Finds line and column of byte offsets. A column is one grapheme cluster; a byte-order mark has no width. */
export class LineIndex {
  readonly #bytes: Uint8Array;
  readonly #lineStarts: number[];

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

  #width(lineStart: number, offset: number): number {
    const start = lineStart === 0 ? Math.min(bomLength(this.#bytes), offset) : lineStart;
    for (let at = start; at < offset; at++) {
      if ((this.#bytes[at] ?? 0) >= 0x80) return countGraphemes(this.#bytes.subarray(start, offset));
    }
    return offset - start;
  }
}

/** The length of the byte-order mark at the beginning of a text: 3 or 0. */
export function bomLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function countGraphemes(bytes: Uint8Array): number {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  let count = 0;
  for (const segment of segmenter.segment(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes))) {
    if (segment.index >= 0) count++;
  }
  return count;
}
