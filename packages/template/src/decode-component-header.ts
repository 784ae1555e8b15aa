import { formatRange, type SourceRange } from "@ingot/diag";
import type { BodyBlock } from "@ingot/hcl";
import type { Collector } from "./collector.js";
import { isIdentifier } from "./identifier.js";

/** A top-level `source` or `data` block: its header is read, its body belongs to the component. */
export interface ComponentHeader {
  readonly type: string;
  readonly name: string;
  readonly block: BodyBlock;
  readonly range: SourceRange;
}

/** Reads the header of a `source` block; any text is a label. */
export function decodeSourceHeader(block: BodyBlock): ComponentHeader {
  const [type = "", name = ""] = block.labels;
  return { type, name, block, range: block.file.range(block.headerSpan) };
}

const NAME_RULE =
  "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.";

/** Reads the header of a `data` block; undefined when a label is no identifier. */
export function decodeDataHeader(block: BodyBlock, collector: Collector): ComponentHeader | undefined {
  const header = decodeSourceHeader(block);
  const [typeLabel = block.headerSpan, nameLabel = block.headerSpan] = block.labelSpans;
  if (!isIdentifier(header.type)) collector.error("Invalid data source name", NAME_RULE, block.file.range(typeLabel));
  if (!isIdentifier(header.name)) collector.error("Invalid data resource name", NAME_RULE, block.file.range(nameLabel));
  return isIdentifier(header.type) && isIdentifier(header.name) ? header : undefined;
}

/** Adds a header by its type and name. The first of two stays; the second is reported. */
export function addHeader(
  headers: Map<string, ComponentHeader>,
  header: ComponentHeader,
  { kind, collector }: { readonly kind: "source" | "data"; readonly collector: Collector },
): void {
  const key = `${header.type}.${header.name}`;
  const earlier = headers.get(key);
  if (earlier === undefined) {
    headers.set(key, header);
    return;
  }
  const [noun, typeNoun] = kind === "source" ? ["source", "builder type"] : ["data", "data type"];
  collector.error(
    `Duplicate ${kind} block`,
    `This ${noun} block has the same ${typeNoun} and name as a previous block declared at ${formatRange(earlier.range)}. Each ${noun} must have a unique name per builder type.`,
    header.range,
  );
}
