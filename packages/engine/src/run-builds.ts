import { messageOf } from "@ingot/diag";
import type { BuildPlan } from "./build-plan.js";
import { runBuild, releaseInstances, type BuildOutcome } from "./run-build.js";
import type { RunContext } from "./run-context.js";
import { Semaphore } from "./semaphore.js";
import { unlimitedSignal } from "./unlimited-signal.js";

/**
 * Starts the builds in order, as many at a time as the settings allow, and waits for all. A failing build stops no other unless the
 * user wants that. After the signal is aborted no other build starts.
 */
export async function runBuilds(
  run: RunContext,
  builds: readonly BuildPlan[],
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly BuildOutcome[]> {
  const { settings } = run;
  const semaphore = new Semaphore(settings.debug ? 1 : settings.parallelBuilds);
  const started: Promise<BuildOutcome>[] = [];
  const siblings = new AbortController();
  const either = AbortSignal.any([signal, siblings.signal]);
  const stopSiblings = (outcome: BuildOutcome): BuildOutcome => {
    const isLast = !settings.failFast || outcome.status === "success" || outcome.cancelled || either.aborted;
    if (isLast || builds.length === 1) return outcome;
    run.stream.emit({ type: "cancel-requested", reason: "fail-fast" });
    siblings.abort(new Error("another build failed"));
    return outcome;
  };
  for (const [index, build] of builds.entries()) {
    if (either.aborted) {
      await Promise.all(builds.slice(index).map(releaseInstances));
      break;
    }
    let leave: () => void;
    try {
      leave = await semaphore.acquire(either);
    } catch {
      started.push(Promise.resolve(neverStarted(run, build)));
      await Promise.all(builds.slice(index).map(releaseInstances));
      break;
    }
    started.push(
      runReliably(run, build, { signal: unlimitedSignal(either) })
        .then(stopSiblings)
        .finally(leave),
    );
  }
  return await Promise.all(started);
}

async function runReliably(
  run: RunContext,
  build: BuildPlan,
  options: { readonly signal: AbortSignal },
): Promise<BuildOutcome> {
  try {
    return await runBuild(run, build, options);
  } catch (error) {
    // Without a journal nothing may be started. The other builds notice it themselves.
    const place = { build: build.id, name: build.declaration.name };
    const failure = { error: messageOf(error), cancelled: false };
    run.stream.emit({ type: "build-failed", ...place, durationMs: 0, ...failure, started: true });
    return { status: "failed", ...failure };
  }
}

function neverStarted(run: RunContext, build: BuildPlan): BuildOutcome {
  const { name } = build.declaration;
  const failure = { error: `Build '${name}' failed to acquire semaphore: context canceled`, cancelled: true };
  run.stream.emit({ type: "build-failed", build: build.id, name, durationMs: 0, ...failure, started: false });
  return { status: "failed", ...failure };
}
