import type { SourceRange } from "@ingot/diag";
import { objectValue, type Value } from "@ingot/hcl";
import type { BuildDeclaration, ComponentBlock, PostProcessorBlock, ProvisionerBlock, Template } from "@ingot/template";

/** A build to be declared, in short. */
export interface ShortBuild {
  readonly name: string;
  readonly builder?: string;
  readonly provisioners?: readonly ProvisionerBlock[];
  readonly errorCleanup?: ProvisionerBlock;
  readonly chains?: readonly (readonly PostProcessorBlock[])[];
}

/** A template with these builds. A source's body is empty. */
export function templateOf(builds: readonly ShortBuild[], secrets: readonly string[] = []): Template {
  return { builds: builds.map(declare), sensitiveVariables: [], secrets };
}

function declare({ name, builder = "box", provisioners, errorCleanup, chains }: ShortBuild): BuildDeclaration {
  return {
    ...{ name, sourceName: name, builderType: builder, builder: block(builder, { line: 1 }) },
    ...{ provisioners: provisioners ?? [], postProcessorChains: chains ?? [] },
    ...(errorCleanup === undefined ? {} : { errorCleanupProvisioner: errorCleanup }),
  };
}

interface BlockOptions {
  readonly line?: number;
  readonly usesBuildData?: boolean;
}

function block(type: string, { line = 5, usesBuildData = false }: BlockOptions): ComponentBlock {
  const range = rangeAt(line);
  return {
    ...{ type, range, identity: `${type} ${line}`, usesBuildData },
    decode: (_schema, buildData) => ({ value: configOf(buildData), diagnostics: [] }),
    rangeOfPath: (path) => (path.length === 0 ? range : rangeAt(line + 1)),
  };
}

/** The body is what the test needs to see: the data that it was decoded with. */
function configOf(buildData: ReadonlyMap<string, Value>): Value {
  return objectValue(buildData);
}

export function provisioner(type: string, meta: Partial<ProvisionerBlock> & BlockOptions = {}): ProvisionerBlock {
  const { line, usesBuildData, ...rest } = meta;
  const defaults = { name: "", pauseBeforeMs: 0, timeoutMs: 0, maxRetries: 0, continueOnError: false };
  return {
    ...block(type, { ...(line ? { line } : {}), ...(usesBuildData ? { usesBuildData } : {}) }),
    ...defaults,
    ...rest,
  };
}

export function postProcessor(type: string, meta: Partial<PostProcessorBlock> & BlockOptions = {}): PostProcessorBlock {
  const { line, usesBuildData, ...rest } = meta;
  return {
    ...block(type, { ...(line ? { line } : {}), ...(usesBuildData ? { usesBuildData } : {}) }),
    name: "",
    ...rest,
  };
}

function rangeAt(line: number): SourceRange {
  const start = { line, column: 1, byte: line * 10 };
  return { filename: "test.pkr.hcl", start, end: { line, column: 5, byte: line * 10 + 4 } };
}
