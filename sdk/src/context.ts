import type { Logger } from "./log.js";

/** Facts about the run and build that a component works for. */
export interface BuildInfo {
  /** The source's name: the second label of its block. Empty for data sources. */
  readonly name: string;
  /** The builder's component name. Empty for data sources. */
  readonly builderType: string;
  /** The host's version. */
  readonly hostVersion: string;
  /** True with -debug. */
  readonly debug: boolean;
  /** True with -force: replace what exists. */
  readonly force: boolean;
  /** The value of -on-error, or empty. */
  readonly onError: string;
  /** Names of the template's sensitive variables. */
  readonly sensitiveVariables: readonly string[];
  /** User variables of a legacy JSON template. */
  readonly userVariables: Readonly<Record<string, string>>;
  /** The absolute path of a legacy JSON template, or empty. */
  readonly templatePath: string;
  /** The run's UUID. */
  readonly runId: string;
  /** The directory, absolute, that relative paths in the configuration are relative to. */
  readonly workingDirectory: string;
  /** A directory, absolute, for files that later runs can use again. Make it when you need it. */
  readonly cacheDirectory: string;
  /** Seconds since 1970 for all times in reproducible results. Undefined: the current time. */
  readonly sourceDateEpoch: number | undefined;
}

/** What `prepare` may use. */
export interface ComponentContext<C> {
  /** The decoded configuration. */
  readonly config: C;
  /** Facts about the run and build. */
  readonly build: BuildInfo;
  readonly log: Logger;
}

/** Lines for the user. The host adds the build's name and splits lines. */
export interface Ui {
  /** Shows ordinary output. May be handed on as it is, as in `stdout: ui.say`. */
  readonly say: (text: string) => void;
  /** Shows an error, or what a command wrote to its standard error. */
  readonly error: (text: string) => void;
}

/** Reports where one piece of long work stands. */
export interface ProgressReporter {
  /** Sets how much is done, in units. Call it as often as you like; the host hears of it a few times a second. */
  update(done: number): void;
  /** Ends the report. */
  finish(): void;
}

/** What every session may use. */
export interface SessionContext<C> extends ComponentContext<C> {
  readonly ui: Ui;
  /** Aborts when the host cancels or is gone. Pass it on; clean-up goes on regardless. */
  readonly signal: AbortSignal;
  /** Starts a progress report. `total` is 0 while not known; the unit "bytes" is shown as KiB, MiB and so on. */
  readonly progress: (label: string, options?: { readonly total?: number; readonly unit?: string }) => ProgressReporter;
  /** Asks the user. Rejects when the question cannot be asked, or on abort. */
  readonly ask: (question: string) => Promise<string>;
  /** Shows a warning with the summary of the run. */
  readonly warn: (warning: {
    readonly summary: string;
    readonly detail?: string;
    readonly path?: readonly (string | number)[];
  }) => void;
  /** Names values that must not be shown in any output from now on. Those of sensitive options are known already. */
  readonly secrets: (values: readonly string[]) => void;
  /** The ids of the run, build and step; those of build and step are the same in the next run. */
  readonly step: { readonly runId: string; readonly buildId: string; readonly stepId: string };
}
