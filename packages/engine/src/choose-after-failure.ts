import { messageOf } from "@ingot/diag";
import { isNoMachine } from "./build-data.js";
import type { BuildPlan } from "./build-plan.js";
import type { Machine } from "./plugin-set.js";
import type { RunContext } from "./run-context.js";
import type { ProvisionerFailure } from "./run-provisioner.js";

/** The reference's question, to the letter: programs wait for it. */
const CHOICES =
  "[c] Clean up and exit, [a] abort without cleanup, or [r] retry step (build may fail even if retry succeeds)?";
const SHELL_CHOICE = " ([s] opens a shell on the machine)";

export type Choice = "cleanup" | "abort" | "retry";

interface Failed {
  readonly failure: ProvisionerFailure;
  readonly machine: Machine;
  readonly signal: AbortSignal;
}

/** What comes after a provisioner has failed: what the user said when the run began, or says now. Nobody there: clean-up. */
export async function chooseAfterFailure(run: RunContext, build: BuildPlan, failed: Failed): Promise<Choice> {
  const onError = isNoMachine(failed.machine) ? "cleanup" : run.settings.onError;
  if (onError === "abort") return "abort";
  if (onError !== "ask") return "cleanup";
  run.stream.emit({ type: "provisioning-stopped", build: build.id, error: failed.failure.error });
  return await askUser(run, build, failed);
}

async function askUser(run: RunContext, build: BuildPlan, { machine, signal }: Failed): Promise<Choice> {
  const place = { build: build.id, step: build.builder.id };
  const isReachable = machine.exec !== undefined && machine.connectionType !== "none";
  const canOpenShell = run.openShell !== undefined && isReachable;
  const question = canOpenShell ? CHOICES + SHELL_CHOICE : CHOICES;
  for (;;) {
    const line = await run.asker.ask(question, place, { signal }).catch(() => "c");
    const letter = line.slice(0, 1).toLowerCase();
    if (letter === "" || letter === "c") return "cleanup";
    if (letter === "a") return "abort";
    if (letter === "r") return "retry";
    if (letter === "s" && canOpenShell) await openShell(run, build, { machine, signal });
    else run.stream.emit({ type: "ui", ...place, level: "say", text: `Incorrect input: ${JSON.stringify(line)}` });
  }
}

/** Never rejects: what goes wrong is said, and the user is asked again. */
async function openShell(
  { openShell: open, asker, stream }: RunContext,
  build: BuildPlan,
  { machine: { exec }, signal }: Pick<Failed, "machine" | "signal">,
): Promise<void> {
  if (open === undefined || exec === undefined) return;
  try {
    await asker.withTerminal(
      async () => {
        stream.emit({ type: "shell-opened", build: build.id });
        await open({ exec }, { signal });
      },
      { signal },
    );
    stream.emit({ type: "shell-closed", build: build.id });
  } catch (error) {
    stream.emit({ type: "shell-closed", build: build.id, error: messageOf(error) });
  }
}
