/**
 * Text from elsewhere (names, versions, messages of servers), made fit for a terminal: control characters, line breaks and the characters
 * that reorder text are written as `\u{...}`, and what is over `maxLength` characters is cut.
 */
export function printable(text: string, maxLength = 300): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
