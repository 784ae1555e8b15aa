import type { SourceRange } from "@ingot/diag";
import { mapType, stringType, type BodyBlock, type EvaluationContext } from "@ingot/hcl";
import type { Collector } from "./collector.js";
import { MetaArguments } from "./meta-arguments.js";
import { optionalArguments } from "./top-level-schema.js";

/** An `hcp_packer_registry` block. */
export interface RegistryDeclaration {
  readonly range: SourceRange;
  readonly bucketName: string;
  readonly description: string;
}

const ARGUMENTS = optionalArguments(
  "bucket_name",
  "description",
  "bucket_labels",
  "build_labels",
  "labels",
  "channels",
);
const MOST_DESCRIPTION_BYTES = 255;

/** Decodes and checks the block. What the reference doesn't know it ignores here. */
function decodeRegistryBlock(
  block: BodyBlock,
  { context, collector }: { readonly context: EvaluationContext; readonly collector: Collector },
): RegistryDeclaration {
  const { content } = collector.take(block.body.partialContent(ARGUMENTS));
  const meta = new MetaArguments(content.attributes, { context, collector });
  const range = block.file.range(block.headerSpan);
  const bucketName = meta.string("bucket_name");
  const description = meta.string("description");
  const isSet = (name: string): boolean => {
    const raw = meta.as(name, mapType(stringType))?.raw;
    return raw instanceof Map && raw.size > 0;
  };
  const [hasLabels, hasBucketLabels] = ["labels", "bucket_labels"].map(isSet);
  isSet("build_labels");
  meta.strings("channels");
  const error = (argument: string, problem: string): void =>
    collector.error(`hcp_packer_registry.${argument} ${problem}`, "", meta.rangeOf(argument) ?? range);
  if (bucketName !== "" && !/^[a-zA-Z0-9-]{3,36}$/.test(bucketName))
    error("bucket_name", "can only contain between 3 and 36 ASCII letters, numbers and hyphens");
  if (Buffer.byteLength(description) > MOST_DESCRIPTION_BYTES)
    error("description", "should have a maximum length of 255 characters");
  if (content.attributes.has("labels"))
    collector.warning(
      "hcp_packer_registry.labels is deprecated",
      "Use bucket_labels instead; it means the same.",
      meta.rangeOf("labels"),
    );
  if (hasLabels && hasBucketLabels) error("labels", "and bucket_labels cannot both be set");
  return { range, bucketName, description };
}

/** Decodes the blocks of one place, the top level or a build, and reports a second one. */
export function decodeRegistryBlocks(
  blocks: readonly BodyBlock[],
  { context, collector }: { readonly context: EvaluationContext; readonly collector: Collector },
): readonly RegistryDeclaration[] {
  const [, second] = blocks;
  if (second) collector.error("Only one hcp_packer_registry is allowed", "", second.file.range(second.headerSpan));
  return blocks.map((block) => decodeRegistryBlock(block, { context, collector }));
}
