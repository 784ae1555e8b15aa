import { TemplateError, locate } from "./template-error.js";
import type { Token, TokenKind } from "./token.js";

const OPEN = "{{";
const CLOSE = "}}";

/**
 * Splits a template into tokens. White space around trim markers (`{{-`, `-}}`) is gone, comments are dropped. Throws a TemplateError
 * for an action that doesn't end, a bad string, or a character that has no place in an action. `name` is for messages.
 */
export function scan(text: string, name: string): readonly Token[] {
  const tokens: Token[] = [];
  const fail = (message: string, offset: number): never => {
    throw new TemplateError(`template: ${name}:${locate(text, offset).line}: ${message}`);
  };
  const add = (kind: TokenKind, offset: number, end: number, value = text.slice(offset, end)) => {
    tokens.push({ kind, text: text.slice(offset, end), value, offset });
  };

  let at = 0;
  let trimNext = false;
  while (at < text.length) {
    const open = text.indexOf(OPEN, at);
    const end = open < 0 ? text.length : open;
    const trimsLeft = open >= 0 && text[open + 2] === "-" && isSpace(text[open + 3]);
    let plain = text.slice(at, end);
    if (trimNext) plain = plain.trimStart();
    if (trimsLeft) plain = plain.trimEnd();
    trimNext = false;
    if (plain !== "") tokens.push({ kind: "text", text: plain, value: plain, offset: at });
    if (open < 0) break;
    at = open + (trimsLeft ? 4 : 2);
    if (text.startsWith("/*", at)) {
      const stop = text.indexOf("*/", at);
      if (stop < 0) fail("unclosed comment", open);
      const rest = /^(\s-)?\}\}/.exec(text.slice(stop + 2, stop + 6));
      if (rest === null) fail("comment ends before closing delimiter", open);
      at = stop + 2 + (rest?.[0].length ?? 0);
      trimNext = rest?.[1] !== undefined;
      continue;
    }
    add("open", open, at);
    at = scanAction(text, at, add, fail);
    trimNext = text[at] === "-"; // scanAction stops at the trim marker or at the delimiter
    const close = at + (trimNext ? 1 : 0);
    add("close", close, close + CLOSE.length);
    at = close + CLOSE.length;
  }
  add("end", text.length, text.length);
  return tokens;
}

type Add = (kind: TokenKind, offset: number, end: number, value?: string) => void;
type Fail = (message: string, offset: number) => never;

/** Scans to the closing delimiter, or to the `-` of its trim marker, and gives the offset. */
function scanAction(text: string, start: number, add: Add, fail: Fail): number {
  let at = start;
  for (;;) {
    if (at >= text.length) fail("unclosed action", start);
    if (text.startsWith(CLOSE, at)) return at;
    const char = text[at] ?? "";
    if (isSpace(char)) {
      const end = runEnd(text, at, /\s/);
      if (text.startsWith(`-${CLOSE}`, end)) return end;
      add("space", at, end);
      at = end;
      continue;
    }
    at = scanToken(text, at, add, fail);
  }
}

const SINGLE: Readonly<Record<string, TokenKind>> = {
  "|": "pipe",
  ",": "comma",
  "(": "left",
  ")": "right",
  "=": "assign",
};

function scanToken(text: string, at: number, add: Add, fail: Fail): number {
  const char = text[at] ?? "";
  const single = SINGLE[char];
  if (single !== undefined) {
    add(single, at, at + 1);
    return at + 1;
  }
  if (text.startsWith(":=", at)) {
    add("declare", at, at + 2);
    return at + 2;
  }
  if (char === '"' || char === "'") return scanQuoted(text, at, add, fail);
  if (char === "`") {
    const end = text.indexOf("`", at + 1);
    if (end < 0) fail("unterminated raw quoted string", at);
    add("string", at, end + 1, text.slice(at + 1, end));
    return end + 1;
  }
  const number = /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(
    text.slice(at, at + 64),
  )?.[0];
  if (number !== undefined) {
    add("number", at, at + number.length);
    return at + number.length;
  }
  const end = runEnd(text, at + 1, /[\p{L}\p{N}_]/u);
  if (/[.$\p{L}_]/u.test(char)) checkTerminator(text, { start: at, end }, fail);
  if (char === ".") add(end === at + 1 ? "dot" : "field", at, end, text.slice(at + 1, end));
  else if (char === "$") add("variable", at, end);
  else if (/[\p{L}_]/u.test(char)) add("word", at, end);
  else fail(`unexpected ${JSON.stringify(char)} in ${isAtCommand(text, at) ? "command" : "operand"}`, at);
  return end;
}

/** Tells whether a place in an action is where a command begins. */
function isAtCommand(text: string, at: number): boolean {
  return /(?:\{\{-?|[|(=])\s*$/.test(text.slice(0, at));
}

/** What follows a word, a field or a variable: white space, the end, or one of a few characters. */
function checkTerminator(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  fail: Fail,
): void {
  const next = text.slice(end, end + 2);
  const isDot = end === start + 1 && text[start] === ".";
  if (isDot || next === "" || /^[\s.,|:)(]/.test(next) || next === CLOSE) return;
  const code = text.codePointAt(end) ?? 0;
  const number = code.toString(16).toUpperCase().padStart(4, "0");
  fail(`bad character U+${number} '${String.fromCodePoint(code)}'`, end);
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

function scanQuoted(text: string, start: number, add: Add, fail: Fail): number {
  const quote = text[start];
  const isString = quote === '"';
  let value = "";
  for (let at = start + 1; ;) {
    const char = text[at];
    if (char === undefined || char === "\n")
      fail(`unterminated ${isString ? "quoted string" : "character constant"}`, start);
    if (char === quote) {
      add(isString ? "string" : "char", start, at + 1, value);
      return at + 1;
    }
    if (char !== "\\") {
      value += char;
      at += 1;
      continue;
    }
    const escape = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/s.exec(
      text.slice(at, at + 10),
    );
    const [whole = "\\", hex, short, long, octal, simple] = escape ?? [];
    const code = hex ?? short ?? long;
    const decoded =
      code !== undefined
        ? codePoint(parseInt(code, 16))
        : octal !== undefined
          ? codePoint(parseInt(octal, 8))
          : ESCAPES[simple ?? ""];
    if (decoded === undefined) fail("invalid syntax", start);
    value += decoded;
    at += whole.length;
  }
}

function codePoint(code: number): string | undefined {
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function isSpace(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r";
}

function runEnd(text: string, start: number, kind: RegExp): number {
  let end = start;
  while (end < text.length && kind.test(text[end] ?? "")) end += 1;
  return end;
}
