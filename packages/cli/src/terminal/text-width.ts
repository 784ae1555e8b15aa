/** How many columns a character takes on a terminal, nearly: East Asian wide ones and emoji take two. */
function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x1100) return 1;
  const isWide =
    code <= 0x115f ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    code >= 0x1f300;
  return isWide ? 2 : 1;
}

/** Gives as much of a text as fits into `columns`, on one line and without control characters. */
export function fitColumns(text: string, columns: number): string {
  let used = 0;
  let fitting = "";
  for (const character of text.replaceAll(/\p{Cc}/gu, " ")) {
    used += columnsOf(character);
    if (used > columns) return fitting;
    fitting += character;
  }
  return fitting;
}
