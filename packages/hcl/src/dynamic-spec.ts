import { hasErrors, type Diagnostic, type Outcome } from "@ingot/diag";
import type { Expression, Span } from "./ast.js";
import type { AttributeScope, Body, BodyAttribute, BodyBlock, BodyContent, ContentBlock } from "./body.js";
import { evaluateAttribute } from "./evaluate-attribute.js";
import type { EvaluationContext } from "./evaluation-context.js";
import { parseExpressionFile } from "./parse-expression-text.js";
import type { SourceFile } from "./source-file.js";
import { friendlyTypeName, isPrimitiveType } from "./type.js";
import { isNull, unmark, type Value } from "./value.js";

/** What a `dynamic` block says. */
export interface DynamicSpec {
  /** Neither null nor a scalar, without marks; possibly unknown. */
  readonly forEach: Value;
  readonly iteratorName: string;
  readonly labels: readonly BodyAttribute[];
  readonly content: BodyBlock;
}

/**
 * Reads a `dynamic` block for blocks like `produced`. Gives undefined with errors. `scope` holds the iterators of the dynamic
 * blocks around it.
 */
export function decodeDynamicSpec(
  block: BodyBlock,
  produced: ContentBlock,
  { context, scope }: { readonly context: EvaluationContext; readonly scope: AttributeScope | undefined },
): Outcome<DynamicSpec | undefined> {
  const { value: content, diagnostics: found } = block.body.content({
    attributes: [
      { name: "for_each", required: true },
      { name: "iterator", required: false },
      ...(produced.labelNames.length > 0 ? [{ name: "labels", required: true }] : []),
    ],
    blocks: [{ type: "content", labelNames: [] }],
  });
  const diagnostics = [...found];
  const scoped = (attribute: BodyAttribute): BodyAttribute =>
    scope === undefined ? attribute : { ...attribute, scope };
  const forEachAttribute = content.attributes.get("for_each");
  const forEach = forEachAttribute && decodeForEach(scoped(forEachAttribute), context, diagnostics);
  const iterator = content.attributes.get("iterator");
  const iteratorName = iterator === undefined ? produced.type : decodeIterator(iterator, diagnostics);
  const labels = decodeLabels(content.attributes.get("labels"), produced, diagnostics);
  const body = onlyContent(content, block.body, diagnostics);
  if (forEach === undefined || iteratorName === undefined || body === undefined || hasErrors(diagnostics)) {
    return { value: undefined, diagnostics };
  }
  return { value: { forEach, iteratorName, labels: labels.map(scoped), content: body }, diagnostics };
}

function report(
  diagnostics: Diagnostic[],
  summary: string,
  detail: string,
  subject: { file: SourceFile; span: Span },
): void {
  diagnostics.push({ severity: "error", summary, detail, subject: subject.file.range(subject.span) });
}

function decodeForEach(
  attribute: BodyAttribute,
  context: EvaluationContext,
  diagnostics: Diagnostic[],
): Value | undefined {
  const outcome = evaluateAttribute(attribute, context);
  diagnostics.push(...outcome.diagnostics);
  if (hasErrors(outcome.diagnostics)) return undefined;
  const value = unmark(outcome.value);
  const subject = { file: attribute.file, span: attribute.expression };
  const summary = "Invalid dynamic for_each value";
  if (isNull(value)) {
    report(diagnostics, summary, "Cannot use a null value in for_each.", subject);
    return undefined;
  }
  if (isPrimitiveType(value.type)) {
    const detail = `Cannot use a ${friendlyTypeName(value.type)} value in for_each. An iterable collection is required.`;
    report(diagnostics, summary, detail, subject);
    return undefined;
  }
  return value;
}

function decodeIterator({ file, expression }: BodyAttribute, diagnostics: Diagnostic[]): string | undefined {
  const { kind } = expression;
  if (kind === "json-string") {
    const inner = parseExpressionFile(expression.file).value;
    return inner.kind === "traversal" && inner.steps.length === 0
      ? inner.name
      : reportIterator(inner, { file, expression }, diagnostics);
  }
  if (kind === "null") return "null";
  if (kind === "bool") return String(expression.value);
  if (kind === "traversal" && expression.steps.length === 0) return expression.name;
  return reportIterator(expression, { file, expression }, diagnostics);
}

function reportIterator(
  given: Expression,
  { file, expression }: Pick<BodyAttribute, "file" | "expression">,
  diagnostics: Diagnostic[],
): undefined {
  const [summary, detail] =
    given.kind === "traversal"
      ? ["Invalid dynamic iterator name", "Dynamic iterator must be a single variable name."]
      : [
          "Invalid expression",
          "A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.",
        ];
  report(diagnostics, summary, detail, { file, span: expression });
}

/** One argument per label, each still to be computed. */
function decodeLabels(
  attribute: BodyAttribute | undefined,
  { type, labelNames }: ContentBlock,
  diagnostics: Diagnostic[],
): readonly BodyAttribute[] {
  if (attribute === undefined) return [];
  const { file } = attribute;
  let { expression } = attribute;
  while (expression.kind === "parentheses") expression = expression.inner;
  if (expression.kind !== "tuple") {
    report(diagnostics, "Invalid expression", "A static list expression is required.", { file, span: expression });
    return [];
  }
  const { elements } = expression;
  const detail = `Blocks of type ${JSON.stringify(type)} require ${labelNames.length} label(s).`;
  const extra = elements[labelNames.length];
  if (extra !== undefined) report(diagnostics, "Extraneous dynamic block label", detail, { file, span: extra });
  else if (elements.length < labelNames.length) {
    report(diagnostics, "Insufficient dynamic block labels", detail, { file, span: expression });
  }
  return elements.map((element) => ({ ...attribute, expression: element }));
}

function onlyContent(content: BodyContent, body: Body, diagnostics: Diagnostic[]): BodyBlock | undefined {
  const [first, second] = content.blocks;
  if (first === undefined) {
    const detail =
      'A dynamic block must have a nested block of type "content" to describe the body of each generated block.';
    const subject = body.missingItemRange();
    diagnostics.push({ severity: "error", summary: "Missing dynamic content block", detail, subject });
  }
  if (second !== undefined) {
    const detail = "Only one nested content block is allowed for each dynamic block.";
    report(diagnostics, "Extraneous dynamic content block", detail, { file: second.file, span: second.headerSpan });
  }
  return first;
}
