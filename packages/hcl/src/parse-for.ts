import type { Expression, ForExpression } from "./ast.js";
import type { ParseCursor } from "./parse-cursor.js";
import { parseExpression } from "./parse-expression.js";
import { TokenKind } from "./token-kind.js";

const SUMMARY = "Invalid 'for' expression";

/** Reads a for expression whose opening bracket was read. `newlines` is what to set after the closing bracket. */
export function parseFor(cursor: ParseCursor, { open, newlines }: { open: number; newlines: boolean }): ForExpression {
  const start = cursor.start(open);
  const makesObject = cursor.kindAt(open) === TokenKind.OpenBrace;
  cursor.read();
  const names = parseForNames(cursor, (problem) =>
    cursor.failAtNext({ summary: SUMMARY, detail: FOR_NAME_PROBLEMS[problem], from: start }),
  );
  const collection = parseExpression(cursor);
  let { height } = cursor;
  if (!cursor.accept(TokenKind.Colon)) {
    fail(cursor, start, "For expression requires a colon after the collection expression.");
  }
  let value = parseExpression(cursor);
  height = Math.max(height, cursor.height);
  let key: Expression | undefined;
  if (cursor.accept(TokenKind.FatArrow)) {
    key = value;
    value = parseExpression(cursor);
    height = Math.max(height, cursor.height);
  }
  const ellipsis = cursor.peek() === TokenKind.Ellipsis ? cursor.read() : undefined;
  let condition: Expression | undefined;
  if (cursor.peeksWord("if")) {
    cursor.read();
    condition = parseExpression(cursor);
    height = Math.max(height, cursor.height);
  }
  if (cursor.peek() !== (makesObject ? TokenKind.CloseBrace : TokenKind.CloseBracket)) {
    fail(cursor, start, "Extra characters after the end of the 'for' expression.");
  }
  const closeSpan = cursor.span(cursor.read());
  cursor.setNewlines(newlines);
  cursor.height = height + 1;
  const context = { start, end: closeSpan.end };
  const complain = (detail: string, { start, end }: { start: number; end: number }): void =>
    cursor.report({ summary: SUMMARY, detail, subject: { start, end }, context });
  if (makesObject && key === undefined) complain("Key expression is required when building an object.", value);
  if (!makesObject && key !== undefined) complain("Key expression is not valid when building a tuple.", key);
  if (!makesObject && ellipsis !== undefined) {
    complain("Grouping ellipsis (...) cannot be used when building a tuple.", cursor.span(ellipsis));
  }
  return {
    kind: "for",
    ...context,
    ...names,
    collection,
    ...(key !== undefined && { key }),
    value,
    ...(condition !== undefined && { condition }),
    groups: ellipsis !== undefined,
    openSpan: cursor.span(open),
    closeSpan,
  };
}

const FOR_NAME_PROBLEMS = {
  "no name": "For expression requires variable name after 'for'.",
  "no value name": "For expression requires value variable name after comma.",
  "no in": "For expression requires the 'in' keyword after its name declarations.",
} as const;

/** Reads `v in` or `k, v in`, as in for expressions and in for directives. `fail` must not return. */
export function parseForNames(
  cursor: ParseCursor,
  fail: (problem: keyof typeof FOR_NAME_PROBLEMS) => never,
): Pick<ForExpression, "keyName" | "valueName"> {
  if (cursor.peek() !== TokenKind.Identifier) return fail("no name");
  let valueName = cursor.text(cursor.read());
  let keyName: string | undefined;
  if (cursor.accept(TokenKind.Comma)) {
    if (cursor.peek() !== TokenKind.Identifier) return fail("no value name");
    keyName = valueName;
    valueName = cursor.text(cursor.read());
  }
  if (!cursor.peeksWord("in")) return fail("no in");
  cursor.read();
  return keyName === undefined ? { valueName } : { keyName, valueName };
}

function fail(cursor: ParseCursor, from: number, detail: string): never {
  return cursor.failAtNext({ summary: SUMMARY, detail, from });
}
