import { instancesOf, type BuildPlan } from "./build-plan.js";
import { CANCELLED_TEXT, diagnosticText, severalErrorsText } from "./error-text.js";
import { elapsedMs } from "./elapsed.js";
import type { ArtifactSummary } from "./events.js";
import type { Artifact, BuilderInstance, BuilderResult, Machine } from "./plugin-set.js";
import { runAttempt, type AttemptResult } from "./run-attempt.js";
import { leavesThings, type RunContext } from "./run-context.js";
import { destroyArtifact, runPostProcessors } from "./run-post-processors.js";
import { provisionedWith, runProvisioning, type ProvisioningFailure } from "./run-provisioning.js";
import { sessionHandlers } from "./session-handlers.js";

/** How a build ended. */
export type BuildOutcome =
  | { readonly status: "success"; readonly artifacts: readonly Artifact[] | null }
  | { readonly status: "failed"; readonly error: string; readonly cancelled: boolean };

/** Runs one build from its first event to its last, and forgets its instances. Rejects only when the journal can't be written. */
export async function runBuild(
  run: RunContext,
  build: BuildPlan,
  options: { readonly signal: AbortSignal },
): Promise<BuildOutcome> {
  const place = { build: build.id, name: build.declaration.name };
  const startedAt = performance.now();
  try {
    await run.stream.announce({ type: "build-started", ...place });
    const outcome = await buildAndPostProcess(run, build, options.signal);
    const durationMs = elapsedMs(startedAt);
    if (outcome.status === "success") {
      const artifacts = outcome.artifacts?.map(summaryOf) ?? null;
      run.stream.emit({ type: "build-finished", ...place, durationMs, artifacts });
    } else {
      const { error, cancelled } = outcome;
      run.stream.emit({ type: "build-failed", ...place, durationMs, error, cancelled, started: true });
    }
    return outcome;
  } finally {
    await releaseInstances(build);
  }
}

/** Forgets the instances of a build. */
export async function releaseInstances(build: BuildPlan): Promise<void> {
  await Promise.all(instancesOf(build).map((instance) => instance.release()));
}

async function buildAndPostProcess(run: RunContext, build: BuildPlan, signal: AbortSignal): Promise<BuildOutcome> {
  const { result, error, cancelled } = await runBuilder(run, build, signal);
  if (error !== undefined) return { status: "failed", error: cancelled ? CANCELLED_TEXT : error, cancelled };
  const artifact = result?.artifact;
  if (signal.aborted) {
    // The build was cancelled too late for the builder to notice.
    if (artifact !== undefined && !leavesThings(run.settings)) await destroyArtifact(run, build.id, artifact);
    return { status: "failed", error: CANCELLED_TEXT, cancelled: true };
  }
  if (artifact === undefined) return { status: "success", artifacts: null };
  const { artifacts, errors } = await runPostProcessors(run, { build, original: artifact, signal });
  if (errors.length === 0) return { status: "success", artifacts };
  return { status: "failed", error: severalErrorsText(errors), cancelled: signal.aborted };
}

async function runBuilder(
  run: RunContext,
  build: BuildPlan,
  signal: AbortSignal,
): Promise<AttemptResult<BuilderResult>> {
  const { id, kind, block, instance } = build.builder;
  if (instance === undefined) throw new Error("bug: a build without a prepared builder");
  const about = { build: build.id, step: id, kind, block, attempt: 1 };
  const provisioning = new Provisioning(run, build, signal);
  const ended = await runAttempt(run, about, {
    signal,
    call: () => callBuilder(run, { build, instance, provisioning, signal }),
  });
  const failure = provisioning.failure;
  if (failure === undefined || failure.cancelled || ended.crashed) return ended;
  // The provisioner's error is why the build failed. The builder repeats it, perhaps with troubles of its clean-up.
  const others = (ended.result?.diagnostics ?? [])
    .filter(({ severity }) => severity === "error")
    .map(diagnosticText)
    .filter((text) => text !== failure.error);
  return { ...ended, error: [failure.error, ...others].join("\n"), cancelled: failure.cancelled };
}

async function callBuilder(
  run: RunContext,
  call: {
    readonly build: BuildPlan;
    readonly instance: BuilderInstance;
    readonly provisioning: Provisioning;
    readonly signal: AbortSignal;
  },
): Promise<BuilderResult> {
  const { build, instance, provisioning, signal } = call;
  const step = { runId: run.runId, buildId: build.id, stepId: build.builder.id };
  const handlers = {
    ...sessionHandlers(run, { build: build.id, step: build.builder.id, block: build.builder.block }),
    provision: async (machine: Machine) => provisionedWith(await provisioning.start(machine)),
  };
  try {
    return await instance.run({ step }, handlers, { signal });
  } finally {
    await provisioning.stop();
  }
}

/** The provisioning of one builder's machine. It must not outlive the machine. */
class Provisioning {
  readonly #run: RunContext;
  readonly #build: BuildPlan;
  readonly #signal: AbortSignal;
  readonly #machineGone = new AbortController();
  #running: Promise<ProvisioningFailure | undefined> | undefined;
  failure: ProvisioningFailure | undefined;

  constructor(run: RunContext, build: BuildPlan, signal: AbortSignal) {
    this.#run = run;
    this.#build = build;
    this.#signal = signal;
  }

  async start(machine: Machine): Promise<ProvisioningFailure | undefined> {
    const signal = AbortSignal.any([this.#signal, this.#machineGone.signal]);
    this.#running = runProvisioning(this.#run, this.#build, { machine, signal });
    this.failure = await this.#running;
    return this.failure;
  }

  /** Ends provisioners that still run because the builder ended without waiting for them, as when its plugin died. */
  async stop(): Promise<void> {
    this.#machineGone.abort(new Error("the machine is gone"));
    await this.#running;
  }
}

function summaryOf({ builderId, id, description, files }: Artifact): ArtifactSummary {
  return { builderId, id, description, files };
}
