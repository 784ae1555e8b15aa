import { formatRange, type Outcome, type SourceRange } from "@ingot/diag";
import { boolType, evaluateAttributeAs, type BodyAttribute, type BodyBlock } from "@ingot/hcl";
import { Collector } from "./collector.js";
import { isIdentifier } from "./identifier.js";

/** A local variable as the template declares it. */
export interface LocalDeclaration {
  readonly name: string;
  readonly expression: BodyAttribute;
  readonly isSensitive: boolean;
  /** The expression. */
  readonly range: SourceRange;
}

/** Decodes a `locals` block: each argument is a local. */
export function decodeLocalsBlock(block: BodyBlock): Outcome<readonly LocalDeclaration[]> {
  const { value: attributes, diagnostics } = block.body.justAttributes();
  const value = [...attributes.values()].map((expression) => ({
    name: expression.name,
    expression,
    isSensitive: false,
    range: expression.file.range(expression.expression),
  }));
  return { value, diagnostics };
}

/** Decodes a `local` block. Without an expression or a proper name there is no local. */
export function decodeLocalBlock(block: BodyBlock): Outcome<LocalDeclaration | undefined> {
  const collector = new Collector();
  const [name = ""] = block.labels;
  const [label = block.headerSpan] = block.labelSpans;
  const hasName = isIdentifier(name);
  if (!hasName) {
    const detail =
      "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.";
    collector.error("Invalid local name", detail, block.file.range(label));
  }
  const content = collector.take(
    block.body.content({
      attributes: [
        { name: "expression", required: true },
        { name: "sensitive", required: false },
      ],
      blocks: [],
    }),
  );
  const sensitive = content.attributes.get("sensitive");
  const isSensitive =
    sensitive !== undefined &&
    collector.take(evaluateAttributeAs(sensitive, boolType, { context: {}, wording: "own" })).raw === true;
  const expression = content.attributes.get("expression");
  const value =
    expression && hasName
      ? { name, expression, isSensitive, range: expression.file.range(expression.expression) }
      : undefined;
  return { value, diagnostics: collector.diagnostics };
}

/** Keeps the first of locals with equal names and complains about the others. */
export function withoutDuplicateLocals(locals: readonly LocalDeclaration[]): Outcome<readonly LocalDeclaration[]> {
  const collector = new Collector();
  const byName = new Map<string, LocalDeclaration>();
  for (const local of locals) {
    const earlier = byName.get(local.name);
    if (earlier === undefined) byName.set(local.name, local);
    else
      collector.error(
        "Duplicate local definition",
        `Local variable ${JSON.stringify(local.name)} is defined twice in your templates. Other definition found at ${JSON.stringify(formatRange(earlier.range))}`,
        local.range,
      );
  }
  return { value: [...byName.values()], diagnostics: collector.diagnostics };
}
