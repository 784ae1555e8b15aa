const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

/** Tells whether a text could be a name in an expression. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text);
}
