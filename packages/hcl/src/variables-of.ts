import type { AttributeNode, BodyNode, Expression, Span, TemplatePart, TraversalStep } from "./ast.js";
import { parseTemplateFile } from "./parse-template-file.js";
import type { SourceFile } from "./source-file.js";

/** A variable that an expression refers to, with the constant steps after it. Spans belong to `file`. */
export interface VariableReference {
  readonly file: SourceFile;
  readonly name: string;
  readonly nameSpan: Span;
  readonly steps: readonly TraversalStep[];
  /** Name and steps. */
  readonly span: Span;
}

/**
 * Lists the variables that an expression refers to, in the order of the source, with repetitions. Names that the expression
 * binds itself (loop variables) are left out where they are bound.
 */
export function variablesOf(expression: Expression, file: SourceFile): readonly VariableReference[] {
  const found: VariableReference[] = [];
  visit(expression, { file, bound: new Set(), found });
  return found;
}

/** Lists the variables of everything in a native body, nested blocks included, as if nothing in it bound names. */
export function variablesOfBodyNode(body: BodyNode): readonly VariableReference[] {
  const items: readonly (AttributeNode | BodyNode["blocks"][number])[] = [...body.attributes, ...body.blocks];
  const inOrder = [...items].sort((a, b) => a.start - b.start);
  return inOrder.flatMap((item) =>
    item.kind === "attribute" ? variablesOf(item.expression, body.file) : variablesOfBodyNode(item.body),
  );
}

interface Visit {
  readonly file: SourceFile;
  readonly bound: ReadonlySet<string>;
  readonly found: VariableReference[];
}

function bind(state: Visit, ...names: readonly (string | undefined)[]): Visit {
  return { ...state, bound: new Set([...state.bound, ...names.filter((name) => name !== undefined)]) };
}

function visit(expression: Expression, state: Visit): void {
  switch (expression.kind) {
    case "number":
    case "bool":
    case "null":
    case "splat-item":
    case "error":
      return;
    case "traversal":
      if (state.bound.has(expression.name)) return;
      state.found.push({
        file: state.file,
        name: expression.name,
        nameSpan: expression.nameSpan,
        steps: expression.steps,
        span: { start: expression.start, end: expression.end },
      });
      return;
    case "relative-traversal":
      return visit(expression.source, state);
    case "template":
      return visitParts(expression.parts, state);
    case "template-wrap":
    case "parentheses":
      return visit(expression.inner, state);
    case "index":
      return visitAll([expression.collection, expression.key], state);
    case "splat":
      return visitAll([expression.source, expression.each], state);
    case "call":
      return visitAll(expression.arguments, state);
    case "conditional":
      return visitAll([expression.condition, expression.whenTrue, expression.whenFalse], state);
    case "unary":
      return visit(expression.operand, state);
    case "binary":
      return visitAll([expression.left, expression.right], state);
    case "tuple":
      return visitAll(expression.elements, state);
    case "object":
      for (const item of expression.items) {
        if (item.keyName === undefined) visit(item.key, state);
        visit(item.value, state);
      }
      return;
    case "for": {
      visit(expression.collection, state);
      const inner = bind(state, expression.keyName, expression.valueName);
      const parts = [expression.key, expression.value, expression.condition];
      return visitAll(
        parts.filter((part) => part !== undefined),
        inner,
      );
    }
    case "json-string":
      return visit(parseTemplateFile(expression.file).value, { ...state, file: expression.file });
  }
}

function visitAll(expressions: readonly Expression[], state: Visit): void {
  for (const expression of expressions) visit(expression, state);
}

function visitParts(parts: readonly TemplatePart[], state: Visit): void {
  for (const part of parts) {
    switch (part.kind) {
      case "text":
        break;
      case "interpolation":
        visit(part.expression, state);
        break;
      case "if":
        visit(part.condition, state);
        visitParts(part.then, state);
        visitParts(part.otherwise ?? [], state);
        break;
      case "for":
        visit(part.collection, state);
        visitParts(part.body, bind(state, part.keyName, part.valueName));
        break;
    }
  }
}
