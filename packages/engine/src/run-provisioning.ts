import type { Diagnostic } from "@ingot/diag";
import { completeBuildData } from "./build-data.js";
import type { BuildPlan, ProvisionerStep } from "./build-plan.js";
import type { Machine } from "./plugin-set.js";
import { leavesThings, type RunContext } from "./run-context.js";
import { runProvisioner, type ProvisionerFailure, type ProvisioningScene } from "./run-provisioner.js";

const CHOICES =
  "[c] Clean up and exit, [a] abort without cleanup, or [r] retry step (build may fail even if retry succeeds)?";

/**
 * Runs a build's provisioners in order until one fails, and after a failure the error-cleanup-provisioner. Gives the failure, whose
 * error already tells of a failed clean-up. Never rejects.
 */
export async function runProvisioning(
  run: RunContext,
  build: BuildPlan,
  { machine, signal }: { readonly machine: Machine; readonly signal: AbortSignal },
): Promise<ProvisionerFailure | undefined> {
  const place = { build: build.id, step: build.builder.id };
  run.stream.emit({ type: "machine-ready", ...place, connectionType: machine.connectionType });
  const buildData = completeBuildData(machine.generatedData, run.runId);
  const scene: ProvisioningScene = { buildId: build.id, machine, buildData, signal };
  for (;;) {
    const failure = await runAll(run, build.provisioners, scene);
    if (failure === undefined || failure.cancelled) return failure;
    const choice = await chooseAfterFailure(run, build, { failure, signal });
    if (choice === "retry") continue;
    if (choice === "abort") {
      run.stream.emit({ type: "provisioning-aborted", build: build.id, error: failure.error });
      return failure;
    }
    run.stream.emit({ type: "provisioning-failed", build: build.id, error: failure.error });
    const cleanupError = await runErrorCleanup(run, build, scene);
    const original = failure.error;
    const error =
      cleanupError === undefined
        ? original
        : `Cleanup failed: ${cleanupError}. Original Provisioning error: ${original}`;
    if (leavesThings(run.settings)) run.stream.emit({ type: "provisioning-aborted", build: build.id, error });
    return { ...failure, error };
  }
}

/** What the builder is told of a failure. */
export function failureDiagnostics(failure: ProvisionerFailure | undefined): readonly Diagnostic[] {
  return failure === undefined ? [] : [{ severity: "error", summary: failure.error, detail: "" }];
}

async function runAll(
  run: RunContext,
  steps: readonly ProvisionerStep[],
  scene: ProvisioningScene,
): Promise<ProvisionerFailure | undefined> {
  for (const step of steps) {
    const failure = await runProvisioner(run, step, scene);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function runErrorCleanup(
  run: RunContext,
  build: BuildPlan,
  scene: ProvisioningScene,
): Promise<string | undefined> {
  if (build.errorCleanup === undefined) return undefined;
  // Clean-up goes on when the user cancels now.
  const controller = new AbortController();
  const failure = await runProvisioner(run, build.errorCleanup, { ...scene, signal: controller.signal });
  return failure?.error;
}

type Choice = "cleanup" | "abort" | "retry";

async function chooseAfterFailure(
  run: RunContext,
  build: BuildPlan,
  { failure, signal }: { readonly failure: ProvisionerFailure; readonly signal: AbortSignal },
): Promise<Choice> {
  if (run.settings.onError === "abort") return "abort";
  if (run.settings.onError !== "ask") return "cleanup";
  const place = { build: build.id, step: build.builder.id };
  run.stream.emit({ type: "provisioning-stopped", build: build.id, error: failure.error });
  for (;;) {
    const line = await run.asker.ask(CHOICES, place, { signal }).catch(() => "c");
    switch (line.slice(0, 1).toLowerCase()) {
      case "":
      case "c":
        return "cleanup";
      case "a":
        return "abort";
      case "r":
        return "retry";
      default:
        run.stream.emit({ type: "ui", ...place, level: "say", text: `Incorrect input: ${JSON.stringify(line)}` });
    }
  }
}
