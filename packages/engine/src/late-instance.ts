import { formatRange, hasErrors, type Diagnostic } from "@ingot/diag";
import type { Value } from "@ingot/hcl";
import type { ComponentBlock } from "@ingot/template";
import { diagnosticText } from "./error-text.js";
import { prepareStep, type Releasable, type StepPlan } from "./prepare-step.js";
import type { RunContext } from "./run-context.js";
import { reportDiagnostics } from "./session-handlers.js";

/**
 * The instance of a step of a running build: the planned one, or one made with the build's data. A crash takes it away; the next
 * attempt gets a new one.
 */
export class LateInstance<Instance extends Releasable, Block extends ComponentBlock> {
  readonly #run: RunContext;
  readonly #plan: StepPlan<Instance, Block>;
  readonly #buildId: string;
  readonly #buildData: ReadonlyMap<string, Value>;
  #instance: Instance | undefined;

  constructor(
    run: RunContext,
    plan: StepPlan<Instance, Block>,
    build: { readonly buildId: string; readonly buildData: ReadonlyMap<string, Value> },
  ) {
    this.#run = run;
    this.#plan = plan;
    this.#buildId = build.buildId;
    this.#buildData = build.buildData;
    this.#instance = plan.instance;
  }

  /** Rejects with an Error for people when the body doesn't fit the data, or the plugin refuses it. */
  async get(signal: AbortSignal): Promise<Instance> {
    if (this.#instance !== undefined) return this.#instance;
    const { value, diagnostics } = await prepareStep(this.#plan, {
      signal,
      buildData: this.#buildData,
      validateOnly: false,
    });
    const place = { build: this.#buildId, step: this.#plan.id, block: this.#plan.block };
    reportDiagnostics(this.#run, place, diagnostics);
    if (value === undefined) throw new PrepareFailure(diagnostics);
    this.#instance = value;
    return value;
  }

  /** The instance's process is gone. */
  forget(): void {
    this.#instance = undefined;
  }

  /** Gives back an instance that was made here. Those of the plan belong to the plan. */
  async release(): Promise<void> {
    if (this.#instance !== this.#plan.instance) await this.#instance?.release();
  }
}

/** A step's body is wrong, which shows only now that the build's data is known. */
class PrepareFailure extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((diagnostic) => hasErrors([diagnostic]));
    super(
      errors
        .map((error) => (error.subject ? `${formatRange(error.subject)}: ` : "") + diagnosticText(error))
        .join("\n"),
    );
    this.name = "PrepareFailure";
    this.diagnostics = diagnostics;
  }
}
