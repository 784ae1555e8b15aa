/** Made when it is needed: that takes some milliseconds. */
let segmenter: Intl.Segmenter | undefined;
/** What needs no looking at: one column each. */
const PLAIN = /^[\x20-\x7e]*$/;

/** How many columns a text takes on a terminal, nearly. It must have no control characters. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes(text)) columns += clusterColumns(segment);
  return columns;
}

/** Gives as much of a text as fits into `columns`, on one line and without control characters. What is cut ends with an ellipsis. */
export function fitColumns(text: string, columns: number): string {
  const line = text.replaceAll(/\p{Cc}/gu, " ");
  if (columnsOf(line) <= columns) return line;
  let used = 1; // the ellipsis
  let fitting = "";
  for (const { segment } of graphemes(line)) {
    used += clusterColumns(segment);
    if (used > columns) break;
    fitting += segment;
  }
  return columns < 1 ? "" : `${fitting}…`;
}

/** A text in exactly so many columns. */
export function padColumns(text: string, columns: number): string {
  const fitting = fitColumns(text, columns);
  return fitting + " ".repeat(Math.max(0, columns - columnsOf(fitting)));
}

function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** Marks and joiners take no place of their own; what emoji are made of takes two columns together. */
function clusterColumns(cluster: string): number {
  if (PLAIN.test(cluster)) return cluster.length;
  if (/^\p{M}+$/u.test(cluster) || /^[\u200b-\u200f\ufe00-\ufe0f]+$/u.test(cluster)) return 0;
  if (cluster.includes("\ufe0f") || /^\p{Emoji_Presentation}/u.test(cluster)) return 2;
  return isWide(cluster.codePointAt(0) ?? 0) ? 2 : 1;
}

/** East Asian wide characters and emoji. */
function isWide(code: number): boolean {
  if (code < 0x1100) return false;
  return (
    code <= 0x115f ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    code >= 0x1f300
  );
}
