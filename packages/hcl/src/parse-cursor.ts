import type { Diagnostic } from "@ingot/diag";
import type { Span } from "./ast.js";
import type { SourceFile } from "./source-file.js";
import { isInvalidKind, TokenKind } from "./token-kind.js";
import type { TokenList } from "./token-list.js";

/** How deep expressions, blocks and directives may nest. Keeps every walk over the tree within the stack. */
export const MAX_NESTING = 400;

/** How many mistakes of one file are reported. After that the rest is not read. */
const MAX_DIAGNOSTICS = 100;

/** Strings up to this length are shared. */
const MAX_SHARED_LENGTH = 16;
const SHARED_SLOTS = 1024;

/** Thrown where an expression cannot be read any further; caught where the item around it is read. Never leaves the parser. */
const SYNTAX_FAILURE = new Error("bug: a syntax failure left the parser");

export interface Problem {
  readonly summary: string;
  readonly detail: string;
  readonly subject: Span;
  readonly context?: Span;
}

/** The parser's place in the tokens, and what it found wrong so far. */
export class ParseCursor {
  readonly file: SourceFile;
  readonly diagnostics: Diagnostic[] = [];
  /** Open constructs around the current place. */
  depth = 0;
  /** The height of the expression that was read last. */
  height = 0;
  /** How many items were given up. After one, a bracket may seem to be missing that only was skipped. */
  failures = 0;
  /** Set when the rest of the file is not read at all. */
  isAbandoned = false;
  /** False inside brackets, where newlines mean nothing. */
  #seesNewlines = true;
  /** The index after the token that was read last. */
  #next = 0;
  readonly #shared: (string | undefined)[] = [];
  readonly #latin1: string;
  readonly #isAscii: boolean;
  readonly #length: number;
  readonly #kinds: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;

  constructor(tokens: TokenList) {
    const { file } = tokens;
    this.file = file;
    this.#length = tokens.length;
    this.#kinds = tokens.kinds;
    this.#starts = tokens.starts;
    this.#ends = tokens.ends;
    this.#latin1 = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength).toString("latin1");
    this.#isAscii = !/[^\x00-\x7f]/.test(this.#latin1);
  }

  /** The kind of the next token that counts. A line comment counts as a newline. */
  peek(): TokenKind {
    const kind = this.#kinds[this.#peekIndex()] as TokenKind;
    return kind === TokenKind.LineComment ? TokenKind.Newline : kind;
  }

  /** The index of the next token that counts. */
  get index(): number {
    return this.#peekIndex();
  }

  /** Goes to a token. */
  set index(index: number) {
    this.#next = Math.max(0, Math.min(index, this.#length - 1));
  }

  /** Reads the next token that counts and returns its index. The end of the file can be read again and again. */
  read(): number {
    const index = this.#peekIndex();
    this.#next = Math.min(index + 1, this.#length - 1);
    return index;
  }

  /** Reads the next token when it is of a kind. */
  accept(kind: TokenKind): boolean {
    if (this.peek() !== kind) return false;
    this.read();
    return true;
  }

  #peekIndex(): number {
    let index = this.#next;
    for (;;) {
      const kind = this.#kinds[index];
      if (kind === TokenKind.Comment || (kind === TokenKind.Newline && !this.#seesNewlines)) index++;
      else if (kind === TokenKind.LineComment && !this.#seesNewlines) index++;
      else return index;
    }
  }

  kindAt(index: number): TokenKind {
    return this.#kinds[index] as TokenKind;
  }

  start(index: number): number {
    return this.#starts[index] ?? 0;
  }

  end(index: number): number {
    return this.#ends[index] ?? 0;
  }

  span(index: number): Span {
    return { start: this.start(index), end: this.end(index) };
  }

  /** The end of the token that was read last. */
  get lastEnd(): number {
    return this.#next === 0 ? 0 : this.end(this.#next - 1);
  }

  text(index: number): string {
    const start = this.start(index);
    const length = this.end(index) - start;
    if (length > MAX_SHARED_LENGTH || !this.#isAscii) return this.slice(start, start + length);
    // Names and words come again and again. Equal ones share one string, as far as they find each other here.
    const latin1 = this.#latin1;
    const slot =
      (latin1.charCodeAt(start) * 31 +
        latin1.charCodeAt(start + (length >> 1)) * 7 +
        latin1.charCodeAt(start + length - 1) * 131 +
        length * 517) &
      (SHARED_SLOTS - 1);
    const known = this.#shared[slot];
    if (known !== undefined && known.length === length && latin1.startsWith(known, start)) return known;
    return (this.#shared[slot] = latin1.slice(start, start + length));
  }

  slice(start: number, end: number): string {
    const text = this.#latin1.slice(start, end);
    return this.#isAscii || !/[^\x00-\x7f]/.test(text) ? text : this.file.text({ start, end });
  }

  /** Tells whether the next token is a certain word. */
  peeksWord(word: string): boolean {
    if (this.peek() !== TokenKind.Identifier) return false;
    const index = this.#peekIndex();
    const start = this.start(index);
    return this.end(index) - start === word.length && this.#latin1.startsWith(word, start);
  }

  /** Sets whether newlines count from the next token on; returns what was set before. */
  setNewlines(sees: boolean): boolean {
    const before = this.#seesNewlines;
    this.#seesNewlines = sees;
    return before;
  }

  report({ summary, detail, subject, context }: Problem): void {
    if (this.isAbandoned) return;
    this.diagnostics.push({
      severity: "error",
      summary,
      detail,
      subject: this.file.range(subject),
      ...(context !== undefined && { context: this.file.range(context) }),
    });
    if (this.diagnostics.length >= MAX_DIAGNOSTICS) this.#abandon();
  }

  /** Reports and gives up the current item. Says nothing where the next token itself is reported already. */
  fail(problem: Problem): never {
    if (!isInvalidKind(this.peek())) this.report(problem);
    return this.giveUp();
  }

  /** Gives up the current item after its mistake was reported. */
  giveUp(): never {
    this.failures++;
    throw SYNTAX_FAILURE;
  }

  /** Gives up the current item at the next token. `from` is where the construct began that cannot go on. */
  failAtNext(problem: { summary: string; detail: string; from?: number }): never {
    const subject = this.span(this.index);
    const { summary, detail, from } = problem;
    return this.fail({
      summary,
      detail,
      subject,
      ...(from !== undefined && { context: { start: from, end: subject.end } }),
    });
  }

  /** Runs `read`; a syntax failure in it gives undefined. */
  attempt<T>(read: () => T): T | undefined {
    const { depth } = this;
    const newlines = this.#seesNewlines;
    try {
      return read();
    } catch (error) {
      if (error !== SYNTAX_FAILURE) throw error;
      this.depth = depth;
      this.#seesNewlines = newlines;
      return undefined;
    }
  }

  /** Notes that a construct opens. Gives up the whole rest of the file when it is nested too deeply. */
  enter(): void {
    if (++this.depth > MAX_NESTING) this.failTooDeep(this.span(this.index));
  }

  leave(): void {
    this.depth--;
  }

  failTooDeep(subject: Span): never {
    this.report({
      summary: "Nesting too deep",
      detail: `Expressions, blocks and template directives can be nested up to ${MAX_NESTING} levels. Use local values to divide this.`,
      subject,
    });
    this.#abandon();
    return this.giveUp();
  }

  #abandon(): void {
    this.index = this.#length - 1;
    this.isAbandoned = true;
  }
}
