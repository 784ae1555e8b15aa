/** What a token is. `text` stands outside of actions; everything else inside. */
export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "word"
  | "field"
  | "variable"
  | "dot"
  | "string"
  | "number"
  | "char"
  | "pipe"
  | "comma"
  | "declare"
  | "assign"
  | "left"
  | "right"
  | "space"
  | "end";

/** A token. `value` is decoded for strings and chars; `text` is as written. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly value: string;
  readonly offset: number;
}
