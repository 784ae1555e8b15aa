import { formatRange, type Diagnostic, type Outcome, type SourceRange } from "@ingot/diag";
import type { Body, BodyAttribute, BodyContent, ContentSchema, PartialBodyContent } from "@ingot/hcl";

/**
 * Gives a body that has the arguments and blocks of both, those of the first before those of the second. An argument that both
 * set is an error.
 */
export function mergeBodies(first: Body, second: Body): Body {
  return new MergedBody(first, second);
}

class MergedBody implements Body {
  readonly #first: Body;
  readonly #second: Body;

  constructor(first: Body, second: Body) {
    this.#first = first;
    this.#second = second;
  }

  content(schema: ContentSchema): Outcome<BodyContent> {
    const optional = withoutRequired(schema);
    const [first, second] = [this.#first.content(optional), this.#second.content(optional)];
    return this.#merge(schema, [first.value, second.value], [...first.diagnostics, ...second.diagnostics]);
  }

  partialContent(schema: ContentSchema): Outcome<PartialBodyContent> {
    const optional = withoutRequired(schema);
    const [first, second] = [this.#first.partialContent(optional), this.#second.partialContent(optional)];
    const contents = [first.value.content, second.value.content] as const;
    const { value: content, diagnostics } = this.#merge(schema, contents, [
      ...first.diagnostics,
      ...second.diagnostics,
    ]);
    return { value: { content, rest: new MergedBody(first.value.rest, second.value.rest) }, diagnostics };
  }

  justAttributes(): Outcome<ReadonlyMap<string, BodyAttribute>> {
    const [first, second] = [this.#first.justAttributes(), this.#second.justAttributes()];
    const { value, diagnostics } = mergeAttributes(first.value, second.value);
    return { value, diagnostics: [...first.diagnostics, ...second.diagnostics, ...diagnostics] };
  }

  missingItemRange(): SourceRange {
    return this.#first.missingItemRange();
  }

  #merge(
    schema: ContentSchema,
    [first, second]: readonly [BodyContent, BodyContent],
    found: readonly Diagnostic[],
  ): Outcome<BodyContent> {
    const attributes = mergeAttributes(first.attributes, second.attributes);
    const missing = schema.attributes.filter(({ name, required }) => required && !attributes.value.has(name));
    return {
      value: { attributes: attributes.value, blocks: [...first.blocks, ...second.blocks] },
      diagnostics: [...found, ...attributes.diagnostics, ...missing.map(({ name }) => this.#missing(name))],
    };
  }

  #missing(name: string): Diagnostic {
    return {
      severity: "error",
      summary: "Missing required argument",
      detail: `The argument ${JSON.stringify(name)} is required, but no definition was found.`,
      subject: this.missingItemRange(),
    };
  }
}

function withoutRequired({ attributes, blocks }: ContentSchema): ContentSchema {
  return { attributes: attributes.map(({ name }) => ({ name, required: false })), blocks };
}

function mergeAttributes(
  first: ReadonlyMap<string, BodyAttribute>,
  second: ReadonlyMap<string, BodyAttribute>,
): Outcome<ReadonlyMap<string, BodyAttribute>> {
  const merged = new Map(first);
  const diagnostics: Diagnostic[] = [];
  for (const [name, attribute] of second) {
    const earlier = first.get(name);
    if (earlier === undefined) {
      merged.set(name, attribute);
      continue;
    }
    diagnostics.push({
      severity: "error",
      summary: "Duplicate argument",
      detail: `Argument ${JSON.stringify(name)} was already set at ${formatRange(earlier.file.range(earlier.nameSpan))}`,
      subject: attribute.file.range(attribute.nameSpan),
    });
  }
  return { value: merged, diagnostics };
}
