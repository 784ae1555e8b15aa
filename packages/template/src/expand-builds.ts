import { suggestName, compareBytes, type EvaluationContext } from "@ingot/hcl";
import type { BlockIndex } from "./block-index.js";
import type { Collector } from "./collector.js";
import { makeComponentBlock } from "./component-block.js";
import type {
  BuildBlock,
  PostProcessorDeclaration,
  ProvisionerDeclaration,
  StepDeclaration,
} from "./decode-build-block.js";
import type { ComponentHeader } from "./decode-component-header.js";
import { mergeBodies } from "./merge-bodies.js";
import type { BuildDeclaration, ComponentBlock, PostProcessorBlock, ProvisionerBlock } from "./model.js";
import type { SourceUse } from "./source-use.js";

export interface ExpandOptions {
  /** With locals and data. */
  readonly context: EvaluationContext;
  /** By `TYPE.NAME`. */
  readonly sourceBlocks: ReadonlyMap<string, ComponentHeader>;
  readonly index: BlockIndex;
  /** The position of the block among all `build` blocks. */
  readonly position: number;
}

/** Multiplies a `build` block by its sources. Sources that don't exist are reported and left out. */
export function expandBuild(
  build: BuildBlock,
  options: ExpandOptions,
  collector: Collector,
): readonly BuildDeclaration[] {
  return build.uses.flatMap((use, at) => {
    const header = options.sourceBlocks.get(`${use.type}.${use.name}`);
    if (header) return [new Expansion(build, { use, at, header, options }).declaration()];
    reportUnknownSource(use, build, { options, collector });
    return [];
  });
}

function reportUnknownSource(
  use: SourceUse,
  build: BuildBlock,
  { options, collector }: { readonly options: ExpandOptions; readonly collector: Collector },
): void {
  const wanted = `${use.type}.${use.name}`;
  const known = [...options.sourceBlocks.keys()].sort(compareBytes);
  const suggestion = suggestName(wanted, known);
  const detail =
    suggestion === undefined ? `Known: [${known.join(" ")}]` : `Did you mean to use ${JSON.stringify(suggestion)}?`;
  collector.error(`Unknown source ${wanted}`, detail, build.range);
}

interface ExpansionOptions {
  readonly use: SourceUse;
  /** The position of the use in its build. */
  readonly at: number;
  readonly header: ComponentHeader;
  readonly options: ExpandOptions;
}

class Expansion {
  readonly #build: BuildBlock;
  readonly #use: SourceUse;
  readonly #header: ComponentHeader;
  readonly #options: ExpandOptions;
  /** `TYPE.NAME`, as `only` and `except` of blocks see it. */
  readonly #sourceName: string;
  readonly #identity: string;

  constructor(build: BuildBlock, { use, at, header, options }: ExpansionOptions) {
    this.#build = build;
    this.#use = use;
    this.#header = header;
    this.#options = options;
    this.#sourceName = `${use.type}.${use.localName}`;
    this.#identity = `build[${options.position}].source[${at}] ${this.#sourceName}`;
  }

  declaration(): BuildDeclaration {
    const { name, errorCleanup } = this.#build;
    const cleanup = errorCleanup && this.#runs(errorCleanup);
    return {
      name: name === "" ? this.#sourceName : `${name}.${this.#sourceName}`,
      sourceName: this.#use.name,
      builderType: this.#use.type,
      builder: this.#builder(),
      provisioners: this.#build.provisioners.flatMap((one, at) =>
        this.#runs(one) ? [this.#provisioner(one, `provisioner[${at}]`)] : [],
      ),
      ...(errorCleanup &&
        cleanup && { errorCleanupProvisioner: this.#provisioner(errorCleanup, "error-cleanup-provisioner") }),
      postProcessorChains: this.#postProcessorChains(),
    };
  }

  /** A chain of which nothing is left is no chain: the builder's artifact stays as it is. */
  #postProcessorChains(): readonly (readonly PostProcessorBlock[])[] {
    const chains = this.#build.chains.map((chain, chainAt) =>
      chain.flatMap((one, at) =>
        this.#runs(one) ? [this.#postProcessor(one, `post-processors[${chainAt}][${at}]`)] : [],
      ),
    );
    return chains.filter((chain) => chain.length > 0);
  }

  #runs({ only, except }: StepDeclaration): boolean {
    return only.length > 0 ? only.includes(this.#sourceName) : !except.includes(this.#sourceName);
  }

  #source(): { readonly type: string; readonly name: string } {
    return { type: this.#use.type, name: this.#use.localName };
  }

  #builder(): ComponentBlock {
    const { nested } = this.#use;
    const { block, range } = this.#header;
    const { index, context } = this.#options;
    const fingerprints = [block, ...(nested ? [nested.block] : [])].map((one) => index.fingerprint(one));
    return makeComponentBlock({
      type: this.#use.type,
      body: nested ? mergeBodies(block.body, nested.body) : block.body,
      range,
      identity: `${this.#identity} builder ${fingerprints.join(" ")}`,
      usesBuildData: false,
      context,
      source: this.#source(),
      allowsDynamic: true,
      seesBuildData: false,
    });
  }

  #step(step: StepDeclaration, place: string, override?: { readonly override: StepOverride }): ComponentBlock {
    return makeComponentBlock({
      type: step.type,
      body: step.body,
      range: step.range,
      identity: `${this.#identity} ${place} ${step.type} ${step.fingerprint}`,
      usesBuildData: step.usesBuildData,
      context: this.#options.context,
      source: this.#source(),
      allowsDynamic: true,
      seesBuildData: true,
      buildName: this.#build.name,
      ...override,
    });
  }

  #provisioner(provisioner: ProvisionerDeclaration, place: string): ProvisionerBlock {
    const { name, pauseBeforeMs, timeoutMs, maxRetries, continueOnError } = provisioner;
    const override = provisioner.override.get(this.#use.localName);
    return {
      ...this.#step(provisioner, place, override && { override }),
      name,
      pauseBeforeMs,
      timeoutMs,
      maxRetries,
      continueOnError,
    };
  }

  #postProcessor(postProcessor: PostProcessorDeclaration, place: string): PostProcessorBlock {
    const { name, keepInputArtifact } = postProcessor;
    return {
      ...this.#step(postProcessor, place),
      name,
      ...(keepInputArtifact !== undefined && { keepInputArtifact }),
    };
  }
}

type StepOverride = ProvisionerDeclaration["override"] extends ReadonlyMap<string, infer V> ? V : never;
