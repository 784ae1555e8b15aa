import type { SourcePosition, SourceRange } from "@ingot/diag";
import type { Span } from "./ast.js";
import { LineIndex } from "./line-index.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A source text with its name. Offsets are in bytes of UTF-8; positions are computed when a message asks for them. */
export class SourceFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly #origin: SourceOrigin | undefined;
  #lines: LineIndex | undefined;

  /** `origin` says where the text was taken from when it is a decoded piece of another file. */
  constructor(filename: string, source: Uint8Array | string, origin?: SourceOrigin) {
    this.filename = filename;
    this.bytes = typeof source === "string" ? new TextEncoder().encode(source) : source;
    this.#origin = origin;
  }

  position(offset: number): SourcePosition {
    if (this.#origin !== undefined) return this.#origin.file.position(this.#origin.mapOffset(offset));
    this.#lines ??= new LineIndex(this.bytes);
    return this.#lines.position(offset);
  }

  range(span: Span): SourceRange {
    return { filename: this.filename, start: this.position(span.start), end: this.position(span.end) };
  }

  /** The text of a range as written. */
  text(span: Span): string {
    return decoder.decode(this.bytes.subarray(span.start, span.end));
  }
}

/** Where a decoded text comes from: `mapOffset` turns an offset in the text into one in the file. */
export interface SourceOrigin {
  readonly file: SourceFile;
  readonly mapOffset: (offset: number) => number;
}
