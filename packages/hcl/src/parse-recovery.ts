import type { ParseCursor } from "./parse-cursor.js";
import { TokenKind } from "./token-kind.js";

/**
 * Goes from a broken item to the place where the next item of the body may begin: after the item's last line, at a line that
 * reads like an item and is not indented more than the broken one, or at the closing brace of the block around it.
 * `first` is the first token of the broken item; the cursor stands at the token that could not be read.
 */
export function skipBrokenItem(
  cursor: ParseCursor,
  { first, place }: { first: number; place: "file" | "block" },
): void {
  if (cursor.isAbandoned) return;
  const failed = cursor.index;
  const indent = cursor.start(first) - lineStart(cursor, first);
  const open = new BracketStack();
  for (let index = first; ; index++) {
    const kind = cursor.kindAt(index);
    if (kind === TokenKind.EndOfFile) {
      cursor.index = index;
      return;
    }
    if (index >= failed) {
      const closesBlock = kind === TokenKind.CloseBrace && !open.has(TokenKind.OpenBrace);
      if (closesBlock && place === "block") {
        cursor.index = index;
        return;
      }
      if (isNewline(kind) && open.top === undefined && !bracesFollow(cursor, index + 1)) {
        cursor.index = index + 1;
        return;
      }
      if (index > first && isLineStart(cursor, index) && startsItem(cursor, index, { indent, open })) {
        cursor.index = index;
        return;
      }
    }
    open.track(kind);
  }
}

function isNewline(kind: TokenKind): boolean {
  return kind === TokenKind.Newline || kind === TokenKind.LineComment || kind === TokenKind.QuotedNewline;
}

function isLineStart(cursor: ParseCursor, index: number): boolean {
  return index === 0 || isNewline(cursor.kindAt(index - 1));
}

/** The offset where the line of a token begins. */
function lineStart(cursor: ParseCursor, index: number): number {
  return isLineStart(cursor, index) && index > 0 ? cursor.end(index - 1) : cursor.start(index);
}

/** A line that begins with a brace belongs to the header on the line before. */
function bracesFollow(cursor: ParseCursor, index: number): boolean {
  return cursor.kindAt(index) === TokenKind.OpenBrace;
}

interface Surroundings {
  readonly indent: number;
  readonly open: BracketStack;
}

/** Tells whether a line reads like an argument or the header of a block. In braces an argument could be an object's item. */
function startsItem(cursor: ParseCursor, index: number, { indent, open }: Surroundings): boolean {
  if (cursor.kindAt(index) !== TokenKind.Identifier) return false;
  if (cursor.start(index) - cursor.end(index - 1) > indent) return false;
  const { top } = open;
  if (top === TokenKind.OpenHeredoc) return false;
  const next = cursor.kindAt(index + 1);
  if (next === TokenKind.Equal) return top !== TokenKind.OpenBrace;
  return isHeaderRest(cursor, index + 1);
}

function isHeaderRest(cursor: ParseCursor, index: number): boolean {
  for (;;) {
    const kind = cursor.kindAt(index);
    if (kind === TokenKind.OpenBrace) return true;
    if (kind === TokenKind.Identifier) index++;
    else if (kind === TokenKind.OpenQuote && cursor.kindAt(index + 2) === TokenKind.CloseQuote) index += 3;
    else return false;
  }
}

/** The brackets that are open at a place. */
class BracketStack {
  readonly #kinds: TokenKind[] = [];
  readonly #counts = new Map<TokenKind, number>();

  get top(): TokenKind | undefined {
    return this.#kinds.at(-1);
  }

  has(opener: TokenKind): boolean {
    return (this.#counts.get(opener) ?? 0) > 0;
  }

  /** A closer without an opener is passed over; one that belongs further out closes what is inside it too. */
  track(kind: TokenKind): void {
    const opener = openerOf(kind);
    if (opener !== undefined && this.has(opener)) {
      for (let top = this.#pop(); top !== opener && top !== undefined;) top = this.#pop();
    } else if (isOpener(kind)) {
      const counted = kind === TokenKind.OpenDirective ? TokenKind.OpenInterpolation : kind;
      this.#kinds.push(counted);
      this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
    }
  }

  #pop(): TokenKind | undefined {
    const top = this.#kinds.pop();
    if (top !== undefined) this.#counts.set(top, (this.#counts.get(top) ?? 0) - 1);
    return top;
  }
}

function isOpener(kind: TokenKind): boolean {
  return (
    kind === TokenKind.OpenBrace ||
    kind === TokenKind.OpenBracket ||
    kind === TokenKind.OpenParen ||
    kind === TokenKind.OpenQuote ||
    kind === TokenKind.OpenHeredoc ||
    kind === TokenKind.OpenInterpolation ||
    kind === TokenKind.OpenDirective
  );
}

function openerOf(kind: TokenKind): TokenKind | undefined {
  switch (kind) {
    case TokenKind.CloseBrace:
      return TokenKind.OpenBrace;
    case TokenKind.CloseBracket:
      return TokenKind.OpenBracket;
    case TokenKind.CloseParen:
      return TokenKind.OpenParen;
    case TokenKind.CloseQuote:
      return TokenKind.OpenQuote;
    case TokenKind.CloseHeredoc:
      return TokenKind.OpenHeredoc;
    case TokenKind.CloseSequence:
      return TokenKind.OpenInterpolation;
    default:
      return undefined;
  }
}
