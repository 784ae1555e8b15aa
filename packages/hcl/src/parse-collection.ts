import type { Expression, ObjectItem } from "./ast.js";
import type { ParseCursor } from "./parse-cursor.js";
import { parseExpression } from "./parse-expression.js";
import { parseFor } from "./parse-for.js";
import { TokenKind } from "./token-kind.js";

/** Reads `[ … ]`: a tuple or a for expression. */
export function parseTuple(cursor: ParseCursor): Expression {
  const open = cursor.read();
  const openSpan = cursor.span(open);
  const newlines = cursor.setNewlines(false);
  if (cursor.peeksWord("for")) return parseFor(cursor, { open, newlines });
  const elements: Expression[] = [];
  let height = 0;
  while (cursor.peek() !== TokenKind.CloseBracket) {
    elements.push(parseExpression(cursor));
    height = Math.max(height, cursor.height);
    if (cursor.accept(TokenKind.Comma) || cursor.peek() === TokenKind.CloseBracket) continue;
    if (cursor.peek() === TokenKind.EndOfFile) {
      cursor.fail({
        summary: "Unterminated tuple constructor expression",
        detail:
          "There is no corresponding closing bracket before the end of the file. This may be caused by incorrect bracket nesting elsewhere in this file.",
        subject: openSpan,
      });
    }
    cursor.failAtNext({
      summary: "Missing item separator",
      detail: "Expected a comma to mark the beginning of the next item.",
      from: openSpan.start,
    });
  }
  const end = cursor.end(cursor.read());
  cursor.setNewlines(newlines);
  cursor.height = height + 1;
  return { kind: "tuple", start: openSpan.start, end, elements: elements.slice(), openSpan };
}

/** Reads `{ … }`: an object or a for expression. */
export function parseObject(cursor: ParseCursor): Expression {
  const open = cursor.read();
  const openSpan = cursor.span(open);
  const newlines = cursor.setNewlines(false);
  if (cursor.peeksWord("for")) return parseFor(cursor, { open, newlines });
  cursor.setNewlines(true);
  const items: ObjectItem[] = [];
  let height = 0;
  while (cursor.peek() !== TokenKind.CloseBrace) {
    if (cursor.accept(TokenKind.Newline)) continue;
    const keyIsPlain = cursor.peek() !== TokenKind.OpenParen;
    const key = parseExpression(cursor);
    height = Math.max(height, cursor.height);
    if (!cursor.accept(TokenKind.Equal) && !cursor.accept(TokenKind.Colon)) failWithoutValue(cursor, open);
    const value = parseExpression(cursor);
    height = Math.max(height, cursor.height);
    const keyName = keyIsPlain ? nameOf(key) : undefined;
    items.push(keyName === undefined ? { key, value } : { key, keyName, value });
    const kind = cursor.peek();
    if (kind === TokenKind.Comma || kind === TokenKind.Newline) cursor.read();
    else if (kind !== TokenKind.CloseBrace) failWithoutSeparator(cursor, open);
  }
  const end = cursor.end(cursor.read());
  cursor.setNewlines(newlines);
  cursor.height = height + 1;
  return { kind: "object", start: openSpan.start, end, items: items.slice(), openSpan, syntax: "native" };
}

/** The name when an expression is nothing but a name. */
function nameOf(key: Expression): string | undefined {
  switch (key.kind) {
    case "traversal":
      return key.steps.length === 0 ? key.name : undefined;
    case "bool":
      return String(key.value);
    case "null":
      return "null";
    default:
      return undefined;
  }
}

function failWithoutValue(cursor: ParseCursor, open: number): never {
  const from = cursor.start(open);
  switch (cursor.peek()) {
    case TokenKind.EndOfFile:
      return failUnterminated(cursor, open);
    case TokenKind.Newline:
    case TokenKind.Comma:
      return cursor.failAtNext({
        summary: "Missing attribute value",
        detail: 'Expected an attribute value, introduced by an equals sign ("=").',
        from,
      });
    case TokenKind.Identifier:
      return cursor.failAtNext({
        summary: "Missing key/value separator",
        detail:
          'Expected an equals sign ("=") to mark the beginning of the attribute value. If you intended to given an attribute name containing periods or spaces, write the name in quotes to create a string literal.',
        from,
      });
    default:
      return cursor.failAtNext({
        summary: "Missing key/value separator",
        detail: 'Expected an equals sign ("=") to mark the beginning of the attribute value.',
        from,
      });
  }
}

function failWithoutSeparator(cursor: ParseCursor, open: number): never {
  if (cursor.peek() === TokenKind.EndOfFile) return failUnterminated(cursor, open);
  return cursor.failAtNext({
    summary: "Missing attribute separator",
    detail: "Expected a newline or comma to mark the beginning of the next attribute.",
    from: cursor.start(open),
  });
}

function failUnterminated(cursor: ParseCursor, open: number): never {
  return cursor.fail({
    summary: "Unterminated object constructor expression",
    detail:
      "There is no corresponding closing brace before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.",
    subject: cursor.span(open),
  });
}
