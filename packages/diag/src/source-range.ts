/** A position in a file. `line` and `column` count from 1, `byte` from 0. Columns count grapheme clusters. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
  /** Offset in the UTF-8 bytes of the file. */
  readonly byte: number;
}

/** A half-open range [start, end) in one file. */
export interface SourceRange {
  /** The name under which the file was read, as the user would recognise it. */
  readonly filename: string;
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

/** Writes a range the way messages quote it: `main.pkr.hcl:3,5-12`, or `main.pkr.hcl:3,5-4,2` over several lines. */
export function formatRange(range: SourceRange): string {
  const { start, end } = range;
  const tail = start.line === end.line ? `${end.column}` : `${end.line},${end.column}`;
  return `${range.filename}:${start.line},${start.column}-${tail}`;
}
