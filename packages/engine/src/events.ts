import type { Diagnostic } from "@ingot/diag";
import type { ComponentKind, LogRecord, Progress, ResourceRecord } from "./plugin-set.js";

/** The version of the event stream. Additions keep it; it grows when a reader of the old form would misunderstand the new one. */
export const EVENT_VERSION = 1;

/**
 * One transition of a run. `docs/events.md` describes each type; event-schema.ts is the same as a JSON schema. All text in an event
 * is masked already.
 */
export type RunEvent = EventBody & EventHead;

/** What all events have. */
export interface EventHead {
  /** Counts from 1, without gaps in the stream of one run. */
  readonly seq: number;
  /** UTC, with milliseconds. */
  readonly time: string;
  /** The run's UUID, new in each run. */
  readonly run: string;
}

/** The part of an event that its reporter fills in. */
export type EventBody =
  | RunStarted
  | RunFinished
  | CancelRequested
  | DiagnosticsReported
  | BuildPlanned
  | BuildStarted
  | BuildFinished
  | BuildFailed
  | StepStarted
  | StepFinished
  | StepPausing
  | StepTimeoutSet
  | StepTimedOut
  | StepRetrying
  | StepRetriesExhausted
  | StepErrorIgnored
  | MachineReady
  | ProvisioningFailed
  | ProvisioningAborted
  | ProvisioningStopped
  | ShellOpened
  | ShellClosed
  | UiText
  | PluginLog
  | ProgressReported
  | QuestionAsked
  | QuestionAnswered
  | ResourceRecorded
  | ResourceCleanupStarted
  | ResourceCleanupFailed
  | ArtifactDestroyed;

export type EventType = EventBody["type"];

export type Outcome = "success" | "failed" | "cancelled";

/** Belongs to one build: `build` is its identity, the same in each run of the same template. */
interface OfBuild {
  readonly build: string;
}

/** Belongs to one step of a build. Data sources are steps without a build. */
interface OfStep {
  readonly build?: string;
  readonly step: string;
}

export interface RunStarted {
  readonly type: "run-started";
  readonly version: typeof EVENT_VERSION;
  readonly productVersion: string;
  readonly command: string;
  readonly workingDirectory: string;
}

export interface RunFinished {
  readonly type: "run-finished";
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** How many builds ended how. Builds that never started count nowhere. */
  readonly succeeded: number;
  readonly failed: number;
}

/** Someone wants the run to end early. Running builds clean up, no other build starts. */
export interface CancelRequested {
  readonly type: "cancel-requested";
  /** "interrupt", "terminated", "hangup": a signal; "timeout": the run's time is over; "fail-fast": another build failed. */
  readonly reason: string;
}

export interface DiagnosticsReported {
  readonly type: "diagnostics";
  readonly phase: "load" | "plan" | "run";
  readonly build?: string;
  readonly step?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** A build is ready to run, or, with `valid` false, could not be prepared and will not run. */
export interface BuildPlanned extends OfBuild {
  readonly type: "build-planned";
  readonly name: string;
  readonly sourceName: string;
  readonly builderType: string;
  /** Its place among the selected builds, from 0. */
  readonly index: number;
  readonly valid: boolean;
  readonly steps: readonly PlannedStep[];
}

export type StepKind = ComponentKind | "error-cleanup-provisioner";

export interface PlannedStep {
  readonly step: string;
  readonly kind: StepKind;
  readonly component: string;
  /** The block's `name` argument; empty without one. */
  readonly name: string;
}

export interface BuildStarted extends OfBuild {
  readonly type: "build-started";
  readonly name: string;
}

export interface BuildFinished extends OfBuild {
  readonly type: "build-finished";
  readonly name: string;
  readonly durationMs: number;
  /** Null when the builder made nothing; post-processors may have left an empty list. */
  readonly artifacts: readonly ArtifactSummary[] | null;
}

export interface ArtifactSummary {
  readonly builderId: string;
  readonly id: string;
  readonly description: string;
  readonly files: readonly string[];
}

export interface BuildFailed extends OfBuild {
  readonly type: "build-failed";
  readonly name: string;
  readonly durationMs: number;
  readonly error: string;
  readonly cancelled: boolean;
  /** False when the build was cancelled while it waited for its turn. */
  readonly started: boolean;
}

/** Written before the component is called. A step that is tried again starts again with a higher `attempt`. */
export interface StepStarted extends OfStep {
  readonly type: "step-started";
  readonly kind: StepKind;
  readonly component: string;
  readonly name: string;
  /** From 1. */
  readonly attempt: number;
}

export interface StepFinished extends OfStep {
  readonly type: "step-finished";
  readonly kind: StepKind;
  readonly component: string;
  readonly attempt: number;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly error?: string;
}

/** `pause_before`: the step's next attempt starts after this time. */
export interface StepPausing extends OfStep {
  readonly type: "step-pausing";
  readonly pauseMs: number;
}

export interface StepTimeoutSet extends OfStep {
  readonly type: "step-timeout-set";
  readonly timeoutMs: number;
}

export interface StepTimedOut extends OfStep {
  readonly type: "step-timed-out";
  readonly timeoutMs: number;
}

export interface StepRetrying extends OfStep {
  readonly type: "step-retrying";
  readonly error: string;
  readonly triesLeft: number;
}

export interface StepRetriesExhausted extends OfStep {
  readonly type: "step-retries-exhausted";
}

/** `continue_on_error`: the step failed, the build goes on. */
export interface StepErrorIgnored extends OfStep {
  readonly type: "step-error-ignored";
  readonly error: string;
}

/** The builder's machine can be provisioned. */
export interface MachineReady extends OfBuild {
  readonly type: "machine-ready";
  readonly step: string;
  readonly connectionType: string;
}

/** A provisioner failed; the error-cleanup-provisioner, if there is one, runs next. */
export interface ProvisioningFailed extends OfBuild {
  readonly type: "provisioning-failed";
  readonly error: string;
}

/** A provisioner failed, and nothing is cleaned up because of -on-error. */
export interface ProvisioningAborted extends OfBuild {
  readonly type: "provisioning-aborted";
  /** Empty when the build was cancelled. */
  readonly error: string;
  /** The build was cancelled; there was no error before. */
  readonly interrupted?: boolean;
}

/** A provisioner failed, and the user is asked what to do (-on-error=ask). */
export interface ProvisioningStopped extends OfBuild {
  readonly type: "provisioning-stopped";
  readonly error: string;
}

/** The user works on the machine, at the terminal (-on-error=ask). */
export interface ShellOpened extends OfBuild {
  readonly type: "shell-opened";
}

export interface ShellClosed extends OfBuild {
  readonly type: "shell-closed";
  /** Why there was no shell. */
  readonly error?: string;
}

/** Text for people. May have several lines. */
export interface UiText extends OfStep {
  readonly type: "ui";
  readonly level: "say" | "error";
  readonly text: string;
}

/** A line for the log. Not in the journal unless it is a warning or an error. */
export interface PluginLog extends OfStep {
  readonly type: "log";
  readonly level: LogRecord["level"];
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** How far a long piece of work is. Not in the journal. */
export interface ProgressReported extends OfStep {
  readonly type: "progress";
  readonly progress: Progress;
}

export interface QuestionAsked extends OfStep {
  readonly type: "question";
  readonly text: string;
}

export interface QuestionAnswered extends OfStep {
  readonly type: "question-answered";
  /** Why there was no answer. The answer itself is in no event: it may be a password. */
  readonly error?: string;
}

/** A thing outside the process: about to be made, made, or gone. */
export interface ResourceRecorded extends OfStep {
  readonly type: "resource";
  readonly resource: ResourceRecord;
}

/** The step's plugin is gone; the engine removes what it left. */
export interface ResourceCleanupStarted extends OfStep {
  readonly type: "resource-cleanup-started";
  readonly recordId: string;
  readonly kind: string;
  readonly id: string;
}

export interface ResourceCleanupFailed extends OfStep {
  readonly type: "resource-cleanup-failed";
  readonly recordId: string;
  readonly kind: string;
  readonly id: string;
  readonly error: string;
}

/** An artifact that nobody wanted to keep is about to be removed. */
export interface ArtifactDestroyed extends OfBuild {
  readonly type: "artifact-destroyed";
  readonly builderId: string;
  readonly id: string;
}
