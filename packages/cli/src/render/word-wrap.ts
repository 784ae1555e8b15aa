/**
 * Breaks text at spaces so that lines have at most `width` columns. Line feeds stay; words that are longer stay whole, in lines of
 * their own. Lines that begin with two spaces are quotations, such as commands and logs, and stay as they are.
 */
export function wrapWords(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => (line.startsWith("  ") ? line : wrapLine(line, width)))
    .join("\n");
}

function wrapLine(line: string, width: number): string {
  let wrapped = "";
  let column = 0;
  // A non-breaking space is part of a word.
  for (const [, spaces = "", word = ""] of line.matchAll(/([^\S\u00a0]*)((?:\S|\u00a0)*)/g)) {
    if (spaces === "" && word === "") continue;
    const length = [...word].length;
    if (column > 0 && column + spaces.length + length > width) {
      wrapped += `\n${word}`;
      column = length;
    } else {
      wrapped += spaces + word;
      column += spaces.length + length;
    }
  }
  return wrapped;
}
