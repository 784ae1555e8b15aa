import { hasErrors, type Diagnostic, type Outcome, type SourceRange } from "@ingot/diag";
import type {
  AttributeScope,
  Body,
  BodyAttribute,
  BodyBlock,
  BodyContent,
  ContentBlock,
  ContentSchema,
  PartialBodyContent,
} from "./body.js";
import { ConversionError, convert } from "./convert.js";
import { decodeDynamicSpec, type DynamicSpec } from "./dynamic-spec.js";
import { evaluateAttribute } from "./evaluate-attribute.js";
import { iterationPairs } from "./evaluate-for.js";
import type { EvaluationContext } from "./evaluation-context.js";
import { findBudget } from "./evaluation-scene.js";
import { stringType } from "./type.js";
import { isKnown, isNull, objectValue, stringOf, unknownValue, unmark, type Value } from "./value.js";

/**
 * Gives a body in which `dynamic` blocks stand for the blocks that they produce, at any depth. `context` serves for `for_each`
 * and `labels`. The arguments inside carry their iterators in `scope`; compute them with `evaluateAttribute`.
 */
export function expandDynamic(body: Body, context: EvaluationContext): Body {
  const budget = findBudget(context);
  return new DynamicBody(body, { context: context.budget === budget ? context : { parent: context, budget } });
}

interface DynamicOptions {
  readonly context: EvaluationContext;
  /** Of the dynamic blocks around this body. */
  readonly scope?: AttributeScope;
  /** What earlier partial reads of the same body have taken. */
  readonly taken?: ContentSchema;
}

/** What a generated block takes from the budget: decoding it costs far more than an element of a collection. */
const UNITS_PER_BLOCK = 4096;

const NOTHING: ContentSchema = { attributes: [], blocks: [] };

/** The same schema with no argument required. */
function optional({ attributes, blocks }: ContentSchema): ContentSchema {
  return { attributes: attributes.map(({ name }) => ({ name, required: false })), blocks };
}

class DynamicBody implements Body {
  readonly #original: Body;
  readonly #options: DynamicOptions;

  constructor(original: Body, options: DynamicOptions) {
    this.#original = original;
    this.#options = options;
  }

  content(schema: ContentSchema): Outcome<BodyContent> {
    const { value, diagnostics } = this.#original.content(this.#extend(schema));
    return this.#expand(value, schema, { diagnostics, isPartial: false });
  }

  partialContent(schema: ContentSchema): Outcome<PartialBodyContent> {
    const { value, diagnostics } = this.#original.partialContent(this.#extend(schema));
    const content = this.#expand(value.content, schema, { diagnostics, isPartial: true });
    const { attributes, blocks } = this.#options.taken ?? NOTHING;
    const taken = { attributes: [...attributes, ...schema.attributes], blocks: [...blocks, ...schema.blocks] };
    const rest = new DynamicBody(this.#original, { ...this.#options, taken });
    return { value: { content: content.value, rest }, diagnostics: content.diagnostics };
  }

  justAttributes(): Outcome<ReadonlyMap<string, BodyAttribute>> {
    const { taken } = this.#options;
    const original = taken === undefined ? this.#original : this.#original.partialContent(optional(taken)).value.rest;
    const { value, diagnostics } = original.justAttributes();
    return { value: new Map([...value].map(([name, attribute]) => [name, this.#scoped(attribute)])), diagnostics };
  }

  missingItemRange(): SourceRange {
    return this.#original.missingItemRange();
  }

  /** The schema with what was taken before, so that it is no surprise, and with `dynamic` itself. */
  #extend(schema: ContentSchema): ContentSchema {
    const { attributes, blocks } = this.#options.taken ?? NOTHING;
    return {
      attributes: [...schema.attributes, ...optional({ attributes, blocks }).attributes],
      blocks: [...schema.blocks, ...blocks, { type: "dynamic", labelNames: ["type"] }],
    };
  }

  #expand(
    content: BodyContent,
    schema: ContentSchema,
    { diagnostics: found, isPartial }: { readonly diagnostics: readonly Diagnostic[]; readonly isPartial: boolean },
  ): Outcome<BodyContent> {
    const diagnostics = [...found];
    const wanted = new Set(schema.attributes.map((attribute) => attribute.name));
    const types = new Map(schema.blocks.map((block) => [block.type, block]));
    const takenTypes = new Set(this.#options.taken?.blocks.map((block) => block.type));
    const attributes = [...content.attributes]
      .filter(([name]) => wanted.has(name))
      .map(([name, attribute]): [string, BodyAttribute] => [name, this.#scoped(attribute)]);
    const blocks: BodyBlock[] = [];
    for (const block of content.blocks) {
      const type = block.type === "dynamic" ? (block.labels[0] ?? "") : block.type;
      const produced = types.get(type);
      if (block.type !== "dynamic") {
        if (produced !== undefined) blocks.push({ ...block, body: this.#nested(block.body, this.#options.scope) });
      } else if (produced !== undefined) {
        blocks.push(...this.#produce(block, produced, diagnostics));
      } else if (!isPartial && !takenTypes.has(type)) {
        diagnostics.push({
          severity: "error",
          summary: "Unsupported block type",
          detail: `Blocks of type ${JSON.stringify(type)} are not expected here.`,
          subject: block.file.range(block.labelSpans[0] ?? block.headerSpan),
        });
      }
    }
    return { value: { attributes: new Map(attributes), blocks }, diagnostics };
  }

  #scoped(attribute: BodyAttribute): BodyAttribute {
    const { scope } = this.#options;
    return scope === undefined ? attribute : { ...attribute, scope };
  }

  #nested(body: Body, scope: AttributeScope | undefined): Body {
    return new DynamicBody(body, { context: this.#options.context, ...(scope && { scope }) });
  }

  /** The blocks that a dynamic block stands for. */
  #produce(block: BodyBlock, produced: ContentBlock, diagnostics: Diagnostic[]): BodyBlock[] {
    const outer = this.#options.scope;
    const outcome = decodeDynamicSpec(block, produced, { context: this.#options.context, scope: outer });
    diagnostics.push(...outcome.diagnostics);
    const spec = outcome.value;
    if (spec === undefined) return [];
    const blocks: BodyBlock[] = [];
    for (const [key, value] of roundsOf(spec.forEach)) {
      const budget = findBudget(this.#options.context);
      if (!budget.take(UNITS_PER_BLOCK)) {
        diagnostics.push(budget.endMessage(() => limitReached(block)));
        return [];
      }
      const scope: AttributeScope = {
        variables: new Map([...(outer?.variables ?? []), [spec.iteratorName, objectValue({ key, value })]]),
        isUnknown: outer?.isUnknown === true || !isKnown(spec.forEach),
      };
      const labels = this.#labels(spec, scope, diagnostics);
      if (labels === undefined) continue;
      blocks.push({
        ...spec.content,
        type: produced.type,
        labels,
        labelSpans: spec.labels.map((label) => label.expression),
        body: this.#nested(spec.content.body, scope),
      });
    }
    return blocks;
  }

  #labels(spec: DynamicSpec, scope: AttributeScope, diagnostics: Diagnostic[]): readonly string[] | undefined {
    const labels: string[] = [];
    for (const label of spec.labels) {
      const outcome = evaluateAttribute({ ...label, scope: { ...scope, isUnknown: false } }, this.#options.context);
      diagnostics.push(...outcome.diagnostics);
      if (hasErrors(outcome.diagnostics)) return undefined;
      const text = labelText(outcome.value);
      if ("reason" in text) {
        const subject = label.file.range(label.expression);
        diagnostics.push({ severity: "error", summary: "Invalid dynamic block label", detail: text.reason, subject });
        return undefined;
      }
      labels.push(text.label);
    }
    return labels;
  }
}

/** Key and value of every round; one round of unknowns for a collection that is not known. */
function roundsOf(forEach: Value): Iterable<readonly [Value, Value]> {
  return iterationPairs(forEach) ?? [[unknownValue(), unknownValue()]];
}

function labelText(value: Value): { readonly label: string } | { readonly reason: string } {
  if (value.marks.size > 0) return { reason: "Cannot use a sensitive value as a dynamic block label." };
  if (isNull(value)) return { reason: "Cannot use a null value as a dynamic block label." };
  if (!isKnown(value)) {
    return { reason: "This value is not yet known. Dynamic block labels must be immediately-known values." };
  }
  try {
    return { label: stringOf(convert(unmark(value), stringType)) };
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    return { reason: `Cannot use this value as a dynamic block label: ${error.message}.` };
  }
}

function limitReached(block: BodyBlock): Diagnostic {
  return {
    severity: "error",
    summary: "Evaluation limit reached",
    detail: "This dynamic block produces more blocks than can be handled.",
    subject: block.file.range(block.headerSpan),
  };
}
