import type { BuildDeclaration, Template } from "@ingot/template";
import type { Asker } from "./asker.js";
import type { EventStream } from "./event-stream.js";
import type { BuildFacts, Machine, PluginSet } from "./plugin-set.js";
import type { ResourceLedger } from "./resource-ledger.js";
import type { SecretSet } from "./secret-set.js";

export type OnError = "" | "cleanup" | "abort" | "ask" | "run-cleanup-provisioner";

/** What the user chose for a run. */
export interface RunSettings {
  /** Absolute: where the user runs the command. */
  readonly workingDirectory: string;
  /** Absolute: for files that later runs can use again. */
  readonly cacheDirectory: string;
  /** One build at a time, and a question before each provisioner. */
  readonly debug: boolean;
  readonly force: boolean;
  /** Empty: as "cleanup". */
  readonly onError: OnError;
  /** How many builds run at the same time. Below 1: all. */
  readonly parallelBuilds: number;
  /** Nothing will run: plugins get unknown values where data is not known yet. */
  readonly validateOnly: boolean;
  /** The first build that fails cancels the others. */
  readonly failFast?: boolean;
  /** Seconds since 1970, from SOURCE_DATE_EPOCH. */
  readonly sourceDateEpoch?: number;
}

/**
 * Connects the user's terminal with a shell on a machine until the shell ends. Rejects with an Error for people when there is no
 * terminal or no shell.
 */
export type OpenShell = (
  machine: Required<Pick<Machine, "exec">>,
  options: { readonly signal: AbortSignal },
) => Promise<void>;

/** What all parts of one run share. */
export interface RunContext {
  readonly runId: string;
  readonly plugins: PluginSet;
  readonly settings: RunSettings;
  readonly secrets: SecretSet;
  readonly stream: EventStream;
  readonly ledger: ResourceLedger;
  readonly asker: Asker;
  readonly openShell: OpenShell | undefined;
}

/** Whether a build that failed leaves everything as it is, for the user to look at. */
export function leavesThings({ onError }: RunSettings): boolean {
  return onError === "abort" || onError === "run-cleanup-provisioner";
}

/** The facts that every instance of a build gets. Data sources belong to no build: both names are empty. */
export function buildFacts(
  run: RunContext,
  build: Pick<BuildDeclaration, "sourceName" | "builderType"> &
    Pick<Template, "sensitiveVariables" | "userVariables" | "templatePath">,
): BuildFacts {
  const { settings } = run;
  const { userVariables, templatePath } = build;
  return {
    buildName: build.sourceName,
    builderType: build.builderType,
    debug: settings.debug,
    force: settings.force,
    onError: settings.onError,
    sensitiveVariables: build.sensitiveVariables,
    runId: run.runId,
    workingDirectory: settings.workingDirectory,
    cacheDirectory: settings.cacheDirectory,
    ...(userVariables && { userVariables }),
    ...(templatePath !== undefined && { templatePath }),
    ...(settings.sourceDateEpoch === undefined ? {} : { sourceDateEpoch: settings.sourceDateEpoch }),
  };
}
