import type { LabelNode, TemplateExpression, TemplateWrapExpression } from "./ast.js";
import type { ParseCursor } from "./parse-cursor.js";
import { decodeLiteral } from "./parse-string-literal.js";
import { buildTemplate } from "./parse-template-structure.js";
import { flushIndentation } from "./parse-heredoc.js";
import { parseTemplateItems } from "./parse-template-items.js";
import { TokenKind } from "./token-kind.js";

/** Reads a quoted string or a heredoc. */
export function parseTemplate(cursor: ParseCursor): TemplateExpression | TemplateWrapExpression {
  const open = cursor.read();
  const start = cursor.start(open);
  const isQuoted = cursor.kindAt(open) === TokenKind.OpenQuote;
  if (isQuoted) {
    const plain = parsePlainString(cursor, open);
    if (plain !== undefined) return plain;
  }
  const items = parseTemplateItems(cursor, {
    start,
    close: isQuoted ? TokenKind.CloseQuote : TokenKind.CloseHeredoc,
  });
  const end = cursor.lastEnd;
  if (!isQuoted && cursor.slice(start, start + 3) === "<<-") flushIndentation(items);
  return buildTemplate(cursor, items, { start, end, form: isQuoted ? "quoted" : "heredoc" });
}

/** Reads the common case quickly: a string with no sequences. Gives undefined, and reads nothing, when it is something else. */
function parsePlainString(cursor: ParseCursor, open: number): TemplateExpression | undefined {
  const start = cursor.start(open);
  const first = cursor.kindAt(open + 1);
  if (first === TokenKind.CloseQuote) {
    cursor.index = open + 2;
    cursor.height = 0;
    return { kind: "template", start, end: cursor.end(open + 1), form: "quoted", parts: [] };
  }
  if (first !== TokenKind.QuotedText || cursor.kindAt(open + 2) !== TokenKind.CloseQuote) return undefined;
  cursor.index = open + 3;
  cursor.height = 0;
  const text = literalText(cursor, open + 1);
  const part = { kind: "text", start: cursor.start(open + 1), end: cursor.end(open + 1), text } as const;
  return { kind: "template", start, end: cursor.end(open + 2), form: "quoted", parts: [part] };
}

/** Reads a whole template file. */
export function parseBareTemplate(cursor: ParseCursor): TemplateExpression | TemplateWrapExpression {
  const items = parseTemplateItems(cursor, { start: 0, close: TokenKind.EndOfFile });
  return buildTemplate(cursor, items, { start: 0, end: cursor.file.bytes.length, form: "bare" });
}

/** The meaning of a token of literal text. Reports wrong escapes. */
export function literalText(cursor: ParseCursor, index: number): string {
  const isQuoted = cursor.kindAt(index) === TokenKind.QuotedText;
  return decodeLiteral(cursor.text(index), isQuoted, ({ detail, span }) => {
    const start = cursor.start(index);
    const subject = { start: start + span.start, end: start + span.end };
    cursor.report({ summary: "Invalid escape sequence", detail, subject });
  });
}

/** Reads a quoted label, in which template sequences are not allowed. */
export function parseLabelString(cursor: ParseCursor): LabelNode {
  const start = cursor.start(cursor.read());
  let value = "";
  for (;;) {
    const index = cursor.read();
    switch (cursor.kindAt(index)) {
      case TokenKind.CloseQuote:
        return { start, end: cursor.end(index), value, isQuoted: true };
      case TokenKind.QuotedText:
        value += literalText(cursor, index);
        break;
      case TokenKind.OpenInterpolation:
      case TokenKind.OpenDirective:
        reportSequence(cursor, index, start);
        skipSequence(cursor);
        break;
      case TokenKind.EndOfFile:
        return cursor.failAtNext({
          summary: "Unterminated string literal",
          detail: "Unable to find the closing quote mark before the end of the file.",
          from: start,
        });
      default:
        break; // broken bytes and newlines, which are reported already
    }
  }
}

function reportSequence(cursor: ParseCursor, index: number, start: number): void {
  const mark = cursor.slice(cursor.start(index), cursor.start(index) + 1);
  cursor.report({
    summary: "Invalid string literal",
    detail: `Template sequences are not allowed in this string. To include a literal "${mark}", double it (as "${mark}${mark}") to escape it.`,
    subject: cursor.span(index),
    context: { start, end: cursor.end(index) },
  });
}

function skipSequence(cursor: ParseCursor): void {
  for (let depth = 1; depth > 0;) {
    const kind = cursor.kindAt(cursor.read());
    if (kind === TokenKind.OpenInterpolation || kind === TokenKind.OpenDirective) depth++;
    else if (kind === TokenKind.CloseSequence) depth--;
    else if (kind === TokenKind.EndOfFile) return;
  }
}
