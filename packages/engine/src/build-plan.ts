import type { BuildDeclaration, ComponentBlock, PostProcessorBlock, ProvisionerBlock, Template } from "@ingot/template";
import { unknownBuildData } from "./build-data.js";
import type { PlannedStep } from "./events.js";
import type { BuilderInstance, PostProcessorInstance, ProvisionerInstance } from "./plugin-set.js";
import type { Releasable, StepDraft, StepPlan } from "./prepare-step.js";
import { buildFacts, type RunContext } from "./run-context.js";
import { buildIdentity, stepIdentity } from "./step-identity.js";

export type BuilderStep = StepPlan<BuilderInstance, ComponentBlock>;
export type ProvisionerStep = StepPlan<ProvisionerInstance, ProvisionerBlock>;
export type PostProcessorStep = StepPlan<PostProcessorInstance, PostProcessorBlock>;

/** A build that can run: all its components are known, all bodies are valid as far as that is known. */
export interface BuildPlan {
  readonly id: string;
  readonly declaration: BuildDeclaration;
  readonly builder: BuilderStep;
  readonly provisioners: readonly ProvisionerStep[];
  readonly errorCleanup?: ProvisionerStep;
  readonly postProcessorChains: readonly (readonly PostProcessorStep[])[];
}

/** A build as the template declares it, with the identities of its steps. */
export interface BuildDraft {
  readonly id: string;
  readonly declaration: BuildDeclaration;
  readonly builder: StepDraft<BuilderInstance, ComponentBlock>;
  readonly provisioners: readonly StepDraft<ProvisionerInstance, ProvisionerBlock>[];
  readonly errorCleanup?: StepDraft<ProvisionerInstance, ProvisionerBlock>;
  readonly postProcessorChains: readonly (readonly StepDraft<PostProcessorInstance, PostProcessorBlock>[])[];
}

/** Names the builds and their steps. */
export function draftBuilds(run: RunContext, template: Omit<Template, "secrets">): readonly BuildDraft[] {
  const occurrences = new Map<string, number>();
  return template.builds.map((declaration) => {
    const key = JSON.stringify([declaration.name, declaration.builder.identity]);
    const occurrence = occurrences.get(key) ?? 0;
    occurrences.set(key, occurrence + 1);
    return draftBuild(run, declaration, { id: buildIdentity(declaration, occurrence), ...template });
  });
}

function draftBuild(
  run: RunContext,
  declaration: BuildDeclaration,
  { id, ...template }: Omit<Template, "secrets"> & { readonly id: string },
): BuildDraft {
  const { plugins } = run;
  const facts = buildFacts(run, { ...template, ...declaration });
  const provisioner = (
    kind: "provisioner" | "error-cleanup-provisioner",
    position: number,
    block: ProvisionerBlock,
  ) => ({
    ...{ id: stepIdentity({ buildId: id, kind, position: String(position), block }), kind, block, facts },
    prepare: plugins.prepareProvisioner.bind(plugins),
  });
  const postProcessor = (position: string, block: PostProcessorBlock) => ({
    id: stepIdentity({ buildId: id, kind: "post-processor", position, block }),
    ...{ kind: "post-processor" as const, block, facts },
    prepare: plugins.preparePostProcessor.bind(plugins),
  });
  const { builder, errorCleanupProvisioner } = declaration;
  return {
    id,
    declaration,
    builder: {
      id: stepIdentity({ buildId: id, kind: "builder", position: "0", block: builder }),
      ...{ kind: "builder", block: builder, facts },
      prepare: plugins.prepareBuilder.bind(plugins),
    },
    provisioners: declaration.provisioners.map((block, index) => provisioner("provisioner", index, block)),
    postProcessorChains: declaration.postProcessorChains.map((chain, row) =>
      chain.map((block, column) => postProcessor(`${row}.${column}`, block)),
    ),
    ...(errorCleanupProvisioner === undefined
      ? {}
      : { errorCleanup: provisioner("error-cleanup-provisioner", 0, errorCleanupProvisioner) }),
  };
}

type AnyDraft = BuildDraft["builder"] | BuildDraft["provisioners"][number] | BuildDraft["postProcessorChains"][0][0];

/** All steps of a build in the order in which the template has them, the builder first. */
export function stepsOf(build: BuildDraft): readonly AnyDraft[] {
  const cleanup = build.errorCleanup === undefined ? [] : [build.errorCleanup];
  return [build.builder, ...build.provisioners, ...cleanup, ...build.postProcessorChains.flat()];
}

/** All instances that planning made for a build. */
export function instancesOf(build: BuildPlan): readonly Releasable[] {
  const cleanup = build.errorCleanup === undefined ? [] : [build.errorCleanup];
  const steps = [build.builder, ...build.provisioners, ...cleanup, ...build.postProcessorChains.flat()];
  return steps.flatMap((step) => (step.instance === undefined ? [] : [step.instance]));
}

export function plannedSteps(build: BuildDraft): readonly PlannedStep[] {
  return stepsOf(build).map((step) => ({
    ...{ step: step.id, kind: step.kind, component: step.block.type },
    name: "name" in step.block ? step.block.name : "",
  }));
}

/** The data that provisioners and post-processors can refer to before the builder has run. */
export function placeholderData(builder: {
  readonly description: { readonly generatedData: readonly string[] };
  readonly instance?: BuilderInstance;
}): ReturnType<typeof unknownBuildData> {
  return unknownBuildData([...builder.description.generatedData, ...(builder.instance?.generatedData ?? [])]);
}
