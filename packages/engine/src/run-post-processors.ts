import { messageOf } from "@ingot/diag";
import { valuesForTemplate } from "./build-data.js";
import type { BuildPlan, PostProcessorStep } from "./build-plan.js";
import { errorText } from "./error-text.js";
import { LateInstance } from "./late-instance.js";
import type { Artifact, PostProcessorResult } from "./plugin-set.js";
import { runAttempt } from "./run-attempt.js";
import type { RunContext } from "./run-context.js";

const DESTROY_TIMEOUT_MS = 300_000;

interface ChainScene {
  readonly build: BuildPlan;
  /** What the builder made. */
  readonly original: Artifact;
  readonly signal: AbortSignal;
}

/** What is left after the post-processors. */
export interface PostProcessing {
  readonly artifacts: readonly Artifact[];
  readonly errors: readonly string[];
}

/**
 * Runs the chains, each from the builder's artifact. Keeps or destroys the artifacts in between as post-processors and template
 * say; a failed post-processor ends its chain only. Never rejects.
 */
export async function runPostProcessors(run: RunContext, scene: ChainScene): Promise<PostProcessing> {
  const { build, original } = scene;
  const artifacts: Artifact[] = [];
  const errors: string[] = [];
  // A chain of which `only`, `except` and -except have left nothing is no chain.
  const chains = build.postProcessorChains.filter((chain) => chain.length > 0);
  let keepOriginal = chains.length === 0;
  for (const chain of chains) {
    const result = await runChain(run, chain, scene);
    artifacts.push(...result.artifacts);
    errors.push(...result.errors);
    keepOriginal ||= result.keepOriginal;
  }
  if (keepOriginal) {
    artifacts.unshift(original);
  } else {
    const error = await destroyArtifact(run, build.id, original);
    if (error !== undefined) errors.push(`Error destroying builder artifact: ${error}`);
  }
  return { artifacts, errors };
}

/** Removes an artifact; gives the reason when that fails. Not cancelled by what cancels the build. */
export async function destroyArtifact(
  run: RunContext,
  buildId: string,
  artifact: Artifact,
): Promise<string | undefined> {
  const { builderId, id } = artifact;
  try {
    await run.stream.announce({ type: "artifact-destroyed", build: buildId, builderId, id });
    const signal = AbortSignal.timeout(DESTROY_TIMEOUT_MS);
    return errorText(await run.plugins.destroyArtifact(artifact, { signal }));
  } catch (error) {
    return messageOf(error);
  }
}

async function runChain(
  run: RunContext,
  chain: readonly PostProcessorStep[],
  scene: ChainScene,
): Promise<PostProcessing & { readonly keepOriginal: boolean }> {
  const artifacts: Artifact[] = [];
  const errors: string[] = [];
  let keepOriginal = false;
  let prior = scene.original;
  for (const [index, step] of chain.entries()) {
    const { result, error } = await runPostProcessor(run, step, { ...scene, input: prior });
    if (error !== undefined) errors.push(`Post-processor failed: ${error}`);
    // Existing users rely on it: the chain's last artifact is neither listed nor destroyed then.
    if (error !== undefined || result?.artifact === undefined) return { artifacts, errors, keepOriginal };
    const keepInput = keepsInput(step, result);
    if (index === 0) keepOriginal = keepInput;
    else if (keepInput) artifacts.push(prior);
    else {
      const failure = await destroyArtifact(run, scene.build.id, prior);
      if (failure !== undefined) errors.push(`Failed cleaning up prior artifact: ${failure}; pp is ${step.block.type}`);
    }
    prior = result.artifact;
  }
  artifacts.push(prior);
  return { artifacts, errors, keepOriginal };
}

/** The template's word counts, unless the new artifact needs the old one. */
function keepsInput({ block }: PostProcessorStep, result: PostProcessorResult): boolean {
  if (result.keepInput && result.forceKeepInput) return true;
  return block.keepInputArtifact ?? result.keepInput;
}

async function runPostProcessor(
  run: RunContext,
  step: PostProcessorStep,
  scene: ChainScene & { readonly input: Artifact },
): Promise<{ readonly result?: PostProcessorResult; readonly error?: string }> {
  const { signal, input } = scene;
  const buildId = scene.build.id;
  const known = new Map([...scene.original.generatedData, ...input.generatedData]);
  const instance = new LateInstance(run, step, { buildId, buildData: valuesForTemplate(known) });
  try {
    const about = { build: buildId, step: step.id, kind: step.kind, block: step.block, attempt: 1 };
    return await runAttempt(run, about, {
      signal,
      call: async (handlers) => {
        const postProcessor = await instance.get(signal);
        const context = { runId: run.runId, buildId, stepId: step.id };
        return await postProcessor.postProcess({ step: context, artifact: input }, handlers, { signal });
      },
    });
  } finally {
    await instance.release();
  }
}
