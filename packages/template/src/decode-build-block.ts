import type { Outcome, SourceRange } from "@ingot/diag";
import {
  childContext,
  entriesOf,
  expandDynamic,
  objectValue,
  stringValue,
  type Body,
  type BodyBlock,
  type ContentSchema,
  type EvaluationContext,
  type Value,
} from "@ingot/hcl";
import type { BlockIndex } from "./block-index.js";
import { Collector } from "./collector.js";
import { decodeRegistryBlocks, type RegistryDeclaration } from "./decode-registry-block.js";
import { MetaArguments } from "./meta-arguments.js";
import { decodeNestedSource, decodeSourceReferences, type SourceUse } from "./source-use.js";
import { optionalArguments } from "./top-level-schema.js";

/** What provisioners and post-processors have in common. */
export interface StepDeclaration {
  readonly type: string;
  readonly name: string;
  readonly only: readonly string[];
  readonly except: readonly string[];
  readonly body: Body;
  /** The header. */
  readonly range: SourceRange;
  /** The word that begins the block. */
  readonly typeRange: SourceRange;
  readonly usesBuildData: boolean;
  /** What the block says. */
  readonly fingerprint: string;
}

export interface ProvisionerDeclaration extends StepDeclaration {
  readonly pauseBeforeMs: number;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly continueOnError: boolean;
  /** Extra settings by the name of the source. */
  readonly override: ReadonlyMap<string, { readonly value: Value; readonly range: SourceRange }>;
}

export interface PostProcessorDeclaration extends StepDeclaration {
  readonly keepInputArtifact: boolean | undefined;
}

/** A `build` block, read but not yet multiplied by its sources. */
export interface BuildBlock {
  readonly name: string;
  readonly description: string;
  readonly range: SourceRange;
  readonly uses: readonly SourceUse[];
  readonly provisioners: readonly ProvisionerDeclaration[];
  readonly errorCleanup: ProvisionerDeclaration | undefined;
  readonly chains: readonly (readonly PostProcessorDeclaration[])[];
  readonly registries: readonly RegistryDeclaration[];
}

const BUILD: ContentSchema = {
  attributes: optionalArguments("name", "description", "sources").attributes,
  blocks: [
    { type: "from", labelNames: ["type"] },
    { type: "source", labelNames: ["reference"] },
    { type: "provisioner", labelNames: ["type"] },
    { type: "post-processor", labelNames: ["type"] },
    { type: "post-processors", labelNames: [] },
    { type: "error-cleanup-provisioner", labelNames: ["type"] },
    { type: "hcp_packer_registry", labelNames: [] },
  ],
};

const CHAIN: ContentSchema = { attributes: [], blocks: [{ type: "post-processor", labelNames: ["type"] }] };

/** Decodes a `build` block. Undefined with errors: a build that is only half understood must not run. */
export function decodeBuildBlock(
  block: BodyBlock,
  { context, index }: { readonly context: EvaluationContext; readonly index: BlockIndex },
): Outcome<BuildBlock | undefined> {
  const collector = new Collector();
  const range = block.file.range(block.headerSpan);
  const content = collector.take(expandDynamic(block.body, context).content(BUILD));
  const own = new Collector();
  const meta = new MetaArguments(content.attributes, { context, collector: own });
  const name = meta.string("name");
  const description = meta.string("description");
  const references = meta.strings("sources");
  collector.add(...own.diagnostics);
  const fail = (): Outcome<undefined> => ({ value: undefined, diagnostics: collector.diagnostics });
  if (own.hasErrors) return fail();
  const ofType = (type: string): readonly BodyBlock[] => content.blocks.filter((one) => one.type === type);
  const uses = [
    ...decodeSourceReferences(references, meta.rangeOf("sources") ?? range, collector),
    ...ofType("source").flatMap((one) => decodeNestedSource(one, collector) ?? []),
  ];
  if (references.length === 0 && ofType("source").length === 0)
    collector.error("missing source reference", "a build block must reference at least one source to be built", range);
  const steps: StepOptions = {
    context: childContext(context, new Map([["build", objectValue({ name: stringValue(name) })]])),
    index,
    collector,
  };
  const provisioners = ofType("provisioner").map((one) => decodeProvisioner(one, steps));
  const [errorCleanup, second] = ofType("error-cleanup-provisioner");
  if (second)
    collector.error("Only one error-cleanup-provisioner is allowed", "", second.file.range(second.headerSpan));
  const value: BuildBlock = {
    name,
    description,
    range,
    uses,
    provisioners,
    errorCleanup: errorCleanup && decodeProvisioner(errorCleanup, steps),
    chains: content.blocks.flatMap((one) => decodeChain(one, steps)),
    registries: decodeRegistryBlocks(ofType("hcp_packer_registry"), { context, collector }),
  };
  return collector.hasErrors ? fail() : { value, diagnostics: collector.diagnostics };
}

interface StepOptions {
  readonly context: EvaluationContext;
  readonly index: BlockIndex;
  readonly collector: Collector;
}

function decodeChain(block: BodyBlock, options: StepOptions): readonly (readonly PostProcessorDeclaration[])[] {
  if (block.type === "post-processor") return [[decodePostProcessor(block, options)]];
  if (block.type !== "post-processors") return [];
  const content = options.collector.take(block.body.content(CHAIN));
  return [content.blocks.map((one) => decodePostProcessor(one, options))];
}

function decodeStep(
  block: BodyBlock,
  own: readonly string[],
  { context, index, collector }: StepOptions,
): { readonly step: StepDeclaration; readonly meta: MetaArguments } {
  const schema = optionalArguments("name", "only", "except", ...own);
  const { content, rest } = collector.take(block.body.partialContent(schema));
  const meta = new MetaArguments(content.attributes, { context, collector });
  const only = meta.strings("only");
  const except = meta.strings("except");
  if (only.length > 0 && except.length > 0)
    collector.error("only one of 'only' or 'except' may be specified", "", meta.rangeOf("except"));
  const step: StepDeclaration = {
    type: block.labels[0] ?? "",
    name: meta.string("name"),
    only,
    except,
    body: rest,
    range: block.file.range(block.headerSpan),
    typeRange: block.file.range(block.typeSpan),
    usesBuildData: index.references(block).some(({ name }) => name === "build"),
    fingerprint: index.fingerprint(block),
  };
  return { step, meta };
}

const PROVISIONER_ARGUMENTS = ["override", "pause_before", "timeout", "max_retries", "continue_on_error"];

function decodeProvisioner(block: BodyBlock, options: StepOptions): ProvisionerDeclaration {
  const { step, meta } = decodeStep(block, PROVISIONER_ARGUMENTS, options);
  const pauseBeforeMs = meta.durationMs("pause_before");
  const timeoutMs = meta.durationMs("timeout");
  return {
    ...step,
    pauseBeforeMs,
    // With a pause the reference forgets the timeout, and templates were written against that.
    timeoutMs: pauseBeforeMs > 0 ? 0 : timeoutMs,
    maxRetries: meta.count("max_retries"),
    continueOnError: meta.bool("continue_on_error") ?? false,
    override: decodeOverride(meta, options.collector),
  };
}

function decodeOverride(meta: MetaArguments, collector: Collector): ProvisionerDeclaration["override"] {
  const value = meta.any("override");
  const range = meta.rangeOf("override");
  if (value === undefined || range === undefined) return new Map();
  const isObject = (one: Value): boolean => one.type.kind === "object" || one.type.kind === "map";
  if (!isObject(value)) {
    collector.error("provisioner's override block must be an HCL object", "", range);
    return new Map();
  }
  const entries = [...entriesOf(value)].filter(([key, one]) => {
    if (isObject(one) && one.raw !== null) return true;
    collector.error(`provisioner's override.'${key}' block must be an HCL object`, "", range);
    return false;
  });
  return new Map(entries.map(([key, one]) => [key, { value: one, range }]));
}

function decodePostProcessor(block: BodyBlock, options: StepOptions): PostProcessorDeclaration {
  const { step, meta } = decodeStep(block, ["keep_input_artifact"], options);
  return { ...step, keepInputArtifact: meta.optionalBool("keep_input_artifact") };
}
