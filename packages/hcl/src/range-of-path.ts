import type { AttributePath, SourceRange } from "@ingot/diag";
import type { Expression, Span } from "./ast.js";
import type { Body, BodyAttribute, BodyBlock, ContentSchema } from "./body.js";
import type { SourceFile } from "./source-file.js";

/**
 * Finds the text that an attribute path of a diagnostic means: an argument, a part of its value as far as that is written out, or a
 * nested block by type and index (list, set) or label (map). When the last steps lead nowhere the range is that of the last part
 * that was found; undefined when not even the first step was. Then the header of the body's own block is the best there is.
 */
export function rangeOfPath(body: Body, path: AttributePath): SourceRange | undefined {
  const [step, ...rest] = path;
  if (typeof step !== "string") return undefined;
  const attribute = findAttribute(body, step);
  if (attribute !== undefined)
    return rangeInExpression(attribute.expression, attribute.file, rest) ?? attribute.file.range(attribute.span);
  return rangeInBlocks(body, step, rest);
}

function findAttribute(body: Body, name: string): BodyAttribute | undefined {
  const schema: ContentSchema = { attributes: [{ name, required: false }], blocks: [] };
  return body.partialContent(schema).value.content.attributes.get(name);
}

function findBlocks(body: Body, type: string, labelNames: readonly string[]): readonly BodyBlock[] {
  return body.partialContent({ attributes: [], blocks: [{ type, labelNames }] }).value.content.blocks;
}

function rangeInBlocks(body: Body, type: string, rest: AttributePath): SourceRange | undefined {
  const [step, ...deeper] = rest;
  if (typeof step === "string") {
    const labelled = findBlocks(body, type, ["key"]).find((block) => block.labels[0] === step);
    if (labelled !== undefined) return rangeInBlock(labelled, deeper);
  }
  const blocks = findBlocks(body, type, []);
  const [block, remaining] = typeof step === "number" ? [blocks[step] ?? blocks[0], deeper] : [blocks[0], rest];
  return block && rangeInBlock(block, remaining);
}

function rangeInBlock(block: BodyBlock, rest: AttributePath): SourceRange {
  return rangeOfPath(block.body, rest) ?? block.file.range(block.headerSpan);
}

/** The range of a part of a written-out value; undefined when the path ends here or the part is computed. */
function rangeInExpression(expression: Expression, file: SourceFile, path: AttributePath): SourceRange | undefined {
  let found: Span | undefined;
  let at: Expression | undefined = expression;
  for (const step of path) {
    at = partOf(at, step);
    if (at === undefined) break;
    found = at;
  }
  return found && file.range(found);
}

function partOf(expression: Expression, step: string | number): Expression | undefined {
  if (expression.kind === "parentheses" || expression.kind === "template-wrap") return partOf(expression.inner, step);
  if (expression.kind === "tuple") return typeof step === "number" ? expression.elements[step] : undefined;
  if (expression.kind !== "object") return undefined;
  // In JSON a single block needs no array around it.
  if (step === 0 && expression.syntax === "json") return expression;
  return expression.items.findLast((item) => (item.keyName ?? constantKey(item.key)) === String(step))?.value;
}

function constantKey(key: Expression): string | undefined {
  if (key.kind === "json-string") return key.text;
  if (key.kind !== "template" || key.parts.length > 1) return undefined;
  const [part] = key.parts;
  if (part === undefined) return "";
  return part.kind === "text" ? part.text : undefined;
}
