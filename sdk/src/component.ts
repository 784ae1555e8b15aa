import type { ComponentKind } from "@ingot/protocol";
import type { Ui, ComponentContext, SessionContext } from "./context.js";
import type { ArtifactInfo, ArtifactResult } from "./artifact.js";
import type { Logger } from "./log.js";
import type { Machine } from "./machine.js";
import type { RemoteMachine } from "./remote-machine.js";
import type { ResourceRecord, Resources } from "./resources.js";
import type { CheckResult } from "./schema/decode-scope.js";
import type { AttributeField, ObjectSchema } from "./schema/field.js";
import type { PlainValue } from "./value.js";

/** What all components say about themselves. */
export interface ComponentOptions<C> {
  /** The name that templates use: lower-case letters, digits and single dashes. */
  readonly name: string;
  /** One sentence. */
  readonly summary?: string;
  /** Why it should not be used any more, and what to use instead. */
  readonly deprecated?: string;
  /**
   * False when strings of its configuration are never rendered: `{{ }}` in them means nothing. By default they are, once, as
   * Packer's plugins do; see also `interpolate` of an attribute.
   */
  readonly interpolate?: false;
  /** What its configuration may contain. */
  readonly config: ObjectSchema<C>;
  /**
   * Looks at a complete, decoded configuration before anything runs, in addition to the schema's checks. Has no side effects.
   * Skipped while values are unknown.
   */
  prepare?(context: ComponentContext<C>): PrepareResult | Promise<PrepareResult>;
}

/** What `prepare` gives: problems, and names of `build.NAME` data that this configuration adds. */
export type PrepareResult =
  CheckResult | { readonly problems?: CheckResult; readonly generatedData?: readonly string[] };

/** What `destroy` and `destroyArtifact` functions may use. */
export interface CleanupContext {
  readonly log: Logger;
  /** Shows lines while a session of this process runs; otherwise they go to the log. */
  readonly ui: Ui;
}

/** What `run` of a builder may use. */
export interface BuilderContext<C> extends SessionContext<C> {
  /** Records things outside this process, so that none is left behind. */
  readonly resources: Resources;
  /**
   * Runs a part of the work under a name that users see, such as "StepConnect". With -debug it pauses after the part and before its
   * clean-up; with -on-error=ask a part that fails may be tried again, so it must leave nothing behind then. `close` lets go of what
   * it opened in this process; it is called at the session's end, newest first, also when -on-error keeps what was made. Resources
   * of the part are destroyed after that.
   */
  readonly runStep: <T>(
    name: string,
    work: () => T | Promise<T>,
    close?: (value: T) => void | PromiseLike<void>,
  ) => Promise<T>;
  /**
   * Runs the template's provisioners against a machine and resolves when they are done. `generatedData` gives the values of
   * `build.NAME`. Throws ProvisioningFailed when a provisioner failed; let it pass, after clean-up. Once a run.
   */
  readonly provision: (
    machine: Machine,
    generatedData?: Readonly<Record<string, unknown>>,
    options?: ProvisionOptions,
  ) => Promise<void>;
  /**
   * Instead of `provision`, for a builder that has no connection of its own: has the host connect with a communicator
   * component, of any plugin, and run the provisioners.
   */
  readonly provisionThrough: (
    connector: { readonly name: string; readonly config: Readonly<Record<string, unknown>> },
    generatedData?: Readonly<Record<string, unknown>>,
    options?: ProvisionOptions,
  ) => Promise<void>;
  /** The checkpoint of an earlier run from which to go on. Undefined: from the beginning. */
  readonly resumeFrom: PlainValue | undefined;
}

/** Options of `provision`. */
export interface ProvisionOptions {
  /** Gives a value from which a later run can go on. Called while provisioners run, when the builder says `checkpoint: true`. */
  readonly checkpoint?: () => unknown;
}

/** A component that makes machines and artifacts. */
export interface BuilderOptions<C> extends ComponentOptions<C> {
  /** Names that `build.NAME` has in addition to the standard ones. */
  readonly generatedData?: readonly string[];
  /** True when it gives `checkpoint` to `provision`, and takes `resumeFrom`. */
  readonly checkpoint?: boolean;
  /** Makes the artifact; undefined when there is none. What it recorded and did not release is destroyed at its end. */
  run(context: BuilderContext<C>): Promise<ArtifactResult | undefined>;
  /** Removes things by the kind of their record: in this run, or in a later one that finds it. Already gone is no error. */
  readonly destroy?: Readonly<
    Record<string, (record: ResourceRecord, context: CleanupContext) => void | Promise<void>>
  >;
  /** Removes what an artifact stands for. Already gone is no error. */
  destroyArtifact?(artifact: ArtifactInfo, context: CleanupContext): void | Promise<void>;
}

/** What `provision` of a provisioner may use. */
export interface ProvisionerContext<C> extends SessionContext<C> {
  /** The machine to change. */
  readonly machine: RemoteMachine;
  /** The values of `build.NAME`. */
  readonly generatedData: Readonly<Record<string, PlainValue>>;
}

/** A component that changes machines. */
export interface ProvisionerOptions<C> extends ComponentOptions<C> {
  provision(context: ProvisionerContext<C>): void | Promise<void>;
}

/** What `postProcess` of a post-processor may use. */
export interface PostProcessorContext<C> extends SessionContext<C> {
  /** The artifact to work on. */
  readonly artifact: ArtifactInfo;
  /** Records things outside this process, so that none is left behind. */
  readonly resources: Resources;
}

/** What a post-processor gives. */
export interface PostProcessResult {
  /** The new artifact, or the one that came in when it only looked at it. Undefined: the chain ends here. */
  readonly artifact?: ArtifactResult | ArtifactInfo | undefined;
  /** True when the artifact that came in should be kept unless the user says otherwise. Default false. */
  readonly keepInput?: boolean;
  /** True when the user must not override `keepInput`, because the new artifact contains the old one. Default false. */
  readonly forceKeepInput?: boolean;
}

/** A component that makes an artifact from an artifact. */
export interface PostProcessorOptions<C> extends ComponentOptions<C> {
  postProcess(context: PostProcessorContext<C>): Promise<PostProcessResult | undefined>;
  /** Removes things by the kind of their record. Already gone is no error. */
  readonly destroy?: Readonly<
    Record<string, (record: ResourceRecord, context: CleanupContext) => void | Promise<void>>
  >;
  /** Removes what an artifact of this post-processor stands for. Already gone is no error. */
  destroyArtifact?(artifact: ArtifactInfo, context: CleanupContext): void | Promise<void>;
}

/** A component that looks something up while the template is evaluated. */
export interface DataSourceOptions<C, O> extends ComponentOptions<C> {
  /** What it gives. */
  readonly output: ObjectSchema<O>;
  execute(context: SessionContext<C>): O | Promise<O>;
}

/** What `connect` of a communicator may use. */
export interface ConnectorContext<C> extends SessionContext<C> {
  /** What the builder knows about the machine: Host, Port, User and so on. */
  readonly target: Readonly<Record<string, PlainValue>>;
  /** Serves the machine until the host closes the connection, then resolves. Once a session. */
  readonly serve: (machine: Machine, generatedData?: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** A component that connects to machines of builders that have no connection of their own. */
export interface CommunicatorOptions<C> extends ComponentOptions<C> {
  /** Names that `build.NAME` has in addition to the standard ones. */
  readonly generatedData?: readonly string[];
  /** Connects, calls `serve`, and disconnects when that resolves. */
  connect(context: ConnectorContext<C>): Promise<void>;
}

/** The functions of a component, with the configuration's type forgotten. Made by `builder` and its siblings. */
export interface Component {
  readonly kind: Exclude<ComponentKind, 0 | -1>;
  readonly name: string;
  readonly summary: string;
  readonly deprecated: string;
  readonly interpolate: boolean;
  readonly config: AttributeField<unknown> & { readonly fields: ObjectSchema<unknown>["fields"] };
  readonly output?: ObjectSchema<unknown>;
  readonly generatedData: readonly string[];
  readonly capabilities: readonly string[];
  readonly prepare?: (context: ComponentContext<unknown>) => PrepareResult | Promise<PrepareResult>;
  readonly run?: (context: BuilderContext<unknown>) => Promise<ArtifactResult | undefined>;
  readonly provision?: (context: ProvisionerContext<unknown>) => void | Promise<void>;
  readonly postProcess?: (context: PostProcessorContext<unknown>) => Promise<PostProcessResult | undefined>;
  readonly execute?: (context: SessionContext<unknown>) => unknown;
  readonly connect?: (context: ConnectorContext<unknown>) => Promise<void>;
  readonly destroy: Readonly<Record<string, (record: ResourceRecord, context: CleanupContext) => void | Promise<void>>>;
  readonly destroyArtifact?: (artifact: ArtifactInfo, context: CleanupContext) => void | Promise<void>;
}
