import type { Span } from "./ast.js";

/** What is wrong with one escape sequence. `span` is relative to the literal, in bytes. */
export interface EscapeProblem {
  readonly detail: string;
  readonly span: Span;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/**
 * Resolves `$${` and `%%{` in literal text and, in quoted strings, the backslash escapes. A wrong escape stays as it is written
 * and is handed to `onProblem`.
 */
export function decodeLiteral(raw: string, isQuoted: boolean, onProblem: (problem: EscapeProblem) => void): string {
  if (!/[\\$%]/.test(raw)) return raw;
  let result = "";
  let copied = 0;
  let at = 0;
  let counted = { at: 0, bytes: 0 };
  const byteAt = (offset: number): number => {
    counted = { at: offset, bytes: counted.bytes + Buffer.byteLength(raw.slice(counted.at, offset)) };
    return counted.bytes;
  };
  while (at < raw.length) {
    const character = raw[at];
    if ((character === "$" || character === "%") && raw[at + 1] === character && raw[at + 2] === "{") {
      result += raw.slice(copied, at);
      copied = at + 1;
      at += 3;
    } else if (character === "\\" && isQuoted) {
      const escape = readEscape(raw, at);
      result += raw.slice(copied, at) + escape.text;
      at += escape.length;
      copied = at;
      if (escape.problem !== undefined) {
        onProblem({ detail: escape.problem, span: { start: byteAt(at - escape.length), end: byteAt(at) } });
      }
    } else {
      at++;
    }
  }
  return result + raw.slice(copied);
}

interface Escape {
  readonly text: string;
  readonly length: number;
  readonly problem?: string;
}

function readEscape(raw: string, at: number): Escape {
  const point = raw.codePointAt(at + 1);
  if (point === undefined) {
    return { text: "\\", length: 1, problem: "Backslash must be followed by an escape sequence selector character." };
  }
  const selector = String.fromCodePoint(point);
  if (selector === "u") {
    return readUnicode(raw, at, 4, "The \\u escape sequence must be followed by four hexadecimal digits.");
  }
  if (selector === "U") {
    return readUnicode(raw, at, 8, "The \\U escape sequence must be followed by eight hexadecimal digits.");
  }
  const text = SIMPLE_ESCAPES[selector];
  if (text !== undefined) return { text, length: 2 };
  const problem = `The symbol ${JSON.stringify(selector)} is not a valid escape sequence selector.`;
  return { text: raw.slice(at, at + 1 + selector.length), length: 1 + selector.length, problem };
}

function readUnicode(raw: string, at: number, wanted: number, problem: string): Escape {
  let digits = "";
  while (digits.length < wanted && /^[0-9a-fA-F]$/.test(raw[at + 2 + digits.length] ?? "")) {
    digits += raw[at + 2 + digits.length] ?? "";
  }
  const length = 2 + digits.length;
  if (digits.length < wanted) return { text: raw.slice(at, at + length), length, problem };
  const point = Number.parseInt(digits, 16);
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
    const shown = point.toString(16).padStart(4, "0");
    return { text: raw.slice(at, at + length), length, problem: `Cannot encode character U+${shown} in UTF-8.` };
  }
  return { text: String.fromCodePoint(point), length };
}
