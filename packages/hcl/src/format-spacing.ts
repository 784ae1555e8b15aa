import { TokenKind } from "./token-kind.js";

/** +1 for tokens that open something, -1 for those that close it. By kind. */
const BRACKET_CHANGES = new Int8Array(256);
for (const kind of [
  TokenKind.OpenBrace,
  TokenKind.OpenBracket,
  TokenKind.OpenParen,
  TokenKind.OpenInterpolation,
  TokenKind.OpenDirective,
]) {
  BRACKET_CHANGES[kind] = 1;
}
for (const kind of [TokenKind.CloseBrace, TokenKind.CloseBracket, TokenKind.CloseParen, TokenKind.CloseSequence]) {
  BRACKET_CHANGES[kind] = -1;
}

/** How many levels deeper a token leads: 1, 0 or -1. */
export function bracketChange(kind: TokenKind): number {
  return BRACKET_CHANGES[kind] ?? 0;
}

/** Two neighbours, and the token before them in the same cell, if there is one. */
export interface Neighbours {
  readonly before: TokenKind | undefined;
  readonly left: TokenKind;
  readonly right: TokenKind;
  /** `left` is the word `in`. */
  readonly leftIsIn: boolean;
}

/**
 * Tells whether one space stands between two tokens of a cell; otherwise nothing does. The first rule that fits decides.
 * Source: step 2 of chapter 10.3 of the language specification.
 */
export function isSpaceBetween({ before, left, right, leftIsIn }: Neighbours): boolean {
  if (right === TokenKind.Newline) return false;
  if (left === TokenKind.Identifier && right === TokenKind.OpenParen) return false;
  if (left === TokenKind.Identifier && right === TokenKind.DoubleColon) return false;
  if (left === TokenKind.DoubleColon && right === TokenKind.Identifier) return false;
  if (left === TokenKind.Dot || right === TokenKind.Dot) return false;
  if (right === TokenKind.Comma || right === TokenKind.Ellipsis) return false;
  if (left === TokenKind.Comma) return true;
  if (endsAtText(left) || beginsAtText(right)) return false;
  // `in [` is no index: the word is a keyword here.
  if (leftIsIn && before === TokenKind.Identifier) return true;
  if (right === TokenKind.OpenBracket && isIndexable(left)) return false;
  if (left === TokenKind.Not) return false;
  if (left === TokenKind.Minus) return before !== undefined && !isBeforeNegation(before);
  if (left === TokenKind.OpenBrace || right === TokenKind.CloseBrace) {
    return left !== TokenKind.OpenBrace || right !== TokenKind.CloseBrace;
  }
  if (right === TokenKind.OpenBrace && (left === TokenKind.OpenInterpolation || left === TokenKind.OpenDirective)) {
    return true;
  }
  if (left === TokenKind.CloseBrace && right === TokenKind.CloseSequence) return true;
  if (
    left === TokenKind.CloseSequence &&
    (right === TokenKind.OpenInterpolation || right === TokenKind.OpenDirective)
  ) {
    return false;
  }
  return bracketChange(left) <= 0 && bracketChange(right) >= 0;
}

/** What follows is text of a template, or the template's end. */
function endsAtText(left: TokenKind): boolean {
  return (
    left === TokenKind.QuotedText ||
    left === TokenKind.Text ||
    left === TokenKind.OpenQuote ||
    left === TokenKind.OpenHeredoc
  );
}

function beginsAtText(right: TokenKind): boolean {
  return (
    right === TokenKind.QuotedText ||
    right === TokenKind.Text ||
    right === TokenKind.CloseQuote ||
    right === TokenKind.CloseHeredoc
  );
}

function isIndexable(left: TokenKind): boolean {
  return left === TokenKind.Identifier || left === TokenKind.Number || bracketChange(left) < 0;
}

/** After such a token a minus is a sign, not a subtraction. */
function isBeforeNegation(before: TokenKind): boolean {
  switch (before) {
    case TokenKind.OpenParen:
    case TokenKind.OpenBrace:
    case TokenKind.OpenBracket:
    case TokenKind.Equal:
    case TokenKind.Colon:
    case TokenKind.Comma:
    case TokenKind.Question:
    case TokenKind.Plus:
    case TokenKind.Minus:
    case TokenKind.Star:
    case TokenKind.Slash:
    case TokenKind.Percent:
    case TokenKind.EqualEqual:
    case TokenKind.NotEqual:
    case TokenKind.Less:
    case TokenKind.LessEqual:
    case TokenKind.Greater:
    case TokenKind.GreaterEqual:
    case TokenKind.And:
    case TokenKind.Or:
    case TokenKind.Not:
      return true;
    default:
      return false;
  }
}
