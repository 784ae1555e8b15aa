import { bracketChange } from "./format-spacing.js";
import { TokenKind } from "./token-kind.js";
import type { TokenList } from "./token-list.js";

/**
 * The lines of a file as the formatter sees them, in arrays by line. A line is a range of tokens in up to three cells that follow
 * each other: lead, assign (from the `=` on) and comment. An absent cell is empty. A heredoc belongs to the line it begins in.
 */
export interface FormatLines {
  readonly count: number;
  /** The first token of the line, which is the first of its lead. One more than there are lines. */
  readonly starts: Uint32Array;
  /** The first token after the lead: the `=` when there is an assign cell. */
  readonly leadEnds: Uint32Array;
  /** The first token after the assign cell: the comment when there is a comment cell. */
  readonly assignEnds: Uint32Array;
}

/** Divides the tokens, without the one for the end of the file, into lines and cells. */
export function splitFormatLines(tokens: TokenList): FormatLines {
  const { kinds } = tokens;
  const size = tokens.length - 1;
  let count = 0;
  for (let index = 0; index < size; index++) if (endsLine(kinds[index])) count++;
  const starts = new Uint32Array(count + 2);
  let line = 0;
  for (let index = 0; index < size; index++) if (endsLine(kinds[index])) starts[++line] = index + 1;
  if ((starts[line] ?? 0) < size) starts[++line] = size;
  const lines = {
    ...{ count: line, starts },
    ...{ leadEnds: new Uint32Array(line), assignEnds: new Uint32Array(line) },
  };
  for (let index = 0; index < line; index++) divideLine(kinds, lines, index);
  return lines;
}

function endsLine(kind: number | undefined): boolean {
  return kind === TokenKind.Newline || kind === TokenKind.LineComment;
}

function divideLine(kinds: Uint8Array, { starts, leadEnds, assignEnds }: FormatLines, line: number): void {
  const start = starts[line] ?? 0;
  let end = starts[line + 1] ?? 0;
  const last = kinds[end - 1];
  if (end - start > 1 && (last === TokenKind.LineComment || last === TokenKind.Comment)) end--;
  assignEnds[line] = end;
  leadEnds[line] = findAssign(kinds, start + 1, end);
}

/** The first `=`, when all brackets after it are closed in the line; otherwise there is no assign cell and the lead goes on to the end. */
function findAssign(kinds: Uint8Array, from: number, end: number): number {
  let equal = from;
  while (equal < end && kinds[equal] !== TokenKind.Equal) equal++;
  let open = 0;
  for (let index = equal; index < end; index++) open += bracketChange(kinds[index] as TokenKind);
  return open === 0 ? equal : end;
}
