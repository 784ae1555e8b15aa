import { messageOf } from "@ingot/diag";
import type { BuildInfo } from "./context.js";
import { isAbort, ProvisioningFailed } from "./errors.js";
import type { ResourceLedger } from "./resource-ledger.js";
import type { Session } from "./session.js";

/** The step that a builder doesn't name itself: its provisioners. The host asks and tells what there is to tell of its failure. */
export const PROVISION_STEP = "StepProvision";

/** The reference's question, to the letter: programs wait for it. */
const CHOICES =
  "[c] Clean up and exit, [a] abort without cleanup, or [r] retry step (build may fail even if retry succeeds)?";

interface DoneStep {
  readonly name: string;
  /** How many resources there were before. */
  readonly mark: number;
  readonly isComplete: boolean;
  readonly close: (() => void | PromiseLike<void>) | undefined;
}

/** The steps of one session of a builder: pauses with -debug, retries with -on-error=ask, and ends in reverse order. */
export class Steps {
  readonly #session: Session;
  readonly #resources: ResourceLedger;
  readonly #build: BuildInfo;
  readonly #done: DoneStep[] = [];
  #hasToldWhy = false;

  constructor(
    session: Session,
    { resources, build }: { readonly resources: ResourceLedger; readonly build: BuildInfo },
  ) {
    this.#session = session;
    this.#resources = resources;
    this.#build = build;
  }

  /** Runs one step. Rejects as its work does, when the user doesn't want to try it again. */
  async run<T>(name: string, work: () => T | Promise<T>, close?: (value: T) => void | PromiseLike<void>): Promise<T> {
    for (;;) {
      const mark = this.#resources.count;
      let value: T;
      try {
        value = await work();
      } catch (error) {
        if (await this.#mayRetry(name, error)) continue;
        this.#done.push({ name, mark, isComplete: false, close: undefined });
        throw error;
      }
      this.#done.push({ name, mark, isComplete: true, close: close === undefined ? undefined : () => close(value) });
      await this.#pause(`after run of step '${name}'`);
      return value;
    }
  }

  /** Ends the steps, newest first, each with the resources that it made. Gives the failures. */
  async close(outcome: "succeeded" | "failed", error?: unknown): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    for (let step = this.#done.pop(); step !== undefined; step = this.#done.pop()) {
      const { name, mark, isComplete, close } = step;
      if (isComplete) await this.#pause(`before cleanup of step '${name}'`);
      if (outcome === "failed" && this.#resources.keepsAfterFailure) this.#tellOfSkipping(step, error);
      try {
        await close?.();
      } catch (failure) {
        failures.push(failure);
      }
      failures.push(...(await this.#resources.close(outcome, { downTo: mark })));
    }
    return failures;
  }

  async #mayRetry(name: string, error: unknown): Promise<boolean> {
    const { signal, ui } = this.#session;
    if (this.#build.onError !== "ask" || error instanceof ProvisioningFailed || isAbort(error, signal)) return false;
    ui.error(messageOf(error));
    ui.say(`Step "${name}" failed`);
    for (;;) {
      // Nobody there, or no time left: clean-up.
      const line = await this.#session.ask(CHOICES).catch(() => "");
      const letter = line.slice(0, 1).toLowerCase();
      if (letter === "" || letter === "c") return false;
      if (letter === "r") return true;
      if (letter === "a") {
        this.#resources.keepOnFailure();
        return false;
      }
      ui.say(`Incorrect input: ${JSON.stringify(line)}`);
    }
  }

  async #pause(place: string): Promise<void> {
    if (!this.#build.debug) return;
    // Without a terminal there is nobody to wait for.
    await this.#session.ask(`Pausing ${place}. Press enter to continue.`).catch(() => undefined);
  }

  #tellOfSkipping({ name, isComplete }: DoneStep, error: unknown): void {
    const { ui, signal } = this.#session;
    if (name === PROVISION_STEP) {
      // The host has told of it. With run-cleanup-provisioner it has cleaned up, and the step before is the one that stays.
      if (this.#build.onError === "run-cleanup-provisioner") return;
      if (!isComplete) {
        this.#hasToldWhy = true;
        return;
      }
    }
    if (this.#hasToldWhy) return ui.error(`aborted: skipping cleanup of step "${name}"`);
    this.#hasToldWhy = true;
    if (isComplete && signal.aborted) return ui.error("Interrupted, aborting...");
    if (!isAbort(error, signal)) ui.error(messageOf(error));
    ui.error(`Step "${name}" failed, aborting...`);
  }
}
