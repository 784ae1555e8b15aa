/** The kinds of tokens. Numbers, so that a token list can keep them in a typed array. */
export const TokenKind = {
  EndOfFile: 0,
  Newline: 1,
  /** `#` or `//` with the newline that ends it. */
  LineComment: 2,
  /** A block comment, or a line comment that the end of the file ends. */
  Comment: 3,
  Identifier: 4,
  Number: 5,

  OpenQuote: 6,
  CloseQuote: 7,
  /** Literal text in a quoted string. */
  QuotedText: 8,
  /** `<<ID` or `<<-ID` with its newline. */
  OpenHeredoc: 9,
  /** The closing line up to and without its newline. */
  CloseHeredoc: 10,
  /** Literal text in a heredoc or a template file; at most one line, with its newline. */
  Text: 11,
  /** `${` or `${~`. */
  OpenInterpolation: 12,
  /** `%{` or `%{~`. */
  OpenDirective: 13,
  /** `}` or `~}` at the end of a template sequence. */
  CloseSequence: 14,

  OpenBrace: 15,
  CloseBrace: 16,
  OpenBracket: 17,
  CloseBracket: 18,
  OpenParen: 19,
  CloseParen: 20,

  Equal: 21,
  Question: 22,
  Colon: 23,
  DoubleColon: 24,
  FatArrow: 25,
  Ellipsis: 26,
  Dot: 27,
  Comma: 28,
  Not: 29,
  Or: 30,
  And: 31,
  EqualEqual: 32,
  NotEqual: 33,
  Less: 34,
  LessEqual: 35,
  Greater: 36,
  GreaterEqual: 37,
  Plus: 38,
  Minus: 39,
  Star: 40,
  Slash: 41,
  Percent: 42,

  /** From here on: text that is never right. The scanner has reported it. */
  BitwiseOperator: 43,
  Backtick: 44,
  Apostrophe: 45,
  Semicolon: 46,
  InvalidEncoding: 47,
  /** The newline that breaks a quoted string. */
  QuotedNewline: 48,
  Invalid: 49,
} as const;

export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

/** Tells whether the scanner reports such a token, so that nobody needs to complain about it again. */
export function isInvalidKind(kind: TokenKind): boolean {
  return kind >= TokenKind.BitwiseOperator;
}
