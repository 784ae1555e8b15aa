import type { Diagnostic, Outcome } from "@ingot/diag";
import type { BodySchema, Value } from "@ingot/hcl";

/**
 * What the engine needs of plugins. The engine knows nothing of processes and gRPC: `@ingot/host` implements these interfaces and
 * takes nothing else from here; the command line joins the two. Methods that reject do so with an Error for people ("the plugin
 * ... exited with status 2 ..."); what a plugin says about the user's configuration or its work comes back as diagnostics with an
 * attribute path.
 */
export interface PluginSet {
  /**
   * Finds the plugin that offers a component and gives the component's description; `undefined` when no plugin offers it.
   * Rejects when the plugin that should offer it doesn't start.
   */
  describe(component: ComponentRef, options: CallOptions): Promise<ComponentDescription | undefined>;
  /** The names of all components of one kind that the plugins found so far offer, sorted; for "did you mean". */
  componentNames(kind: ComponentKind, options: CallOptions): Promise<readonly string[]>;
  /** Starts the plugins that offer these components, so that they are ready when they are needed. Failures show up later. */
  warmUp(components: readonly ComponentRef[]): void;
  /** Makes a configured instance. `value` is undefined exactly when there are errors. */
  prepareBuilder(request: PrepareRequest, options: CallOptions): Promise<Outcome<BuilderInstance | undefined>>;
  prepareProvisioner(request: PrepareRequest, options: CallOptions): Promise<Outcome<ProvisionerInstance | undefined>>;
  preparePostProcessor(
    request: PrepareRequest,
    options: CallOptions,
  ): Promise<Outcome<PostProcessorInstance | undefined>>;
  prepareDataSource(request: PrepareRequest, options: CallOptions): Promise<Outcome<DataSourceInstance | undefined>>;
  /** Removes what an artifact stands for. */
  destroyArtifact(artifact: Artifact, options: CallOptions): Promise<readonly Diagnostic[]>;
  /** Removes a resource that a session left behind. */
  destroyResource(resource: ResourceRecord, options: CallOptions): Promise<readonly Diagnostic[]>;
}

export interface CallOptions {
  readonly signal: AbortSignal;
}

export type ComponentKind = "builder" | "provisioner" | "post-processor" | "data-source" | "communicator";

export interface ComponentRef {
  readonly kind: ComponentKind;
  /** The name that templates use, such as "oci" or "shell-local". */
  readonly name: string;
}

export interface ComponentDescription extends ComponentRef {
  /** The plugin's name and version, for messages. */
  readonly plugin: string;
  readonly pluginVersion: string;
  readonly summary: string;
  readonly config: BodySchema;
  /** Data sources: what they give. */
  readonly output?: BodySchema;
  /** Builders and communicators: names that `build.NAME` has in addition to the standard ones. */
  readonly generatedData: readonly string[];
  readonly deprecated?: string;
}

export interface PrepareRequest {
  readonly component: ComponentRef;
  /** An object with all attributes and blocks of the schema, absent ones as null. */
  readonly config: Value;
  readonly build: BuildFacts;
  /** True when the instance will never run. Only then may `config` contain unknown values. */
  readonly validateOnly: boolean;
}

/** Facts about the run and the build that every instance gets. */
export interface BuildFacts {
  /** The source's name: the second label of its block. Empty for data sources. */
  readonly buildName: string;
  readonly builderType: string;
  readonly debug: boolean;
  readonly force: boolean;
  readonly onError: string;
  readonly sensitiveVariables: readonly string[];
  readonly runId: string;
  /** Absolute: where the user runs the command. */
  readonly workingDirectory: string;
  /** Absolute: for files that later runs can use again. */
  readonly cacheDirectory: string;
  /** Seconds since 1970 (SOURCE_DATE_EPOCH). Absent: the current time. */
  readonly sourceDateEpoch?: number;
  /** The variables of a legacy JSON template. */
  readonly userVariables?: ReadonlyMap<string, string>;
  /** The absolute path of a legacy JSON template. */
  readonly templatePath?: string;
}

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
  readonly level: "trace" | "debug" | "info" | "warn" | "error";
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

/** Something outside the process that must not be left behind. */
export interface ResourceRecord {
  readonly recordId: string;
  readonly kind: string;
  readonly id: string;
  readonly locator: Readonly<Record<string, string>>;
  readonly state: "planned" | "created" | "released";
  readonly component: ComponentRef;
}

/** How a session ended. At least one error among the diagnostics: it failed. */
export interface SessionResult {
  readonly diagnostics: readonly Diagnostic[];
  /** True when it ended early because the signal was aborted. */
  readonly cancelled: boolean;
}

interface Instance {
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
  /** Runs the provisioner against a machine of the same plugin set. Cancellation as in BuilderInstance.run. */
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

/** What a builder or post-processor made, as data. */
export interface Artifact {
  readonly builderId: string;
  readonly id: string;
  readonly files: readonly string[];
  readonly description: string;
  /** Bytes appear as an object with the one attribute `$bytes`: base64 text. */
  readonly state: ReadonlyMap<string, Value>;
  /** The data that `build.NAME` gives to post-processors of this artifact. */
  readonly generatedData: ReadonlyMap<string, Value>;
  readonly component: ComponentRef;
}
