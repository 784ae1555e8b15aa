import { formatRange } from "@ingot/diag";
import type { AttributeNode, BlockNode, BodyNode, LabelNode } from "./ast.js";
import type { ParseCursor } from "./parse-cursor.js";
import { parseExpression } from "./parse-expression.js";
import { skipBrokenItem } from "./parse-recovery.js";
import { parseLabelString } from "./parse-template.js";
import { TokenKind } from "./token-kind.js";

const REQUIRED = "Argument or block definition required";
const UNCLOSED = {
  summary: "Unclosed configuration block",
  detail:
    "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.",
};
const NEEDS_EQUALS =
  'An argument or block definition is required here. To set an argument, use the equals sign "=" to introduce the argument value.';

/** Reads a whole file. */
export function parseFileBody(cursor: ParseCursor): BodyNode {
  const items = new BodyItems(cursor);
  while (cursor.peek() !== TokenKind.EndOfFile) parseItemOrSkip(cursor, items, "file");
  const end = cursor.start(cursor.index);
  return {
    kind: "body",
    file: cursor.file,
    start: 0,
    end,
    attributes: items.attributes,
    blocks: items.blocks,
    endOffset: end,
  };
}

const FEW_ATTRIBUTES = 16;

/** Shared by all lists without elements: trees of large files consist of small nodes. */
const NOTHING: readonly never[] = [];

/** What a body has so far. */
class BodyItems {
  #attributes: AttributeNode[] | undefined;
  #blocks: BlockNode[] | undefined;
  readonly #cursor: ParseCursor;
  /** Only for bodies with many attributes: a map costs more than all of a small body. */
  #byName: Map<string, AttributeNode> | undefined;

  constructor(cursor: ParseCursor) {
    this.#cursor = cursor;
  }

  /** The finished lists. Copies take no more room than they need, which growing lists do. */
  get attributes(): readonly AttributeNode[] {
    return this.#attributes?.slice() ?? NOTHING;
  }

  get blocks(): readonly BlockNode[] {
    return this.#blocks?.slice() ?? NOTHING;
  }

  addAttribute(attribute: AttributeNode): void {
    const first = this.#find(attribute.name);
    if (first === undefined) {
      this.#byName?.set(attribute.name, attribute);
      (this.#attributes ??= []).push(attribute);
      return;
    }
    const place = formatRange(this.#cursor.file.range(first.nameSpan));
    this.#cursor.report({
      summary: "Attribute redefined",
      detail: `The argument ${JSON.stringify(attribute.name)} was already set at ${place}. Each argument may be set only once.`,
      subject: attribute.nameSpan,
    });
  }

  addBlock(block: BlockNode): void {
    (this.#blocks ??= []).push(block);
  }

  #find(name: string): AttributeNode | undefined {
    const attributes = this.#attributes;
    if (attributes === undefined) return undefined;
    if (attributes.length < FEW_ATTRIBUTES) return attributes.find((attribute) => attribute.name === name);
    this.#byName ??= new Map(attributes.map((attribute) => [attribute.name, attribute]));
    return this.#byName.get(name);
  }
}

/** Reads one item up to and with its newline, or skips to where the next one may begin. */
function parseItemOrSkip(cursor: ParseCursor, items: BodyItems, place: "file" | "block"): void {
  const first = cursor.index;
  if (cursor.attempt(() => parseItem(cursor, items)) === undefined) skipBrokenItem(cursor, { first, place });
}

function parseItem(cursor: ParseCursor, items: BodyItems): true {
  switch (cursor.peek()) {
    case TokenKind.Newline:
      cursor.read();
      return true;
    case TokenKind.Identifier: {
      const name = cursor.read();
      const next = cursor.peek();
      if (next === TokenKind.Equal) {
        const attribute = parseAttribute(cursor, name);
        items.addAttribute(attribute);
        endAttribute(cursor, attribute);
      } else if (startsBlockRest(next)) {
        const block = parseBlock(cursor, name);
        items.addBlock(block);
        endBlock(cursor, block);
      } else {
        cursor.fail({ summary: REQUIRED, detail: NEEDS_EQUALS, subject: cursor.span(name) });
      }
      return true;
    }
    case TokenKind.OpenQuote:
      return cursor.failAtNext({ summary: "Invalid argument name", detail: "Argument names must not be quoted." });
    default:
      return cursor.failAtNext({ summary: REQUIRED, detail: "An argument or block definition is required here." });
  }
}

function startsBlockRest(kind: TokenKind): boolean {
  return kind === TokenKind.OpenQuote || kind === TokenKind.OpenBrace || kind === TokenKind.Identifier;
}

function parseAttribute(cursor: ParseCursor, name: number): AttributeNode {
  const equals = cursor.read();
  const expression = parseExpression(cursor);
  return {
    kind: "attribute",
    start: cursor.start(name),
    end: cursor.lastEnd,
    name: cursor.text(name),
    nameSpan: cursor.span(name),
    equalsSpan: cursor.span(equals),
    expression,
  };
}

function endAttribute(cursor: ParseCursor, attribute: AttributeNode): void {
  const kind = cursor.peek();
  if (kind === TokenKind.Newline) {
    cursor.read();
  } else if (kind === TokenKind.Comma) {
    cursor.failAtNext({
      summary: "Unexpected comma after argument",
      detail:
        "Argument definitions must be separated by newlines, not commas. An argument definition must end with a newline.",
      from: attribute.start,
    });
  } else if (kind !== TokenKind.EndOfFile) {
    cursor.failAtNext({
      summary: "Missing newline after argument",
      detail: "An argument definition must end with a newline.",
      from: attribute.start,
    });
  }
}

function endBlock(cursor: ParseCursor, block: BlockNode): void {
  const kind = cursor.peek();
  if (kind === TokenKind.Newline) {
    cursor.read();
  } else if (kind !== TokenKind.EndOfFile) {
    cursor.failAtNext({
      summary: "Missing newline after block definition",
      detail: "A block definition must end with a newline.",
      from: block.start,
    });
  }
}

function parseBlock(cursor: ParseCursor, type: number): BlockNode {
  const start = cursor.start(type);
  let labels: LabelNode[] | undefined;
  while (cursor.peek() !== TokenKind.OpenBrace) (labels ??= []).push(parseLabel(cursor, start));
  const headerSpan = { start, end: cursor.lastEnd };
  const open = cursor.read();
  cursor.enter();
  const next = cursor.peek();
  const isLong = next === TokenKind.Newline || next === TokenKind.EndOfFile || next === TokenKind.CloseBrace;
  const items = new BodyItems(cursor);
  const close = isLong ? parseLongBody(cursor, items, open) : parseShortBody(cursor, items, { open, start });
  cursor.leave();
  const end = close === undefined ? cursor.lastEnd : cursor.end(close);
  const closeBraceSpan = close === undefined ? { start: end, end } : cursor.span(close);
  return {
    kind: "block",
    start,
    end,
    type: cursor.text(type),
    typeSpan: cursor.span(type),
    labels: labels?.slice() ?? NOTHING,
    headerSpan,
    openBraceSpan: cursor.span(open),
    closeBraceSpan,
    body: {
      kind: "body",
      file: cursor.file,
      start: cursor.start(open),
      end,
      attributes: items.attributes,
      blocks: items.blocks,
      endOffset: closeBraceSpan.start,
    },
  };
}

function parseLabel(cursor: ParseCursor, from: number): LabelNode {
  switch (cursor.peek()) {
    case TokenKind.Identifier: {
      const index = cursor.read();
      return { start: cursor.start(index), end: cursor.end(index), value: cursor.text(index), isQuoted: false };
    }
    case TokenKind.OpenQuote:
      return parseLabelString(cursor);
    case TokenKind.Equal:
      return failHeader(
        cursor,
        from,
        'The equals sign "=" indicates an argument definition, and must not be used when defining a block.',
      );
    case TokenKind.Newline:
    case TokenKind.EndOfFile:
      return failHeader(
        cursor,
        from,
        'A block definition must have block content delimited by "{" and "}", starting on the same line as the block header.',
      );
    default:
      return failHeader(cursor, from, 'Either a quoted string block label or an opening brace ("{") is expected here.');
  }
}

function failHeader(cursor: ParseCursor, from: number, detail: string): never {
  return cursor.failAtNext({ summary: "Invalid block definition", detail, from });
}

/** Reads arguments and blocks up to the closing brace and returns that brace, or undefined when it is missing. */
function parseLongBody(cursor: ParseCursor, items: BodyItems, open: number): number | undefined {
  const { failures } = cursor;
  for (;;) {
    const kind = cursor.peek();
    if (kind === TokenKind.CloseBrace) return cursor.read();
    if (kind === TokenKind.EndOfFile) {
      if (cursor.failures === failures) cursor.report({ ...UNCLOSED, subject: cursor.span(open) });
      return undefined;
    }
    parseItemOrSkip(cursor, items, "block");
  }
}

/** Reads `argument = value }` and returns the brace. */
function parseShortBody(
  cursor: ParseCursor,
  items: BodyItems,
  { open, start }: { open: number; start: number },
): number {
  if (cursor.peek() !== TokenKind.Identifier) {
    return cursor.failAtNext({ summary: REQUIRED, detail: "An argument or block definition is required here." });
  }
  const name = cursor.read();
  if (cursor.peek() !== TokenKind.Equal) return failShortBody(cursor, name);
  items.addAttribute(parseAttribute(cursor, name));
  switch (cursor.peek()) {
    case TokenKind.CloseBrace:
      return cursor.read();
    case TokenKind.EndOfFile:
      return cursor.fail({ ...UNCLOSED, subject: cursor.span(open), context: { start, end: cursor.end(open) } });
    case TokenKind.Comma:
      return failShortEnd(
        cursor,
        "Single-line block syntax can include only one argument definition. To define multiple arguments, use the multi-line block syntax with one argument definition per line.",
      );
    case TokenKind.Newline:
      return failShortEnd(
        cursor,
        "An argument definition on the same line as its containing block creates a single-line block definition, which must also be closed on the same line. Place the block's closing brace immediately after the argument definition.",
      );
    default:
      return failShortEnd(
        cursor,
        "A single-line block definition must end with a closing brace immediately after its single argument definition.",
      );
  }
}

function failShortEnd(cursor: ParseCursor, detail: string): never {
  return cursor.failAtNext({ summary: "Invalid single-argument block definition", detail });
}

function failShortBody(cursor: ParseCursor, name: number): never {
  const nameSpan = cursor.span(name);
  if (!startsBlockRest(cursor.peek())) {
    return cursor.fail({ summary: REQUIRED, detail: NEEDS_EQUALS, subject: nameSpan });
  }
  const quoted = JSON.stringify(cursor.text(name));
  return cursor.fail({
    summary: "Argument definition required",
    detail: `A single-line block definition can contain only a single argument. If you meant to define argument ${quoted}, use an equals sign to assign it a value. To define a nested block, place it on a line of its own within its parent block.`,
    subject: { start: nameSpan.start, end: cursor.end(cursor.index) },
  });
}
