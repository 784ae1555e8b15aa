/** What stands in front of the cursor. */
export interface TypedLine {
  /** The words before the one at the cursor, without the program, as the program would get them. */
  readonly before: readonly string[];
  /** The word at the cursor so far; empty after a space. */
  readonly current: string;
}

/** Reads a line as a shell does: spaces separate, quotes and backslashes protect. Of several commands the last one counts. */
export function splitWords(line: string): TypedLine {
  const words: string[] = [];
  let word = "";
  let isOpen = false;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote !== "") {
      if (character === quote) quote = "";
      else if (character === "\\" && quote === '"' && /["\\$`]/.test(line.charAt(at + 1))) word += line.charAt(++at);
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      isOpen = true;
    } else if (character === "\\") {
      word += line.charAt(++at);
      isOpen = true;
    } else if (/\s/.test(character)) {
      if (isOpen) words.push(word);
      word = "";
      isOpen = false;
    } else {
      word += character;
      isOpen = true;
    }
  }
  return { before: words.slice(1), current: words.length === 0 ? "" : word };
}
