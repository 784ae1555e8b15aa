import { hasErrors, type SourceRange } from "@ingot/diag";
import { evaluateAttributeAs, stringType, type Body, type BodyBlock } from "@ingot/hcl";
import type { Collector } from "./collector.js";
import { isIdentifier } from "./identifier.js";
import { optionalArguments } from "./top-level-schema.js";

/** One use of a source in a `build` block. */
export interface SourceUse {
  readonly type: string;
  readonly name: string;
  /** The name within the build: that of the source unless a nested block gives another. */
  readonly localName: string;
  /** Settings of a nested `source` block, to be merged with those of the source. */
  readonly nested?: { readonly block: BodyBlock; readonly body: Body };
}

/** Splits a reference: `TYPE.NAME`, or anything and a dot before that; what follows is ignored. */
function parseReference(text: string): { readonly type: string; readonly name: string } | undefined {
  const parts = text.split(".");
  if (parts.length < 2) return undefined;
  const [type = "", name = ""] = parts.length === 2 ? parts : parts.slice(1);
  return { type, name };
}

function reportInvalid(range: SourceRange, collector: Collector): void {
  collector.error(
    "Invalid source reference",
    "A source type is made of three parts that are split by a dot `.`; each part must start with a letter and may contain only letters, digits, underscores, and dashes. A valid source reference looks like: `source.type.name`",
    range,
  );
}

/** Decodes the entries of `sources`. */
export function decodeSourceReferences(
  references: readonly string[],
  range: SourceRange,
  collector: Collector,
): readonly SourceUse[] {
  return references.flatMap((text) => {
    const reference = parseReference(text);
    if (reference && isIdentifier(reference.type) && isIdentifier(reference.name))
      return [{ ...reference, localName: reference.name }];
    reportInvalid(range, collector);
    return [];
  });
}

/** Decodes a nested `source` block: `name` is its own, the rest belongs to the builder. */
export function decodeNestedSource(block: BodyBlock, collector: Collector): SourceUse | undefined {
  const reference = parseReference(block.labels[0] ?? "");
  if (reference === undefined) {
    reportInvalid(block.file.range(block.labelSpans[0] ?? block.headerSpan), collector);
    return undefined;
  }
  const { content, rest } = collector.take(block.body.partialContent(optionalArguments("name")));
  const name = content.attributes.get("name");
  let localName = reference.name;
  if (name) {
    const outcome = evaluateAttributeAs(name, stringType, { context: {}, wording: "own" });
    collector.add(...outcome.diagnostics);
    if (hasErrors(outcome.diagnostics)) return undefined;
    if (typeof outcome.value.raw === "string" && outcome.value.raw !== "") localName = outcome.value.raw;
  }
  return { ...reference, localName, nested: { block, body: rest } };
}
