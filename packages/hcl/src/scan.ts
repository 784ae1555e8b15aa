import { identifierEnd, newlineEnd, numberEnd, sequenceLength, startsIdentifier } from "./scan-characters.js";
import { bomLength } from "./line-index.js";
import { operatorAt } from "./scan-operator.js";
import type { SourceFile } from "./source-file.js";
import { TokenKind } from "./token-kind.js";
import { TokenList } from "./token-list.js";

/** What the text is as a whole: a file of arguments and blocks (or one expression), or a template. */
export type ScanMode = "code" | "template";

const QUOTE = 0x22;
const DOLLAR = 0x24;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const TILDE = 0x7e;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Splits a text into tokens in one pass. Any text gives tokens; what is never right has a kind of its own
 * (see `isInvalidKind`) and is reported by `reportInvalidTokens`. Source: chapters 2.1 and 2.3 of the language specification.
 */
export function scanFile(file: SourceFile, mode: ScanMode = "code"): TokenList {
  return new Scanner(file).scan(mode);
}

/** What surrounds the current place, innermost last. */
interface Frame {
  readonly kind: "code" | "quoted" | "heredoc" | "template";
  /** Code: open braces, so that the brace which closes a template sequence is known. */
  braces: number;
  /** Heredoc: the word that ends it. */
  readonly marker: string;
}

class Scanner {
  readonly #file: SourceFile;
  readonly #bytes: Uint8Array;
  readonly #tokens: TokenList;
  readonly #frames: Frame[] = [];
  #at: number;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#bytes = file.bytes;
    this.#tokens = new TokenList(file);
    this.#at = bomLength(file.bytes);
  }

  scan(mode: ScanMode): TokenList {
    this.#open(mode);
    const size = this.#bytes.length;
    while (this.#at < size) {
      const frame = this.#frames[this.#frames.length - 1];
      if (frame === undefined) throw new Error("bug: the scanner left its outermost frame");
      if (frame.kind === "code") this.#scanCode(frame);
      else if (frame.kind === "quoted") this.#scanQuoted();
      else this.#scanLines(frame);
    }
    this.#tokens.push(TokenKind.EndOfFile, size, size);
    return this.#tokens;
  }

  #open(kind: Frame["kind"], marker = ""): void {
    this.#frames.push({ kind, braces: 0, marker });
  }

  /** Adds a token from the current place to `end` and goes there. */
  #emit(kind: TokenKind, end: number): void {
    this.#tokens.push(kind, this.#at, end);
    this.#at = end;
  }

  /** Scans until the frame changes or the text ends. */
  #scanCode(frame: Frame): void {
    const bytes = this.#bytes;
    const size = bytes.length;
    while (this.#at < size) {
      const at = this.#at;
      const byte = bytes[at] ?? 0;
      if (byte === 0x20 || byte === 0x09) {
        this.#at++;
      } else if ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f) {
        this.#emit(TokenKind.Identifier, identifierEnd(bytes, at + 1));
      } else if (byte >= 0x30 && byte <= 0x39) {
        this.#emit(TokenKind.Number, numberEnd(bytes, at));
      } else if (byte === NEWLINE) {
        this.#emit(TokenKind.Newline, at + 1);
      } else if (byte === QUOTE) {
        this.#emit(TokenKind.OpenQuote, at + 1);
        this.#open("quoted");
        return;
      } else if (byte === OPEN_BRACE) {
        frame.braces++;
        this.#emit(TokenKind.OpenBrace, at + 1);
      } else if (byte === CLOSE_BRACE || (byte === TILDE && bytes[at + 1] === CLOSE_BRACE)) {
        if (this.#scanCloseBrace(frame, byte === TILDE)) return;
      } else if (byte >= 0x80) {
        this.#scanBeyondAscii(at);
      } else if (byte === 0x23 || byte === 0x2f) {
        this.#scanSlashOrComment(at);
      } else if (byte === 0x3c && bytes[at + 1] === 0x3c && this.#scanHeredocOpener(at)) {
        return;
      } else if (byte === RETURN && bytes[at + 1] === NEWLINE) {
        this.#emit(TokenKind.Newline, at + 2);
      } else {
        const { kind, length } = operatorAt(bytes, at);
        this.#emit(kind, at + length);
      }
    }
  }

  /** Returns true when the brace ended a template sequence. */
  #scanCloseBrace(frame: Frame, hasTilde: boolean): boolean {
    const end = this.#at + (hasTilde ? 2 : 1);
    const endsSequence = frame.braces === 0 && this.#frames.length > 1;
    if (frame.braces > 0) frame.braces--;
    this.#emit(endsSequence || hasTilde ? TokenKind.CloseSequence : TokenKind.CloseBrace, end);
    if (endsSequence) this.#frames.pop();
    return endsSequence;
  }

  #scanBeyondAscii(at: number): void {
    const length = sequenceLength(this.#bytes, at);
    if (length === 0) this.#emit(TokenKind.InvalidEncoding, at + 1);
    else if (startsIdentifier(this.#bytes, at))
      this.#emit(TokenKind.Identifier, identifierEnd(this.#bytes, at + length));
    else this.#emit(TokenKind.Invalid, at + length);
  }

  #scanSlashOrComment(at: number): void {
    const bytes = this.#bytes;
    const next = bytes[at + 1];
    if (bytes[at] === 0x23 || next === 0x2f) {
      let end = at + 1;
      while (end < bytes.length && bytes[end] !== NEWLINE) end++;
      if (end < bytes.length) this.#emit(TokenKind.LineComment, end + 1);
      else this.#emit(TokenKind.Comment, end);
    } else if (next === 0x2a) {
      let end = bytes.indexOf(0x2a, at + 2);
      while (end !== -1 && bytes[end + 1] !== 0x2f) end = bytes.indexOf(0x2a, end + 1);
      if (end !== -1) {
        this.#emit(TokenKind.Comment, end + 2);
        return;
      }
      // Without an end it is no comment: the opener is the mistake, and what follows is not worth a message of its own.
      this.#emit(TokenKind.Slash, at + 1);
      this.#emit(TokenKind.Star, at + 2);
      if (this.#at < bytes.length) this.#emit(TokenKind.Comment, bytes.length);
    } else {
      this.#emit(TokenKind.Slash, at + 1);
    }
  }

  /** `<<ID` or `<<-ID` directly followed by a newline. Returns false when there is something else. */
  #scanHeredocOpener(at: number): boolean {
    const name = this.#bytes[at + 2] === 0x2d ? at + 3 : at + 2;
    if (!startsIdentifier(this.#bytes, name)) return false;
    const nameEnd = identifierEnd(this.#bytes, name);
    const end = newlineEnd(this.#bytes, nameEnd);
    if (end === nameEnd) return false;
    this.#emit(TokenKind.OpenHeredoc, end);
    this.#open("heredoc", this.#file.text({ start: name, end: nameEnd }));
    return true;
  }

  /** Scans a quoted string until its end, a template sequence, or the end of the text. */
  #scanQuoted(): void {
    const bytes = this.#bytes;
    const size = bytes.length;
    let at = this.#at;
    for (;;) {
      const byte = at < size ? (bytes[at] ?? 0) : QUOTE;
      if (byte === QUOTE || byte === NEWLINE || byte === RETURN) {
        if (at > this.#at) this.#emit(TokenKind.QuotedText, at);
        if (at === size) return;
        if (byte === QUOTE) {
          this.#emit(TokenKind.CloseQuote, at + 1);
          this.#frames.pop();
        } else {
          this.#scanNewlineInQuotes();
        }
        return;
      }
      if (byte === BACKSLASH) {
        const next = bytes[at + 1];
        at += next === undefined || next === NEWLINE || next === RETURN || next >= 0x80 ? 1 : 2;
      } else if (byte === DOLLAR || byte === PERCENT) {
        if (bytes[at + 1] === OPEN_BRACE) {
          this.#openSequence(at, TokenKind.QuotedText);
          return;
        }
        at += isEscapedSequence(bytes, at) ? 3 : 1;
      } else if (byte >= 0x80) {
        at = this.#skipBeyondAscii(at, TokenKind.QuotedText);
      } else {
        at++;
      }
    }
  }

  /**
   * A quoted string may not go over lines. Either its end was forgotten, or it goes on in the next line: the next line tells.
   * In the first case the string ends here, together with the strings around it, so that the rest of the file is read as it is meant.
   */
  #scanNewlineInQuotes(): void {
    const end = Math.max(newlineEnd(this.#bytes, this.#at), this.#at + 1);
    if (!looksLikeCode(this.#bytes, end)) {
      this.#emit(TokenKind.QuotedNewline, end);
      return;
    }
    this.#emit(TokenKind.QuotedNewline, this.#at);
    this.#emit(TokenKind.CloseQuote, this.#at);
    this.#frames.pop();
    while (this.#frames.at(-1)?.kind === "code" && this.#frames.at(-2)?.kind === "quoted") this.#frames.length -= 2;
  }

  /** Scans a heredoc or a bare template, line by line. */
  #scanLines(frame: Frame): void {
    const bytes = this.#bytes;
    const size = bytes.length;
    let at = this.#at;
    let isLineStart = this.#isLineStart();
    while (at < size) {
      const byte = bytes[at] ?? 0;
      if (isLineStart && frame.kind === "heredoc" && this.#scanHeredocCloser(frame.marker)) return;
      isLineStart = false;
      if (byte === NEWLINE) {
        this.#emit(TokenKind.Text, ++at);
        isLineStart = true;
      } else if (byte === DOLLAR || byte === PERCENT) {
        if (bytes[at + 1] === OPEN_BRACE) {
          this.#openSequence(at, TokenKind.Text);
          return;
        }
        at += isEscapedSequence(bytes, at) ? 3 : 1;
      } else if (byte >= 0x80) {
        at = this.#skipBeyondAscii(at, TokenKind.Text);
      } else {
        at++;
      }
    }
    if (at > this.#at) this.#emit(TokenKind.Text, at);
  }

  #isLineStart(): boolean {
    const last = this.#tokens.at(this.#tokens.length - 1);
    return this.#tokens.length === 0 || last.kind === TokenKind.OpenHeredoc;
  }

  /** The line that holds nothing but the marker. A last line needs no newline. */
  #scanHeredocCloser(marker: string): boolean {
    const bytes = this.#bytes;
    let first = this.#at;
    while (bytes[first] === 0x20 || bytes[first] === 0x09) first++;
    if (bytes[first] !== marker.charCodeAt(0) && (bytes[first] ?? 0) < 0x80) return false;
    let end = bytes.indexOf(NEWLINE, first);
    if (end === -1) end = bytes.length;
    else if (end > this.#at && bytes[end - 1] === RETURN) end--;
    if (this.#file.text({ start: this.#at, end }).trim() !== marker) return false;
    this.#emit(TokenKind.CloseHeredoc, end);
    this.#frames.pop();
    return true;
  }

  #openSequence(at: number, textKind: TokenKind): void {
    if (at > this.#at) this.#emit(textKind, at);
    const kind = this.#bytes[at] === DOLLAR ? TokenKind.OpenInterpolation : TokenKind.OpenDirective;
    this.#emit(kind, at + (this.#bytes[at + 2] === TILDE ? 3 : 2));
    this.#open("code");
  }

  /** Steps over one character of literal text. Broken bytes become a token of their own. */
  #skipBeyondAscii(at: number, textKind: TokenKind): number {
    const length = sequenceLength(this.#bytes, at);
    if (length > 0) return at + length;
    if (at > this.#at) this.#emit(textKind, at);
    this.#emit(TokenKind.InvalidEncoding, at + 1);
    return at + 1;
  }
}

/** `$${` or `%%{`. */
function isEscapedSequence(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === bytes[at] && bytes[at + 2] === OPEN_BRACE;
}

/** Tells whether a line reads like code rather than like the continuation of a text. */
function looksLikeCode(bytes: Uint8Array, lineStart: number): boolean {
  let at = lineStart;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  if (at >= bytes.length || newlineEnd(bytes, at) > at) return true;
  const first = String.fromCharCode(bytes[at] ?? 0);
  if ("}])#".includes(first)) return true;
  if (!startsIdentifier(bytes, at)) return false;
  at = identifierEnd(bytes, at);
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  const next = bytes[at];
  return next === OPEN_BRACE || (next === 0x3d && bytes[at + 1] !== 0x3d) || startsBlockLabel(bytes, at);
}

/** `"label"` and then another one or a brace: a block header, while text after a closing quote is not. */
function startsBlockLabel(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== QUOTE) return false;
  const close = bytes.indexOf(QUOTE, at + 1);
  const lineEnd = bytes.indexOf(NEWLINE, at);
  if (close === -1 || (lineEnd !== -1 && lineEnd < close)) return false;
  at = close + 1;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  return bytes[at] === OPEN_BRACE || bytes[at] === QUOTE;
}
