/** Splits a text into characters as people see them (grapheme clusters). */
export function charactersOf(text: string): string[] {
  // Plain ASCII, the usual case, needs no tables; only CR LF is one character of two.
  if (/^[\x20-\x7e\n\t]*$/.test(text)) return [...text];
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
