import type { Diagnostic } from "@ingot/diag";
import type { Value } from "@ingot/hcl";
import type { Artifact, CallOptions, ResourceRecord } from "./component.js";
import type { PluginLogLevel } from "./log-sink.js";

/*
 * Configured instances of components and their sessions, in the shapes that the engine asks for (`PluginSet` there). The
 * packages don't know each other; the command line joins them.
 */

/** The identity of a step: the same in each run of the same template, except `runId`. */
export interface StepContext {
  readonly runId: string;
  readonly buildId: string;
  readonly stepId: string;
}

/** What a session of any kind can say while it runs. The host awaits what returns a promise. */
export interface SessionHandlers {
  ui(level: "say" | "error", text: string): void;
  log(record: LogRecord): void;
  progress(progress: Progress): void;
  /** Asks the user. Rejects when that is not possible ("no available tty", "interrupted"). */
  ask(question: string, options: CallOptions): Promise<string>;
  /** Resolves when the record is in the journal; only then does the plugin go on. */
  resource(record: ResourceRecord): Promise<void>;
  warning(diagnostic: Diagnostic): void;
  /** Values that must not be shown from now on. */
  secrets(values: readonly string[]): void;
}

export interface LogRecord {
  readonly level: PluginLogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

export interface Progress {
  readonly id: string;
  readonly label: string;
  readonly done: number;
  /** Absent: not known. */
  readonly total?: number;
  /** "bytes", or empty for plain numbers. */
  readonly unit: string;
  readonly finished: boolean;
}

/** How a session ended. At least one error among the diagnostics: it failed. */
export interface SessionResult {
  readonly diagnostics: readonly Diagnostic[];
  /** True when it ended early because the signal was aborted. */
  readonly cancelled: boolean;
}

export interface Instance {
  /** Forgets the instance in its plugin. Safe to call twice, never rejects. */
  release(): Promise<void>;
}

export interface BuilderInstance extends Instance {
  /** Names of `build.NAME` data that this configuration adds to those of the description. */
  readonly generatedData: readonly string[];
  /**
   * Runs the build. An aborted signal becomes a cancel message; the promise settles when the plugin has cleaned up. Calls
   * `provision` at most once, when the machine is ready; what it gives goes to the builder as the outcome of provisioning.
   */
  run(request: BuilderRun, handlers: BuilderHandlers, options: CallOptions): Promise<BuilderResult>;
}

export interface BuilderRun {
  readonly step: StepContext;
  readonly resumeFrom?: Value;
}

export interface BuilderHandlers extends SessionHandlers {
  provision(machine: Machine): Promise<Provisioned>;
}

/** How provisioning ended. At least one error among the diagnostics: it failed. */
export interface Provisioned {
  readonly diagnostics: readonly Diagnostic[];
  /** The user wants to look at the machine: the builder must not clean up. */
  readonly keepResources?: boolean;
}

export interface BuilderResult extends SessionResult {
  readonly artifact?: Artifact;
}

/** A machine that is ready for provisioners. Opaque except for its data; it lives until `provision` settles. */
export interface Machine {
  /** The kind of connection, such as "oci" or "none". */
  readonly connectionType: string;
  /** The values of `build.NAME`. */
  readonly generatedData: ReadonlyMap<string, Value>;
  /** Runs a command on the machine; absent for a machine that no command can reach. Rejects with an Error for people. */
  readonly exec?: (request: MachineCommand, options: CallOptions) => Promise<{ readonly exitCode: number }>;
}

/** The size of a terminal in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command for a machine's shell, and where its streams go. */
export interface MachineCommand {
  readonly command: string;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly stdout: (chunk: Uint8Array) => void;
  readonly stderr: (chunk: Uint8Array) => void;
  /** Present: run it in a terminal of this size, where the machine can. */
  readonly terminal?: TerminalSize & { readonly onResize?: (listener: (size: TerminalSize) => void) => void };
}

export interface ProvisionerInstance extends Instance {
  /** Runs the provisioner against a machine of this host. Cancellation as in BuilderInstance.run. */
  provision(request: ProvisionerRun, handlers: SessionHandlers, options: CallOptions): Promise<SessionResult>;
}

export interface ProvisionerRun {
  readonly step: StepContext;
  readonly machine: Machine;
  /** The values of `build.NAME`. Absent: what the builder said of the machine, without what the host adds. */
  readonly buildData?: ReadonlyMap<string, Value>;
}

export interface PostProcessorInstance extends Instance {
  postProcess(request: PostProcessorRun, handlers: SessionHandlers, options: CallOptions): Promise<PostProcessorResult>;
}

export interface PostProcessorRun {
  readonly step: StepContext;
  readonly artifact: Artifact;
}

export interface PostProcessorResult extends SessionResult {
  readonly artifact?: Artifact;
  readonly keepInput: boolean;
  /** True when `keepInput` must not be overridden by the user. */
  readonly forceKeepInput: boolean;
}

export interface DataSourceInstance extends Instance {
  execute(request: DataSourceRun, handlers: SessionHandlers, options: CallOptions): Promise<DataSourceResult>;
}

export interface DataSourceRun {
  readonly step: StepContext;
}

export interface DataSourceResult extends SessionResult {
  readonly output?: Value;
}
