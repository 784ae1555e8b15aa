import { randomUUID } from "node:crypto";
import { hasErrors, limitDiagnostics, type Diagnostic } from "@ingot/diag";
import type { DataSources, RequiredPlugin, Template } from "@ingot/template";
import { Asker, type AskUser } from "./asker.js";
import { EventStream, type EventListener } from "./event-stream.js";
import { dataSourceRunner } from "./data-source-runner.js";
import { elapsedMs } from "./elapsed.js";
import { EVENT_VERSION, type Outcome as RunVerdict, type RunEvent } from "./events.js";
import { evaluateForRun, readTemplate, type LoadOptions, type ReadTemplate } from "./load-template.js";
import { planBuilds, type Plan } from "./plan-builds.js";
import type { PluginSet } from "./plugin-set.js";
import { ResourceLedger } from "./resource-ledger.js";
import type { OpenShell, RunContext, RunSettings } from "./run-context.js";
import { runBuilds } from "./run-builds.js";
import { releaseInstances } from "./run-build.js";
import { SecretSet } from "./secret-set.js";
import { unlimitedSignal } from "./unlimited-signal.js";

export interface RunOptions {
  readonly plugins: PluginSet;
  readonly settings: RunSettings;
  /** What the user runs, such as "build"; for the journal. */
  readonly command: string;
  readonly productVersion: string;
  /** Where the run's journal goes. Absent: no journal, for runs without side effects. */
  readonly stateDirectory?: string;
  /**
   * Makes the plugins that a template requires the ones that `plugins` uses, and says what is wrong with them. Called before any
   * component is looked for, also when none is required. Absent: what the template requires doesn't matter.
   */
  readonly requirePlugins?: RequirePlugins;
  /** Puts questions to the user. Absent: every question fails with "no available tty". */
  readonly ask?: AskUser;
  /** Connects the user with a shell on a machine. Absent: nobody is offered one. */
  readonly openShell?: OpenShell;
  /** The set to which the run adds what must not be shown. Give one to mask other outputs too. */
  readonly secrets?: SecretSet;
  /** The run's UUID. Default: a random one. */
  readonly runId?: string;
  /** Milliseconds since 1970, for the times of events. Default: the clock. */
  readonly now?: () => number;
}

export type RequirePlugins = (
  required: readonly RequiredPlugin[],
  /** `templateFolder` is what `path.root` shows. */
  options: { readonly templateFolder: string; readonly signal: AbortSignal },
) => Promise<readonly Diagnostic[]>;

/** What came of a run. */
export interface RunResult {
  readonly outcome: RunVerdict;
  readonly succeeded: number;
  readonly failed: number;
}

/**
 * One run of the engine: load, plan, execute, in this order, each once; then dispose, which ends the stream of events and the
 * journal. `load` and `plan` reject with the signal's reason, and with an Error when a plugin that they need doesn't start.
 */
export class Run implements AsyncDisposable {
  readonly id: string;
  readonly #context: RunContext;
  readonly #options: RunOptions;
  readonly #startedAt = performance.now();
  readonly #sources = new Map<string, Uint8Array>();
  #hasBegun = false;

  constructor(options: RunOptions) {
    const { plugins, settings } = options;
    this.#options = options;
    this.id = options.runId ?? randomUUID();
    const secrets = options.secrets ?? new SecretSet();
    const now = options.now ?? Date.now;
    const stream = new EventStream({ runId: this.id, secrets, stateDirectory: options.stateDirectory, now });
    const ledger = new ResourceLedger(plugins, stream);
    const asker = new Asker(options.ask ?? (() => Promise.reject(new Error("no available tty"))), stream);
    const { openShell } = options;
    this.#context = { runId: this.id, plugins, settings, secrets, stream, ledger, asker, openShell };
  }

  /** Calls the listener with each event at once. Gives the function that ends this. */
  subscribe(listener: EventListener): () => void {
    return this.#context.stream.subscribe(listener);
  }

  /** All events from now on; ends when the run is disposed. */
  events(): AsyncIterable<RunEvent> {
    return this.#context.stream.events();
  }

  /** Says that the run is about to end early. Abort the signal of the running call after this. */
  reportCancel(reason: string): void {
    this.#context.stream.emit({ type: "cancel-requested", reason });
  }

  /** Says something about the template or the arguments that the engine does not find out itself. */
  report(phase: "load" | "plan", diagnostics: readonly Diagnostic[]): void {
    this.#begin();
    if (diagnostics.length === 0) return;
    this.#context.stream.emit({ type: "diagnostics", phase, diagnostics: limitDiagnostics(diagnostics) });
  }

  /** Reads the template without evaluating it, and reports what is wrong with it. */
  checkSyntax(options: LoadOptions): boolean {
    return this.#read(options) !== undefined;
  }

  /** Reads and evaluates the template, and reports what is wrong with it. Undefined: there are errors. */
  async load(options: LoadOptions, { signal }: { readonly signal: AbortSignal }): Promise<Template | undefined> {
    const read = this.#read(options);
    if (read === undefined) return undefined;
    if (!(await this.#requirePlugins(read, signal))) return undefined;
    this.#context.plugins.warmUp(read.parsed.components);
    const { value, diagnostics } = await evaluateForRun(this.#context, read, {
      ...options,
      signal: unlimitedSignal(signal),
    });
    if (value !== undefined) this.#context.secrets.add(value.secrets);
    this.report("load", diagnostics);
    return value;
  }

  /** The text of a file that the template is made of, by the name that diagnostics use. */
  source(filename: string): Uint8Array | undefined {
    return this.#sources.get(filename);
  }

  /** The plugins' data sources, for tools that evaluate a template themselves. */
  dataSources({ signal }: { readonly signal: AbortSignal }): DataSources {
    return dataSourceRunner(this.#context, { signal: unlimitedSignal(signal) });
  }

  /** Prepares the builds and reports what is wrong with them. */
  async plan(template: Template, { signal }: { readonly signal: AbortSignal }): Promise<Plan> {
    this.#begin();
    this.#context.secrets.add(template.secrets);
    const plan = await planBuilds(this.#context, template, { signal: unlimitedSignal(signal) });
    this.report("plan", plan.diagnostics);
    return plan;
  }

  /** Runs the builds. Never rejects: what goes wrong is in the result and the events. */
  async execute(plan: Plan, { signal }: { readonly signal: AbortSignal }): Promise<RunResult> {
    const outcomes = await runBuilds(this.#context, plan.builds, { signal: unlimitedSignal(signal) });
    const succeeded = outcomes.filter(({ status }) => status === "success").length;
    const failed = outcomes.length - succeeded;
    const outcome = signal.aborted ? "cancelled" : failed + plan.invalid > 0 ? "failed" : "success";
    return this.#finish({ outcome, succeeded, failed });
  }

  /** Ends a run without executing its plan: it only had to be looked at, or can't be run. */
  async finish(outcome: RunVerdict, plan?: Plan): Promise<void> {
    this.#begin();
    await Promise.all((plan?.builds ?? []).map(releaseInstances));
    this.#finish({ outcome, succeeded: 0, failed: 0 });
  }

  /** Ends the stream of events and closes the journal. Rejects when the journal could not be written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.stream[Symbol.asyncDispose]();
  }

  #read(options: LoadOptions): ReadTemplate | undefined {
    const { value, diagnostics } = readTemplate(options);
    for (const [name, { bytes }] of value.sources) this.#sources.set(name, bytes);
    // A message may quote what must not be shown, and data sources may print it.
    if (value.template !== undefined) this.#context.secrets.add(value.template.parsed.secrets);
    this.report("load", diagnostics);
    return value.template;
  }

  /** Tells whether all plugins that the template requires are there. */
  async #requirePlugins({ language, parsed }: ReadTemplate, signal: AbortSignal): Promise<boolean> {
    const { requirePlugins } = this.#options;
    if (requirePlugins === undefined) return true;
    const diagnostics =
      language === "json"
        ? await requirePlugins([], { templateFolder: ".", signal })
        : parsed.pluginDiagnostics.length > 0
          ? parsed.pluginDiagnostics
          : await requirePlugins(parsed.requiredPlugins, { templateFolder: parsed.rootFolder, signal });
    this.report("load", diagnostics);
    return !hasErrors(diagnostics);
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { command, productVersion, settings } = this.#options;
    const { workingDirectory } = settings;
    const version = EVENT_VERSION;
    this.#context.stream.emit({ type: "run-started", version, productVersion, command, workingDirectory });
  }

  #finish(result: RunResult): RunResult {
    const durationMs = elapsedMs(this.#startedAt);
    this.#context.stream.emit({ type: "run-finished", durationMs, ...result });
    return result;
  }
}
