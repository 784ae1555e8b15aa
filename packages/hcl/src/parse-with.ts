import type { Diagnostic, Outcome } from "@ingot/diag";
import type { Expression } from "./ast.js";
import { ParseCursor } from "./parse-cursor.js";
import { reportInvalidTokens } from "./report-invalid-tokens.js";
import { scanFile, type ScanMode } from "./scan.js";
import type { SourceFile } from "./source-file.js";
import { TokenKind } from "./token-kind.js";
import type { TokenList } from "./token-list.js";

/** A text and the name to show for it in messages. */
export interface SourceText {
  readonly filename: string;
  readonly source: Uint8Array | string;
}

/** Scans a file, lets `parse` read the tokens, and gathers what both complain about. */
export function parseWith<T>(file: SourceFile, mode: ScanMode, parse: (cursor: ParseCursor) => T): Outcome<T> {
  return parseTokens(scanFile(file, mode), parse);
}

/** Lets `parse` read tokens, and gathers what is wrong with them and with their order. */
export function parseTokens<T>(tokens: TokenList, parse: (cursor: ParseCursor) => T): Outcome<T> {
  const invalid = reportInvalidTokens(tokens);
  const cursor = new ParseCursor(tokens);
  const value = parse(cursor);
  const diagnostics = invalid.length === 0 ? cursor.diagnostics : [...invalid, ...cursor.diagnostics];
  return { value, diagnostics: sortByPlace(diagnostics) };
}

function sortByPlace(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const place = ({ subject }: Diagnostic): number => subject?.start.byte ?? 0;
  return diagnostics.length < 2 ? diagnostics : [...diagnostics].sort((a, b) => place(a) - place(b));
}

/** Reads an expression that must be all there is. */
export function parseWhole(cursor: ParseCursor, parse: (cursor: ParseCursor) => Expression): Expression {
  const expression = parse(cursor);
  if (cursor.peek() !== TokenKind.EndOfFile) {
    cursor.failAtNext({
      summary: "Extra characters after expression",
      detail: "An expression was successfully parsed, but extra characters were found after it.",
    });
  }
  return expression;
}

/** Puts an `error` expression where there is none. */
export function orErrorExpression(
  file: SourceFile,
  { value, diagnostics }: Outcome<Expression | undefined>,
): Outcome<Expression> {
  const whole = { start: 0, end: file.bytes.length };
  return { value: value ?? { kind: "error", ...whole }, diagnostics };
}
