import type { BinaryOperator, Expression } from "./ast.js";
import { parseCall } from "./parse-call.js";
import { parseObject, parseTuple } from "./parse-collection.js";
import { MAX_NESTING, type ParseCursor } from "./parse-cursor.js";
import { parsePostfix } from "./parse-postfix.js";
import { parseTemplate } from "./parse-template.js";
import { TokenKind } from "./token-kind.js";

/** The binary operators with their level: a higher level binds tighter. */
const OPERATORS: (readonly [BinaryOperator, number] | undefined)[] = [];
OPERATORS[TokenKind.Or] = ["||", 1];
OPERATORS[TokenKind.And] = ["&&", 2];
OPERATORS[TokenKind.EqualEqual] = ["==", 3];
OPERATORS[TokenKind.NotEqual] = ["!=", 3];
OPERATORS[TokenKind.Less] = ["<", 4];
OPERATORS[TokenKind.LessEqual] = ["<=", 4];
OPERATORS[TokenKind.Greater] = [">", 4];
OPERATORS[TokenKind.GreaterEqual] = [">=", 4];
OPERATORS[TokenKind.Plus] = ["+", 5];
OPERATORS[TokenKind.Minus] = ["-", 5];
OPERATORS[TokenKind.Star] = ["*", 6];
OPERATORS[TokenKind.Slash] = ["/", 6];
OPERATORS[TokenKind.Percent] = ["%", 6];

/** Reads one expression, as far as it goes. */
export function parseExpression(cursor: ParseCursor): Expression {
  cursor.enter();
  const condition = parseBinary(cursor, 1);
  const result = cursor.peek() === TokenKind.Question ? parseConditional(cursor, condition) : condition;
  cursor.leave();
  return result;
}

function parseConditional(cursor: ParseCursor, condition: Expression): Expression {
  let { height } = cursor;
  cursor.read();
  const whenTrue = parseExpression(cursor);
  height = Math.max(height, cursor.height);
  if (!cursor.accept(TokenKind.Colon)) {
    cursor.failAtNext({
      summary: "Missing false expression in conditional",
      detail: "The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
      from: condition.start,
    });
  }
  const whenFalse = parseExpression(cursor);
  cursor.height = Math.max(height, cursor.height) + 1;
  return { kind: "conditional", start: condition.start, end: whenFalse.end, condition, whenTrue, whenFalse };
}

function parseBinary(cursor: ParseCursor, minLevel: number): Expression {
  let left = parseOperand(cursor);
  for (;;) {
    const operator = OPERATORS[cursor.peek()];
    if (operator === undefined || operator[1] < minLevel) return left;
    const { height } = cursor;
    const index = cursor.read();
    const right = parseBinary(cursor, operator[1] + 1);
    cursor.height = Math.max(height, cursor.height) + 1;
    if (cursor.height > MAX_NESTING) cursor.failTooDeep(cursor.span(index));
    left = {
      kind: "binary",
      start: left.start,
      end: right.end,
      operator: operator[0],
      operatorSpan: cursor.span(index),
      left,
      right,
    };
  }
}

/** Reads a term with unary operators before it and accesses after it. */
function parseOperand(cursor: ParseCursor): Expression {
  const kind = cursor.peek();
  if (kind !== TokenKind.Minus && kind !== TokenKind.Not) return parsePostfix(cursor, parseTerm(cursor));
  cursor.enter();
  const operatorSpan = cursor.span(cursor.read());
  const operand = parseOperand(cursor);
  cursor.height++;
  cursor.leave();
  const operator = kind === TokenKind.Minus ? "-" : "!";
  return { kind: "unary", start: operatorSpan.start, end: operand.end, operator, operatorSpan, operand };
}

function parseTerm(cursor: ParseCursor): Expression {
  switch (cursor.peek()) {
    case TokenKind.Identifier:
      return parseName(cursor);
    case TokenKind.OpenQuote:
    case TokenKind.OpenHeredoc:
      return parseTemplate(cursor);
    case TokenKind.Number:
      return parseNumber(cursor);
    case TokenKind.OpenBracket:
      return parseTuple(cursor);
    case TokenKind.OpenBrace:
      return parseObject(cursor);
    case TokenKind.OpenParen:
      return parseParentheses(cursor);
    case TokenKind.EndOfFile:
      return cursor.failAtNext({
        summary: "Missing expression",
        detail: "Expected the start of an expression, but found the end of the file.",
      });
    default:
      return cursor.failAtNext({
        summary: "Invalid expression",
        detail: "Expected the start of an expression, but found an invalid expression token.",
      });
  }
}

/** Shared by all names that stand alone. */
const NO_STEPS: readonly never[] = [];

function parseName(cursor: ParseCursor): Expression {
  const index = cursor.read();
  const next = cursor.peek();
  if (next === TokenKind.OpenParen || next === TokenKind.DoubleColon) return parseCall(cursor, index);
  cursor.height = 0;
  const span = cursor.span(index);
  const name = cursor.text(index);
  switch (name) {
    case "true":
    case "false":
      return { kind: "bool", start: span.start, end: span.end, value: name === "true" };
    case "null":
      return { kind: "null", start: span.start, end: span.end };
    default:
      return { kind: "traversal", start: span.start, end: span.end, name, nameSpan: span, steps: NO_STEPS };
  }
}

function parseNumber(cursor: ParseCursor): Expression {
  const index = cursor.read();
  cursor.height = 0;
  return { kind: "number", start: cursor.start(index), end: cursor.end(index), text: numberText(cursor, index) };
}

/** The text of a number token. Reports text that only looks like a number. */
export function numberText(cursor: ParseCursor, index: number): string {
  const text = cursor.text(index);
  if (!/^\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(text)) {
    cursor.report({
      summary: "Invalid number literal",
      detail: "Failed to recognize the value of this number literal.",
      subject: cursor.span(index),
    });
  }
  return text.replace(/\.(?=[eE])/, "");
}

function parseParentheses(cursor: ParseCursor): Expression {
  const start = cursor.start(cursor.read());
  const newlines = cursor.setNewlines(false);
  const inner = parseExpression(cursor);
  if (cursor.peek() !== TokenKind.CloseParen) {
    cursor.failAtNext({
      summary: "Unbalanced parentheses",
      detail: "Expected a closing parenthesis to terminate the expression.",
      from: start,
    });
  }
  const end = cursor.end(cursor.read());
  cursor.setNewlines(newlines);
  cursor.height++;
  return { kind: "parentheses", start, end, inner };
}
