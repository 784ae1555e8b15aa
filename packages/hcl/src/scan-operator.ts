import { TokenKind } from "./token-kind.js";

interface Operator {
  readonly kind: TokenKind;
  readonly length: number;
}

const INVALID: Operator = { kind: TokenKind.Invalid, length: 1 };

/** Operators by their first byte, longer ones first. */
const BY_FIRST_BYTE: (readonly (Operator & { readonly text: string })[] | undefined)[] = [];

for (const [text, kind] of Object.entries({
  "...": TokenKind.Ellipsis,
  "::": TokenKind.DoubleColon,
  "=>": TokenKind.FatArrow,
  "==": TokenKind.EqualEqual,
  "!=": TokenKind.NotEqual,
  "<=": TokenKind.LessEqual,
  ">=": TokenKind.GreaterEqual,
  "&&": TokenKind.And,
  "||": TokenKind.Or,
  "[": TokenKind.OpenBracket,
  "]": TokenKind.CloseBracket,
  "(": TokenKind.OpenParen,
  ")": TokenKind.CloseParen,
  "=": TokenKind.Equal,
  "?": TokenKind.Question,
  ":": TokenKind.Colon,
  ".": TokenKind.Dot,
  ",": TokenKind.Comma,
  "!": TokenKind.Not,
  "<": TokenKind.Less,
  ">": TokenKind.Greater,
  "+": TokenKind.Plus,
  "-": TokenKind.Minus,
  "*": TokenKind.Star,
  "%": TokenKind.Percent,
  "&": TokenKind.BitwiseOperator,
  "|": TokenKind.BitwiseOperator,
  "^": TokenKind.BitwiseOperator,
  "~": TokenKind.BitwiseOperator,
  "`": TokenKind.Backtick,
  "'": TokenKind.Apostrophe,
  ";": TokenKind.Semicolon,
})) {
  const first = text.charCodeAt(0);
  BY_FIRST_BYTE[first] = [...(BY_FIRST_BYTE[first] ?? []), { text, kind, length: text.length }];
}

/** The longest operator at an offset, or an invalid token of one byte. */
export function operatorAt(bytes: Uint8Array, at: number): Operator {
  for (const operator of BY_FIRST_BYTE[bytes[at] ?? 0] ?? []) {
    let length = 1;
    while (length < operator.length && bytes[at + length] === operator.text.charCodeAt(length)) length++;
    if (length === operator.length) return operator;
  }
  return INVALID;
}
