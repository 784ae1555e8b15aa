import type { CallExpression, Expression } from "./ast.js";
import type { ParseCursor } from "./parse-cursor.js";
import { parseExpression } from "./parse-expression.js";
import { TokenKind } from "./token-kind.js";

/** Reads a call whose name, or the first part of it, was read already. */
export function parseCall(cursor: ParseCursor, first: number): CallExpression {
  const start = cursor.start(first);
  let name = cursor.text(first);
  while (cursor.accept(TokenKind.DoubleColon)) {
    if (cursor.peek() !== TokenKind.Identifier) {
      cursor.failAtNext({
        summary: "Missing function name",
        detail: "Function scope resolution symbol :: must be followed by a function name in this scope.",
        from: start,
      });
    }
    name += `::${cursor.text(cursor.read())}`;
  }
  const nameSpan = { start, end: cursor.lastEnd };
  if (cursor.peek() !== TokenKind.OpenParen) {
    cursor.failAtNext({
      summary: "Missing open parenthesis",
      detail: "Function selector must be followed by an open parenthesis to begin the function call.",
      from: start,
    });
  }
  const openParenSpan = cursor.span(cursor.read());
  const newlines = cursor.setNewlines(false);
  const list = parseArguments(cursor, { start, end: openParenSpan.end });
  cursor.setNewlines(newlines);
  return { kind: "call", start, end: cursor.lastEnd, name, nameSpan, openParenSpan, ...list };
}

type ArgumentList = Pick<CallExpression, "arguments" | "expandsFinal" | "closeParenSpan">;

/** Reads the arguments and the closing parenthesis. `head` is the name with the opening parenthesis. */
function parseArguments(cursor: ParseCursor, head: { start: number; end: number }): ArgumentList {
  const list: Expression[] = [];
  let height = 0;
  let expandsFinal = false;
  while (cursor.peek() !== TokenKind.CloseParen) {
    list.push(parseExpression(cursor));
    height = Math.max(height, cursor.height);
    if (cursor.peek() === TokenKind.Ellipsis) {
      const ellipsis = cursor.read();
      expandsFinal = true;
      if (cursor.peek() !== TokenKind.CloseParen) failAfterEllipsis(cursor, head.start, ellipsis);
    } else if (!cursor.accept(TokenKind.Comma) && cursor.peek() !== TokenKind.CloseParen) {
      failWithoutSeparator(cursor, head);
    }
  }
  const closeParenSpan = cursor.span(cursor.read());
  cursor.height = height + 1;
  return { arguments: list.slice(), expandsFinal, closeParenSpan };
}

function failAfterEllipsis(cursor: ParseCursor, start: number, ellipsis: number): never {
  return cursor.fail({
    summary: "Missing closing parenthesis",
    detail: "An expanded function argument (with ...) must be immediately followed by closing parentheses.",
    subject: cursor.span(ellipsis),
    context: { start, end: cursor.end(ellipsis) },
  });
}

function failWithoutSeparator(cursor: ParseCursor, head: { start: number; end: number }): never {
  if (cursor.peek() === TokenKind.EndOfFile) {
    return cursor.fail({
      summary: "Unterminated function call",
      detail:
        "There is no closing parenthesis for this function call before the end of the file. This may be caused by incorrect parenthesis nesting elsewhere in this file.",
      subject: head,
    });
  }
  return cursor.failAtNext({
    summary: "Missing argument separator",
    detail: "A comma is required to separate each function argument from the next.",
    from: head.start,
  });
}
