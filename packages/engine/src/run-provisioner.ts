import { setTimeout as sleep } from "node:timers/promises";
import type { Value } from "@ingot/hcl";
import { valuesForTemplate } from "./build-data.js";
import type { ProvisionerStep } from "./build-plan.js";
import { TIMED_OUT_TEXT } from "./error-text.js";
import { LateInstance } from "./late-instance.js";
import type { Machine, ProvisionerInstance, SessionResult } from "./plugin-set.js";
import type { ProvisionerBlock } from "@ingot/template";
import { runAttempt, type AttemptResult } from "./run-attempt.js";
import type { RunContext } from "./run-context.js";

/** Where and with what provisioners run. */
export interface ProvisioningScene {
  readonly buildId: string;
  readonly machine: Machine;
  /** What the builder gives, and what every machine has. */
  readonly buildData: ReadonlyMap<string, Value>;
  readonly signal: AbortSignal;
}

/** Why a provisioner failed. */
export interface ProvisionerFailure {
  readonly error: string;
  readonly cancelled: boolean;
}

/**
 * Runs one provisioner with what its block says around it: pause, timeout, retries, continue on error. Undefined: the build goes
 * on. Never rejects.
 */
export async function runProvisioner(
  run: RunContext,
  step: ProvisionerStep,
  scene: ProvisioningScene,
): Promise<ProvisionerFailure | undefined> {
  const { stream } = run;
  const { block } = step;
  const place = { build: scene.buildId, step: step.id };
  const { buildId, buildData } = scene;
  const instance = new LateInstance(run, step, { buildId, buildData: valuesForTemplate(buildData) });
  try {
    await pauseForDebugging(run, step, scene);
    const first = await attemptOnce(run, { step, scene, instance, attempt: 1 });
    if (first.error === undefined) return undefined;
    // What is reported is the first error, also when a later attempt fails otherwise.
    const { error } = first;
    let last: AttemptResult<SessionResult> = first;
    for (let triesLeft = block.maxRetries; triesLeft > 0 && !scene.signal.aborted; triesLeft--) {
      stream.emit({ type: "step-retrying", ...place, error, triesLeft });
      last = await attemptOnce(run, { step, scene, instance, attempt: block.maxRetries - triesLeft + 2 });
      if (last.error === undefined) return undefined;
    }
    if (scene.signal.aborted) return { error, cancelled: true };
    if (block.maxRetries > 0) stream.emit({ type: "step-retries-exhausted", ...place });
    if (!block.continueOnError) return { error, cancelled: false };
    stream.emit({ type: "step-error-ignored", ...place, error });
    return undefined;
  } finally {
    await instance.release();
  }
}

async function pauseForDebugging(run: RunContext, step: ProvisionerStep, scene: ProvisioningScene): Promise<void> {
  if (!run.settings.debug || step.kind === "error-cleanup-provisioner") return;
  const text = "Pausing before the next provisioner . Press enter to continue.";
  // Without a terminal there is nobody to wait for.
  await run.asker.ask(text, { build: scene.buildId, step: step.id }, scene).catch(() => undefined);
}

interface Attempt {
  readonly step: ProvisionerStep;
  readonly scene: ProvisioningScene;
  readonly instance: LateInstance<ProvisionerInstance, ProvisionerBlock>;
  readonly attempt: number;
}

async function attemptOnce(run: RunContext, request: Attempt): Promise<AttemptResult<SessionResult>> {
  const { step, scene } = request;
  const { pauseBeforeMs, timeoutMs } = step.block;
  const place = { build: scene.buildId, step: step.id };
  if (pauseBeforeMs > 0) {
    run.stream.emit({ type: "step-pausing", ...place, pauseMs: pauseBeforeMs });
    // An aborted signal ends the pause; the attempt then reports it.
    await sleep(pauseBeforeMs, undefined, { signal: scene.signal }).catch(() => undefined);
    return await provisionOnce(run, request, scene.signal); // a pause and a timeout exclude each other
  }
  if (timeoutMs > 0) return await provisionWithTimeout(run, request, timeoutMs);
  return await provisionOnce(run, request, scene.signal);
}

async function provisionWithTimeout(
  run: RunContext,
  request: Attempt,
  timeoutMs: number,
): Promise<AttemptResult<SessionResult>> {
  const { scene, step } = request;
  const place = { build: scene.buildId, step: step.id };
  const deadline = new AbortController();
  run.stream.emit({ type: "step-timeout-set", ...place, timeoutMs });
  const timer = setTimeout(() => {
    run.stream.emit({ type: "step-timed-out", ...place, timeoutMs });
    deadline.abort(new Error("timeout"));
  }, timeoutMs);
  try {
    const ended = await provisionOnce(run, request, AbortSignal.any([scene.signal, deadline.signal]));
    if (!ended.cancelled || scene.signal.aborted) return ended;
    const ownError = ended.result?.diagnostics.some((diagnostic) => diagnostic.severity === "error") === true;
    return { ...ended, cancelled: false, error: ownError && ended.error !== undefined ? ended.error : TIMED_OUT_TEXT };
  } finally {
    clearTimeout(timer);
  }
}

async function provisionOnce(
  run: RunContext,
  { step, scene, instance, attempt }: Attempt,
  signal: AbortSignal,
): Promise<AttemptResult<SessionResult>> {
  const about = { build: scene.buildId, step: step.id, kind: step.kind, block: step.block, attempt };
  const ended = await runAttempt(run, about, {
    signal,
    call: async (handlers) => {
      const provisioner = await instance.get(signal);
      const context = { runId: run.runId, buildId: scene.buildId, stepId: step.id };
      return await provisioner.provision(
        { step: context, machine: scene.machine, buildData: scene.buildData },
        handlers,
        { signal },
      );
    },
  });
  if (ended.crashed) instance.forget();
  return ended;
}
