import { hasErrors, type Diagnostic, type Outcome } from "@ingot/diag";
import type { Value } from "@ingot/hcl";
import type { ComponentBlock, Template } from "@ingot/template";
import {
  draftBuilds,
  placeholderData,
  plannedSteps,
  stepsOf,
  type BuilderStep,
  type BuildDraft,
  type BuildPlan,
} from "./build-plan.js";
import { checkLateTemplates } from "./check-late-templates.js";
import { ComponentCatalog } from "./component-catalog.js";
import type { ComponentKind, ComponentRef } from "./plugin-set.js";
import { deprecationWarning, prepareStep, type Releasable, type StepDraft, type StepPlan } from "./prepare-step.js";
import { distinctDiagnostics } from "./locate-diagnostics.js";
import type { RunContext } from "./run-context.js";
import { unlimitedSignal } from "./unlimited-signal.js";

/** Which builds can run, and what is wrong with the others. */
export interface Plan {
  /** In the order of the template. */
  readonly builds: readonly BuildPlan[];
  /** How many builds could not be prepared. */
  readonly invalid: number;
  readonly diagnostics: readonly Diagnostic[];
}

const NO_BUILDS: Diagnostic = {
  severity: "error",
  summary: "No builds to run",
  detail:
    "The template has no build block with a source, or -only and -except leave none. Without builds there is nothing to do.",
};

interface PlanOptions {
  readonly signal: AbortSignal;
}

/**
 * Prepares every build, all at the same time. A component that no plugin offers stops everything; a component that is wrong
 * otherwise takes out its build only.
 */
export async function planBuilds(run: RunContext, template: Template, options: PlanOptions): Promise<Plan> {
  const drafts = draftBuilds(run, template);
  if (drafts.length === 0 && !run.settings.validateOnly) return { builds: [], invalid: 0, diagnostics: [NO_BUILDS] };
  run.plugins.warmUp(distinctComponents(drafts));
  const catalog = new ComponentCatalog(run.plugins, options);
  const unknown = await findUnknown(catalog, drafts);
  if (unknown.length > 0) {
    drafts.forEach((draft, index) => announcePlan(run, draft, { index, valid: false }));
    return { builds: [], invalid: drafts.length, diagnostics: unknown };
  }
  const outcomes = await Promise.all(
    drafts.map((draft) => planBuild(run, { catalog, draft, signal: unlimitedSignal(options.signal) })),
  );
  outcomes.forEach(({ value }, index) => {
    const draft = drafts[index];
    if (draft !== undefined) announcePlan(run, draft, { index, valid: value !== undefined });
  });
  const builds = outcomes.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const diagnostics = distinctDiagnostics(outcomes.flatMap((outcome) => outcome.diagnostics));
  return { builds, invalid: drafts.length - builds.length, diagnostics };
}

function announcePlan(
  run: RunContext,
  draft: BuildDraft,
  place: { readonly index: number; readonly valid: boolean },
): void {
  const { name, sourceName, builderType } = draft.declaration;
  const steps = plannedSteps(draft);
  run.stream.emit({ type: "build-planned", build: draft.id, name, sourceName, builderType, ...place, steps });
}

function distinctComponents(drafts: readonly BuildDraft[]): readonly ComponentRef[] {
  const refs = drafts.flatMap(stepsOf).map((step) => componentOf(step));
  return [...new Map(refs.map((ref) => [`${ref.kind} ${ref.name}`, ref])).values()];
}

function componentOf(step: { readonly kind: string; readonly block: ComponentBlock }): ComponentRef {
  const kind = step.kind === "error-cleanup-provisioner" ? "provisioner" : (step.kind as ComponentKind); // the other kinds are equal
  return { kind, name: step.block.type };
}

async function findUnknown(catalog: ComponentCatalog, drafts: readonly BuildDraft[]): Promise<readonly Diagnostic[]> {
  const steps = drafts.flatMap(stepsOf);
  const problems = await Promise.all(
    steps.map(async (step) => {
      const lookup = await catalog.find(componentOf(step));
      return lookup.status === "unknown" ? catalog.problemOf(componentOf(step), step.block, step.kind) : undefined;
    }),
  );
  return distinctDiagnostics(problems.flatMap((problem) => problem ?? []));
}

interface BuildRequest extends PlanOptions {
  readonly catalog: ComponentCatalog;
  readonly draft: BuildDraft;
}

async function planBuild(run: RunContext, request: BuildRequest): Promise<Outcome<BuildPlan | undefined>> {
  const { draft } = request;
  const prepared: Releasable[] = [];
  const planning: StepPlanning = { ...request, run, prepared, buildData: undefined };
  const builder = planStep(planning, draft.builder);
  const buildData = builder.then(({ value }) => dataOf(value));
  buildData.catch(() => {}); // `builder` has the error; it may be that no step waits for its data
  const withData = { ...planning, buildData };
  const [builderOutcome, provisioners, errorCleanup, chains] = await Promise.all([
    builder,
    Promise.all(draft.provisioners.map((step) => planStep(withData, step))),
    draft.errorCleanup === undefined ? undefined : planStep(withData, draft.errorCleanup),
    Promise.all(draft.postProcessorChains.map((chain) => Promise.all(chain.map((step) => planStep(withData, step))))),
  ]);
  const outcomes = [builderOutcome, ...provisioners, ...(errorCleanup ? [errorCleanup] : []), ...chains.flat()];
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  if (builderOutcome.value === undefined || hasErrors(diagnostics)) {
    await Promise.all(prepared.map((instance) => instance.release()));
    return { value: undefined, diagnostics };
  }
  const value: BuildPlan = {
    ...{ id: draft.id, declaration: draft.declaration, builder: builderOutcome.value },
    provisioners: valuesOf(provisioners),
    postProcessorChains: chains.map(valuesOf),
    ...(errorCleanup?.value === undefined ? {} : { errorCleanup: errorCleanup.value }),
  };
  return { value, diagnostics };
}

function valuesOf<T>(outcomes: readonly Outcome<T | undefined>[]): readonly T[] {
  return outcomes.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

function dataOf(builder: BuilderStep | undefined): ReadonlyMap<string, Value> {
  return placeholderData(builder ?? { description: { generatedData: [] } });
}

interface StepPlanning extends PlanOptions {
  readonly run: RunContext;
  readonly catalog: ComponentCatalog;
  /** What has been made so far, to be released when the build can't run. */
  readonly prepared: Releasable[];
  /** Undefined for builders, which have none. */
  readonly buildData: Promise<ReadonlyMap<string, Value>> | undefined;
}

async function planStep<Instance extends Releasable, Block extends ComponentBlock>(
  planning: StepPlanning,
  draft: StepDraft<Instance, Block>,
): Promise<Outcome<StepPlan<Instance, Block> | undefined>> {
  const { catalog, run, signal } = planning;
  const { block } = draft;
  const lookup = await catalog.find(componentOf(draft));
  if (lookup.status !== "found") {
    const problem = await catalog.problemOf(componentOf(draft), block);
    return { value: undefined, diagnostics: problem === undefined ? [] : [problem] };
  }
  const { description } = lookup;
  const isLate = block.usesBuildData && planning.buildData !== undefined;
  const buildData = isLate ? await planning.buildData : undefined;
  const validateOnly = run.settings.validateOnly || isLate;
  const outcome = await prepareStep(
    { ...draft, description },
    { signal, validateOnly, buildData: buildData ?? new Map<string, Value>() },
  );
  const warning = deprecationWarning(description, block);
  const diagnostics = [...(warning === undefined ? [] : [warning]), ...outcome.diagnostics];
  const instance = outcome.value;
  if (instance === undefined) return { value: undefined, diagnostics };
  if (buildData !== undefined) {
    diagnostics.push(...(await checkLateTemplates({ ...draft, description }, { signal, unknownData: buildData })));
    if (hasErrors(diagnostics)) {
      await instance.release();
      return { value: undefined, diagnostics };
    }
  }
  if (validateOnly && !run.settings.validateOnly) {
    await instance.release(); // it was only there to check the body; the real one comes with the real data
    return { value: { ...draft, description }, diagnostics };
  }
  planning.prepared.push(instance);
  return { value: { ...draft, description, instance }, diagnostics };
}
