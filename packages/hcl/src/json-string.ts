import type { JsonStringExpression, Span } from "./ast.js";
import { SourceFile } from "./source-file.js";

/** Gives the text of a JSON string whose token (with its quotes) is `span`, or the offset of the first wrong byte. */
export function decodeJsonString(
  file: SourceFile,
  span: Span,
): { readonly text: string } | { readonly badOffset: number } {
  const raw = file.text(span);
  try {
    const text: unknown = JSON.parse(raw);
    if (typeof text === "string") return { text: text.replace(/[\ud800-\udfff]/gu, "\ufffd") }; // halves of surrogate pairs
  } catch {
    // found below, with its place
  }
  return { badOffset: span.start + Buffer.byteLength(raw.slice(0, firstBadIndex(raw))) };
}

/** The index of the first character that JSON does not allow in a string. */
function firstBadIndex(raw: string): number {
  for (let at = 1; at < raw.length;) {
    if (raw[at] === "\\") {
      const escape = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(raw.slice(at, at + 6));
      if (escape === null) return at;
      at += escape[0].length;
    } else if (raw[at] === '"') {
      return at;
    } else {
      at++;
    }
  }
  return raw.length;
}

/** Makes the expression of a JSON string. The file of its template is made when somebody asks for it. */
export function jsonStringExpression(file: SourceFile, span: Span, text: string): JsonStringExpression {
  let inner: SourceFile | undefined;
  return {
    kind: "json-string",
    start: span.start,
    end: span.end,
    text,
    get file() {
      return (inner ??= new SourceFile(file.filename, text, {
        file,
        mapOffset: (offset) => outerOffset(file.bytes, span, offset),
      }));
    },
  };
}

/** Turns an offset in the decoded text into one in the file by walking through the escapes. */
function outerOffset(bytes: Uint8Array, span: Span, offset: number): number {
  let outer = span.start + 1;
  for (let decoded = 0; decoded < offset && outer < span.end - 1;) {
    if (bytes[outer] !== 0x5c) {
      decoded++;
      outer++;
    } else if (bytes[outer + 1] === 0x75) {
      const { size, length } = unicodeEscape(bytes, outer);
      decoded += size;
      outer += length;
    } else {
      decoded++;
      outer += 2;
    }
  }
  return outer;
}

/** The bytes that a `\u` escape takes in the decoded text and in the file. Two escapes of a surrogate pair count as one. */
function unicodeEscape(bytes: Uint8Array, at: number): { size: number; length: number } {
  const unit = hexUnit(bytes, at);
  if (unit >= 0xd800 && unit <= 0xdbff && bytes[at + 6] === 0x5c && bytes[at + 7] === 0x75) {
    const low = hexUnit(bytes, at + 6);
    if (low >= 0xdc00 && low <= 0xdfff) return { size: 4, length: 12 };
  }
  return { size: unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3, length: 6 };
}

function hexUnit(bytes: Uint8Array, at: number): number {
  return Number.parseInt(String.fromCharCode(...bytes.subarray(at + 2, at + 6)), 16);
}
