/** Unchanged lines shown around changed ones. */
const CONTEXT = 3;

/**
 * The difference between two texts with the same number of lines, in the unified format that `patch` reads. Every line is compared
 * with the one in its place: formatting neither adds nor removes any.
 */
export function lineDiff(old: string, changed: string, path: string): string {
  const before = splitLines(old);
  const after = splitLines(changed);
  const hunks = changedHunks(before, after);
  return `--- old/${path}\n+++ new/${path}\n${hunks.map((hunk) => hunkText(before, after, hunk)).join("")}`;
}

interface Hunk {
  readonly start: number;
  end: number;
}

/** Lines with their line feeds. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function changedHunks(before: readonly string[], after: readonly string[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const [line, text] of before.entries()) {
    if (text === after[line]) continue;
    const start = Math.max(0, line - CONTEXT);
    const end = Math.min(before.length, line + 1 + CONTEXT);
    const last = hunks.at(-1);
    if (last !== undefined && start <= last.end) last.end = end;
    else hunks.push({ start, end });
  }
  return hunks;
}

function hunkText(before: readonly string[], after: readonly string[], { start, end }: Hunk): string {
  const size = end - start === 1 ? "" : `,${end - start}`;
  let text = `@@ -${start + 1}${size} +${start + 1}${size} @@\n`;
  let added = "";
  for (let line = start; line < end; line++) {
    const old = before[line] ?? "";
    const changed = after[line] ?? "";
    if (old === changed) {
      text += added + marked(" ", old);
      added = "";
    } else {
      text += marked("-", old);
      added += marked("+", changed);
    }
  }
  return text + added;
}

function marked(mark: string, line: string): string {
  return line.endsWith("\n") ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`;
}
