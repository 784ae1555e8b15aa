import type { Expression, IndexStep, TraversalStep } from "./ast.js";
import { MAX_NESTING, type ParseCursor } from "./parse-cursor.js";
import { numberText, parseExpression } from "./parse-expression.js";
import { TokenKind } from "./token-kind.js";

/** Reads what may follow a term: `.name`, `[key]`, `.0`, `.*` and `[*]`, any number of them. */
export function parsePostfix(cursor: ParseCursor, term: Expression): Expression {
  const first = cursor.peek();
  if (first !== TokenKind.Dot && first !== TokenKind.OpenBracket) return term;
  let result = term;
  let steps: TraversalStep[] = [];
  for (;;) {
    const kind = cursor.peek();
    if (kind === TokenKind.Dot) {
      const dot = cursor.read();
      if (cursor.peek() === TokenKind.Star) {
        result = parseAttributeSplat(cursor, withSteps(result, steps), dot);
        steps = [];
      } else {
        steps.push(parseDotStep(cursor, dot, "proper"));
      }
    } else if (kind === TokenKind.OpenBracket) {
      const open = cursor.read();
      if (cursor.peek() === TokenKind.Star) {
        return parseFullSplat(cursor, withSteps(result, steps), open);
      }
      const { height } = cursor;
      const key = parseKey(cursor);
      const span = { start: cursor.start(open), end: cursor.lastEnd };
      const constant = constantKey(key);
      if (constant !== undefined) {
        steps.push({ kind: "index", ...span, key: constant, isLegacy: false });
        cursor.height = height;
        continue;
      }
      const collection = withSteps(result, steps);
      steps = [];
      result = { kind: "index", start: term.start, end: span.end, collection, key, bracketSpan: span };
      cursor.height = Math.max(height, cursor.height) + 1;
      if (cursor.height > MAX_NESTING) cursor.failTooDeep(span);
    } else {
      return withSteps(result, steps);
    }
  }
}

/** Puts steps behind an expression. */
function withSteps(source: Expression, steps: readonly TraversalStep[]): Expression {
  const last = steps.at(-1);
  if (last === undefined) return source;
  const { start } = source;
  const { end } = last;
  if (source.kind === "traversal") {
    return { kind: "traversal", start, end, name: source.name, nameSpan: source.nameSpan, steps: steps.slice() };
  }
  return { kind: "relative-traversal", start, end, source, steps: steps.slice() };
}

/** Reads `name` or a number after a dot. `advice` is how to write two indexes in a row properly. */
function parseDotStep(cursor: ParseCursor, dot: number, advice: "proper" | "splat"): TraversalStep {
  const kind = cursor.peek();
  const start = cursor.start(dot);
  if (kind === TokenKind.Identifier) {
    const name = cursor.read();
    return { kind: "attribute", start, end: cursor.end(name), name: cursor.text(name) };
  }
  if (kind === TokenKind.Number) return parseLegacyIndex(cursor, start, advice);
  return cursor.failAtNext({ summary: "Invalid attribute name", detail: "An attribute name is required after a dot." });
}

function parseLegacyIndex(cursor: ParseCursor, start: number, advice: "proper" | "splat"): IndexStep {
  const index = cursor.read();
  const raw = cursor.text(index);
  const dot = raw.indexOf(".");
  if (dot === -1) {
    const key = { kind: "number", text: numberText(cursor, index) } as const;
    return { kind: "index", start, end: cursor.end(index), key, isLegacy: true };
  }
  const [first, second] = [raw.slice(0, dot), raw.slice(dot + 1)];
  const syntax = advice === "proper" ? "proper index syntax" : "proper index syntax with a full splat expression [*]";
  cursor.report({
    summary: "Invalid legacy index syntax",
    detail: `When using the legacy index syntax, chaining two indexes together is not permitted. Use the ${syntax} instead, like [${first}][${second}].`,
    subject: cursor.span(index),
  });
  return { kind: "index", start, end: cursor.end(index), key: { kind: "number", text: first }, isLegacy: true };
}

/** Reads the key of an index and its closing bracket. */
function parseKey(cursor: ParseCursor): Expression {
  const newlines = cursor.setNewlines(false);
  const key = parseExpression(cursor);
  if (cursor.peek() !== TokenKind.CloseBracket) {
    cursor.failAtNext({
      summary: "Missing close bracket on index",
      detail: 'The index operator must end with a closing bracket ("]").',
    });
  }
  cursor.read();
  cursor.setNewlines(newlines);
  return key;
}

function constantKey(key: Expression): IndexStep["key"] | undefined {
  if (key.kind === "number") return { kind: "number", text: key.text };
  if (key.kind !== "template") return undefined;
  const [part] = key.parts;
  if (part === undefined) return { kind: "string", text: "" };
  return key.parts.length === 1 && part.kind === "text" ? { kind: "string", text: part.text } : undefined;
}

/** Reads `*` and the attributes after it, which are taken from each element. */
function parseAttributeSplat(cursor: ParseCursor, source: Expression, dot: number): Expression {
  const star = cursor.read();
  const markerSpan = { start: cursor.start(dot), end: cursor.end(star) };
  const steps: TraversalStep[] = [];
  while (cursor.peek() === TokenKind.Dot) {
    const next = cursor.read();
    if (cursor.peek() === TokenKind.Star) {
      cursor.failAtNext({
        summary: "Nested splat expression not allowed",
        detail: "A splat expression (*) cannot be used inside another attribute-only splat expression.",
      });
    }
    steps.push(parseDotStep(cursor, next, "splat"));
  }
  const each = withSteps({ kind: "splat-item", ...markerSpan }, steps);
  cursor.height++;
  if (cursor.height > MAX_NESTING) cursor.failTooDeep(markerSpan);
  return { kind: "splat", start: source.start, end: each.end, isFull: false, source, each, markerSpan };
}

/** Reads `*]` and everything after it, which is applied to each element. */
function parseFullSplat(cursor: ParseCursor, source: Expression, open: number): Expression {
  const { height } = cursor;
  cursor.enter();
  cursor.read();
  if (cursor.peek() !== TokenKind.CloseBracket) {
    cursor.failAtNext({
      summary: "Missing close bracket on splat index",
      detail: 'The star for a full splat operator must be immediately followed by a closing bracket ("]").',
    });
  }
  const markerSpan = { start: cursor.start(open), end: cursor.end(cursor.read()) };
  cursor.height = 0;
  const each = parsePostfix(cursor, { kind: "splat-item", ...markerSpan });
  cursor.height = Math.max(height, cursor.height) + 1;
  cursor.leave();
  return { kind: "splat", start: source.start, end: each.end, isFull: true, source, each, markerSpan };
}
