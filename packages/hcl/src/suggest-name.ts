/**
 * Gives the first candidate that is at most two edits (insert, delete, replace one character) away from what was written, or
 * undefined. The order of the candidates decides, not the closeness.
 */
export function suggestName(given: string, candidates: Iterable<string>): string | undefined {
  for (const candidate of candidates) {
    if (editDistance(given, candidate) < 3) return candidate;
  }
  return undefined;
}

/** The sentence that proposes a name, with a space in front, or nothing. */
export function suggestionSentence(given: string, candidates: Iterable<string>): string {
  const name = suggestName(given, candidates);
  return name === undefined ? "" : ` Did you mean ${JSON.stringify(name)}?`;
}

function editDistance(a: string, b: string): number {
  const [from, to] = [[...a], [...b]];
  if (Math.abs(from.length - to.length) > 2) return 3;
  let row = to.map((_, index) => index + 1);
  for (const [index, character] of from.entries()) {
    let diagonal = index;
    let left = index + 1;
    row = row.map((above, column) => {
      const replaced = diagonal + (to[column] === character ? 0 : 1);
      diagonal = above;
      left = Math.min(replaced, above + 1, left + 1);
      return left;
    });
  }
  return row.at(-1) ?? from.length;
}
