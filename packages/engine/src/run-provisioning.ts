import { isNoMachine, machineData } from "./build-data.js";
import type { BuildPlan, ProvisionerStep } from "./build-plan.js";
import { chooseAfterFailure } from "./choose-after-failure.js";
import type { Machine, Provisioned } from "./plugin-set.js";
import { leavesThings, type RunContext } from "./run-context.js";
import { runProvisioner, type ProvisionerFailure, type ProvisioningScene } from "./run-provisioner.js";

/**
 * Runs a build's provisioners in order until one fails, and after a failure the error-cleanup-provisioner. Gives the failure, whose
 * error already tells of a failed clean-up. Never rejects.
 */
export async function runProvisioning(
  run: RunContext,
  build: BuildPlan,
  { machine, signal }: { readonly machine: Machine; readonly signal: AbortSignal },
): Promise<ProvisioningFailure | undefined> {
  const place = { build: build.id, step: build.builder.id };
  run.stream.emit({ type: "machine-ready", ...place, connectionType: machine.connectionType });
  const buildData = machineData(machine, run.runId);
  const scene: ProvisioningScene = { buildId: build.id, machine, buildData, signal };
  const keepsResources = leavesThings(run.settings) && !isNoMachine(machine);
  for (;;) {
    const failure = await runAll(run, build.provisioners, scene);
    if (failure === undefined) return undefined;
    if (failure.cancelled) {
      if (keepsResources) {
        run.stream.emit({ type: "provisioning-aborted", build: build.id, error: "", interrupted: true });
      }
      return { ...failure, keepsResources };
    }
    // Nothing is there to look at, or to be cleaned up.
    if (isNoMachine(machine) && build.errorCleanup === undefined) return { ...failure, keepsResources };
    const choice = await chooseAfterFailure(run, build, { failure, machine, signal });
    if (choice === "retry") continue;
    if (choice === "abort") {
      run.stream.emit({ type: "provisioning-aborted", build: build.id, error: failure.error });
      return { ...failure, keepsResources: true };
    }
    run.stream.emit({ type: "provisioning-failed", build: build.id, error: failure.error });
    const cleanupError = await runErrorCleanup(run, build, scene);
    const original = failure.error;
    const error =
      cleanupError === undefined
        ? original
        : `Cleanup failed: ${cleanupError}. Original Provisioning error: ${original}`;
    if (keepsResources) run.stream.emit({ type: "provisioning-aborted", build: build.id, error });
    return { ...failure, error, keepsResources };
  }
}

/** Why provisioning failed, and whether the user wants to look at the machine. */
export interface ProvisioningFailure extends ProvisionerFailure {
  readonly keepsResources: boolean;
}

/** What the builder is told. */
export function provisionedWith(failure: ProvisioningFailure | undefined): Provisioned {
  if (failure === undefined) return { diagnostics: [] };
  const { error, keepsResources } = failure;
  return { diagnostics: [{ severity: "error", summary: error, detail: "" }], keepResources: keepsResources };
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
