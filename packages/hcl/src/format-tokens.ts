import { splitFormatLines, type FormatLines } from "./format-lines.js";
import { bracketChange, isSpaceBetween } from "./format-spacing.js";
import { countGraphemes } from "./line-index.js";
import { TokenKind } from "./token-kind.js";
import type { TokenList } from "./token-list.js";

const SPACE = 0x20;

/** No sensible text becomes larger than this. Alignment could make it so: one long name, and many short ones below it. */
const MAX_SIZE_BYTES = 400_000_000;

/**
 * Writes tokens with the white space of the canonical layout between them. Nothing but spaces and tabs between tokens changes, so
 * that incomplete text can be formatted too. Undefined when the result would have more than 400 MB.
 * Source: chapter 10.3 of the language specification.
 */
export function formatTokens(tokens: TokenList): Uint8Array | undefined {
  return writeTokens(tokens, layOut(tokens));
}

/** How many spaces stand before each token. */
function layOut(tokens: TokenList): Uint32Array {
  const spaces = new Uint32Array(tokens.length);
  keepTrailingSpaces(tokens, spaces);
  const lines = splitFormatLines(tokens);
  indentLines(tokens, lines, spaces);
  spaceTokens(tokens, lines, spaces);
  const leadWidths = new Float64Array(lines.count);
  for (let line = 0; line < lines.count; line++) {
    leadWidths[line] = widthOf(tokens, spaces, lines.starts[line] ?? 0, lines.leadEnds[line] ?? 0);
  }
  alignCells({ widths: leadWidths, cellStarts: lines.leadEnds, cellEnds: lines.assignEnds, spaces });
  const widths = leadWidths.map(
    (width, line) => width + widthOf(tokens, spaces, lines.leadEnds[line] ?? 0, lines.assignEnds[line] ?? 0),
  );
  alignCells({ widths, cellStarts: lines.assignEnds, cellEnds: lines.starts.subarray(1), spaces });
  return spaces;
}

/** A last line without a newline keeps the spaces at its end, as the reference does. */
function keepTrailingSpaces({ starts, ends, length }: TokenList, spaces: Uint32Array): void {
  const last = length - 1;
  const previousEnd = last === 0 ? 0 : (ends[last - 1] ?? 0);
  spaces[last] = (starts[last] ?? 0) - previousEnd;
}

/** A line that opens brackets puts the next lines one level deeper, however many they are; the same number of closers ends that. */
function indentLines({ kinds }: TokenList, { count, starts, leadEnds }: FormatLines, spaces: Uint32Array): void {
  const open: number[] = [];
  for (let line = 0; line < count; line++) {
    const start = starts[line] ?? 0;
    if (kinds[start] === TokenKind.Newline) continue;
    // The assign cell is balanced.
    const change = bracketsOf(kinds, start, leadEnds[line] ?? 0);
    if (change < 0) closeLevels(open, -change);
    spaces[start] = 2 * open.length;
    if (change > 0) open.push(change);
  }
}

/** The balance of the brackets, up to a heredoc. */
function bracketsOf(kinds: Uint8Array, start: number, end: number): number {
  let change = 0;
  for (let index = start; index < end && kinds[index] !== TokenKind.OpenHeredoc; index++) {
    change += bracketChange(kinds[index] as TokenKind);
  }
  return change;
}

function closeLevels(open: number[], closers: number): void {
  for (let left = closers; left > 0;) {
    const top = open.pop();
    if (top === undefined) return;
    if (top > left) open.push(top - left);
    left -= top;
  }
}

/** Spaces within the cells. */
function spaceTokens(
  tokens: TokenList,
  { count, starts, leadEnds, assignEnds }: FormatLines,
  spaces: Uint32Array,
): void {
  for (let line = 0; line < count; line++) {
    spaceCell(tokens, spaces, starts[line] ?? 0, leadEnds[line] ?? 0);
    spaceCell(tokens, spaces, leadEnds[line] ?? 0, assignEnds[line] ?? 0);
  }
}

function spaceCell(tokens: TokenList, spaces: Uint32Array, start: number, end: number): void {
  const { kinds } = tokens;
  for (let index = start; index + 1 < end; index++) {
    const isSpace = isSpaceBetween({
      before: index === start ? undefined : (kinds[index - 1] as TokenKind),
      left: kinds[index] as TokenKind,
      right: kinds[index + 1] as TokenKind,
      leftIsIn: isWordIn(tokens, index),
    });
    spaces[index + 1] = isSpace ? 1 : 0;
  }
}

function isWordIn({ file, kinds, starts, ends }: TokenList, index: number): boolean {
  if (kinds[index] !== TokenKind.Identifier) return false;
  const start = starts[index] ?? 0;
  return (ends[index] ?? 0) - start === 2 && file.bytes[start] === 0x69 && file.bytes[start + 1] === 0x6e;
}

/** The width of tokens with the spaces before each, in grapheme clusters. Line breaks inside of tokens count as one. */
function widthOf({ file, kinds, starts, ends }: TokenList, spaces: Uint32Array, start: number, end: number): number {
  let width = 0;
  for (let index = start; index < end; index++) {
    const from = starts[index] ?? 0;
    const to = ends[index] ?? 0;
    width += (spaces[index] ?? 0) + countGraphemes(file.bytes, from, to);
    if (kinds[index] === TokenKind.Comment || kinds[index] === TokenKind.Text) {
      width -= countReturns(file.bytes, from, to);
    }
  }
  return width;
}

function countReturns(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at + 1 < end; at++) if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) count++;
  return count;
}

interface CellColumn {
  /** The width of each line before the cell. */
  readonly widths: Float64Array;
  /** By line; a cell that is empty is absent. */
  readonly cellStarts: Uint32Array;
  readonly cellEnds: Uint32Array;
  readonly spaces: Uint32Array;
}

/** Puts the cells of consecutive lines that all have one at the same column, one space after the widest line. */
function alignCells({ widths, cellStarts, cellEnds, spaces }: CellColumn): void {
  const hasCell = (line: number): boolean => (cellStarts[line] ?? 0) < (cellEnds[line] ?? 0);
  for (let first = 0; first < widths.length; first++) {
    let widest = 0;
    let line = first;
    for (; line < widths.length && hasCell(line); line++) widest = Math.max(widest, widths[line] ?? 0);
    for (let aligned = first; aligned < line; aligned++) {
      spaces[cellStarts[aligned] ?? 0] = widest - (widths[aligned] ?? 0) + 1;
    }
    first = line;
  }
}

function writeTokens({ file, starts, ends, length }: TokenList, spaces: Uint32Array): Uint8Array | undefined {
  let size = 0;
  for (let index = 0; index < length; index++) {
    size += (spaces[index] ?? 0) + (ends[index] ?? 0) - (starts[index] ?? 0);
  }
  if (size > MAX_SIZE_BYTES) return undefined;
  const { bytes } = file;
  const result = new Uint8Array(size).fill(SPACE);
  let at = 0;
  for (let index = 0; index < length; index++) {
    at += spaces[index] ?? 0;
    // Most tokens are too short for a call to pay off.
    for (let from = starts[index] ?? 0, end = ends[index] ?? 0; from < end; from++) result[at++] = bytes[from] ?? 0;
  }
  return result;
}
