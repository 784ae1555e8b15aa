import type { Expression, Span } from "./ast.js";
import { parseForNames } from "./parse-for.js";
import { trimEnd, trimStart } from "./parse-heredoc.js";
import type { ParseCursor } from "./parse-cursor.js";
import { parseExpression } from "./parse-expression.js";
import { literalText } from "./parse-template.js";
import { suggestionSentence } from "./suggest-name.js";
import { TokenKind } from "./token-kind.js";

/** A template before its directives are matched with their ends. */
export type TemplateItem = TextItem | SequenceItem;

/** Mutable, because strip markers and heredoc flushing change text that was read before. */
export interface TextItem {
  readonly kind: "text";
  start: number;
  readonly end: number;
  text: string;
}

export type SequenceItem =
  | (Span & { readonly kind: "interpolation"; readonly expression: Expression; readonly height: number })
  | (Span & { readonly kind: "if"; readonly condition: Expression; readonly height: number })
  | (Span & {
      readonly kind: "for";
      readonly keyName?: string;
      readonly valueName: string;
      readonly collection: Expression;
      readonly height: number;
    })
  | (Span & { readonly kind: "else" | "endif" | "endfor" });

interface TemplateEnds {
  readonly start: number;
  readonly close: TokenKind;
}

/** Reads everything up to and with the closing token. Strip markers are applied to the text beside them. */
export function parseTemplateItems(cursor: ParseCursor, { start, close }: TemplateEnds): TemplateItem[] {
  const items: TemplateItem[] = [];
  let stripsNext = false;
  for (;;) {
    const index = cursor.index;
    const kind = cursor.kindAt(index);
    if (kind === close) {
      cursor.read();
      return items;
    }
    switch (kind) {
      case TokenKind.QuotedText:
      case TokenKind.Text: {
        cursor.read();
        const text = literalText(cursor, index);
        items.push({ kind: "text", ...cursor.span(index), text: stripsNext ? trimStart(text) : text });
        stripsNext = false;
        break;
      }
      case TokenKind.OpenInterpolation:
      case TokenKind.OpenDirective: {
        cursor.read();
        const previous = items.at(-1);
        if (cursor.end(index) - cursor.start(index) === 3 && previous?.kind === "text") {
          previous.text = trimEnd(previous.text);
        }
        const newlines = cursor.setNewlines(false);
        const isQuoted = close === TokenKind.CloseQuote;
        items.push(
          kind === TokenKind.OpenDirective
            ? parseDirective(cursor, index)
            : parseInterpolation(cursor, { open: index, isQuoted }),
        );
        const end = cursor.read();
        cursor.setNewlines(newlines);
        stripsNext = cursor.end(end) - cursor.start(end) === 2;
        break;
      }
      case TokenKind.QuotedNewline:
      case TokenKind.InvalidEncoding:
        cursor.read(); // reported already
        break;
      default:
        cursor.failAtNext({
          summary: "Unterminated template string",
          detail: "No closing marker was found for the string.",
          from: start,
        });
    }
  }
}

/** Reads the expression of `${ … }` and stops before the end of the sequence. */
function parseInterpolation(
  cursor: ParseCursor,
  { open, isQuoted }: { open: number; isQuoted: boolean },
): SequenceItem {
  const expression = parseExpression(cursor);
  const kind = cursor.peek();
  if (kind !== TokenKind.CloseSequence) failInterpolation(cursor, { open, isQuoted });
  const span = { start: cursor.start(open), end: cursor.end(cursor.index) };
  return { kind: "interpolation", ...span, expression, height: cursor.height };
}

function failInterpolation(cursor: ParseCursor, { open, isQuoted }: { open: number; isQuoted: boolean }): never {
  const kind = cursor.peek();
  const isAtQuote = kind === TokenKind.OpenQuote || kind === TokenKind.CloseQuote;
  if (kind === TokenKind.EndOfFile || (isQuoted && isAtQuote)) {
    const where = kind === TokenKind.EndOfFile ? "file" : "quoted template";
    return cursor.fail({
      summary: "Unclosed template interpolation sequence",
      detail: `There is no closing brace for this interpolation sequence before the end of the ${where}. This might be caused by incorrect nesting inside the given expression.`,
      subject: cursor.span(open),
    });
  }
  const detail =
    kind === TokenKind.Colon
      ? 'Template interpolation doesn\'t expect a colon at this location. Did you intend this to be a literal sequence to be processed as part of another language? If so, you can escape it by starting with "$${" instead of just "${".'
      : 'Expected a closing brace to end the interpolation expression, but found extra characters.\n\nThis can happen when you include interpolation syntax for another language, such as shell scripting, but forget to escape the interpolation start token. If this is an embedded sequence for another language, escape it by starting with "$${" instead of just "${".';
  return cursor.failAtNext({
    summary: "Extra characters after interpolation expression",
    detail,
    from: cursor.start(open),
  });
}

/** Reads the inside of `%{ … }` and stops before the end of the sequence. */
function parseDirective(cursor: ParseCursor, open: number): SequenceItem {
  const start = cursor.start(open);
  if (cursor.peek() !== TokenKind.Identifier) {
    cursor.failAtNext({
      summary: "Invalid template directive",
      detail: 'A template directive keyword ("if", "for", etc) is expected at the beginning of a %{ sequence.',
      from: start,
    });
  }
  const keyword = cursor.read();
  const body = parseDirectiveBody(cursor, keyword, start);
  if (cursor.peek() !== TokenKind.CloseSequence) {
    cursor.failAtNext({
      summary: `Extra characters in ${cursor.text(keyword)} marker`,
      detail: "Expected a closing brace to end the sequence, but found extra characters.",
      from: start,
    });
  }
  return { ...body, start, end: cursor.end(cursor.index) };
}

type Unplaced<T> = T extends unknown ? Omit<T, keyof Span> : never;

function parseDirectiveBody(cursor: ParseCursor, keyword: number, start: number): Unplaced<SequenceItem> {
  const word = cursor.text(keyword);
  switch (word) {
    case "if": {
      const condition = parseExpression(cursor);
      return { kind: "if", condition, height: cursor.height };
    }
    case "for": {
      const names = parseForNames(cursor, (problem) =>
        cursor.failAtNext({ summary: "Invalid 'for' directive", detail: DIRECTIVE_PROBLEMS[problem] }),
      );
      const collection = parseExpression(cursor);
      return { kind: "for", ...names, collection, height: cursor.height };
    }
    case "else":
    case "endif":
    case "endfor":
      return { kind: word };
    default:
      return cursor.fail({
        summary: "Invalid template control keyword",
        detail: `${JSON.stringify(word)} is not a valid template control keyword.${suggestionSentence(word, KEYWORDS)}`,
        subject: cursor.span(keyword),
        context: { start, end: cursor.end(keyword) },
      });
  }
}

const KEYWORDS = ["if", "for", "else", "endif", "endfor"];

const DIRECTIVE_PROBLEMS = {
  "no name": "For directive requires variable name after 'for'.",
  "no value name": "For directive requires value variable name after comma.",
  "no in": "For directive requires 'in' keyword after names.",
} as const;
