/** The words that fit what was typed last, and what that is: the form that readline wants. */
export function completions(line: string, words: readonly string[]): [string[], string] {
  const [typed = ""] = /[\p{ID_Continue}.{`-]*$/u.exec(line) ?? [];
  if (typed === "" && line !== "") return [[], typed];
  return [words.filter((word) => word.startsWith(typed)).sort(), typed];
}
