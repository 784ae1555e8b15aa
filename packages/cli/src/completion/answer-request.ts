import type { Console } from "../console.js";
import { complete, type Candidate } from "./complete.js";
import { splitWords } from "./split-words.js";

/**
 * Answers a shell that has put the line into COMP_LINE and the cursor's place, in bytes, into COMP_POINT: one candidate a line. INGOT_COMPLETE
 * names the shell for which our own script asks; without it the answer is for `complete -C` of bash.
 */
export async function answerRequest(console: Console): Promise<void> {
  const { env, stdout } = console;
  const line = env["COMP_LINE"] ?? "";
  const bytes = Buffer.from(line);
  const given = Number.parseInt(env["COMP_POINT"] ?? "", 10);
  const point = Number.isNaN(given) ? bytes.length : Math.min(Math.max(given, 0), bytes.length);
  const typed = splitWords(bytes.subarray(0, point).toString());
  const rest = splitWords(`- ${bytes.subarray(point).toString()}`);
  const after = [...rest.before, rest.current].filter((word) => word !== "");
  const candidates = await complete(typed, { console, after });
  const shell = env["INGOT_COMPLETE"] ?? "";
  const lines = candidates.map((candidate) => lineFor(shell, candidate, typed.current));
  if (lines.length > 0) stdout.write(`${lines.join("\n")}\n`);
}

function lineFor(shell: string, { text, summary, isUnfinished = false }: Candidate, typed: string): string {
  if (shell === "zsh" || shell === "fish") return summary === "" ? text : `${text}\t${summary}`;
  // Bash takes what follows the last = or : for a word of its own.
  const cut = Math.max(typed.lastIndexOf("="), typed.lastIndexOf(":")) + 1;
  const word = text
    .slice(cut)
    .replaceAll(/[^\w./,=:@%+~*?-]/gu, (character) => (/\p{ASCII}/u.test(character) ? `\\${character}` : character));
  if (shell === "bash") return isUnfinished ? word : `${word} `;
  return word.startsWith("-") && word.endsWith("=") ? word.slice(0, -1) : word;
}
