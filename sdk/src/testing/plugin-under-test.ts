import type { Diagnostic } from "@ingot/diag";
import type { BuildContext, DescribeResponse } from "@ingot/protocol";
import type { ArtifactInfo, ArtifactResult } from "../artifact.js";
import type { Machine } from "../machine.js";
import type { RemoteMachine } from "../remote-machine.js";
import type { ResourceRecord } from "../resources.js";
import type { PlainValue } from "../value.js";
import type { PluginProcess } from "./plugin-process.js";
import type { SessionOptions, SessionOutcome } from "./session-driver.js";

/** The kinds of component by name. */
export type KindName = "builder" | "provisioner" | "post-processor" | "data-source" | "communicator";

/** A configuration as ordinary JavaScript. */
export type Config = Readonly<Record<string, unknown>>;

/** Options of every run. */
export interface RunOptions extends SessionOptions {
  /** Facts about the build that the component sees. */
  readonly build?: Partial<BuildContext>;
}

/** Options of a builder's run. */
export interface BuilderRunOptions extends RunOptions {
  /**
   * Stands for the provisioners: gets the machine and the builder's data. What it throws is reported to the builder as failed
   * provisioning.
   */
  readonly provision?: (
    machine: RemoteMachine,
    generatedData: Readonly<Record<string, PlainValue>>,
    more: { readonly checkpoint: () => Promise<PlainValue> },
  ) => void | Promise<void>;
  /** A checkpoint of an earlier run. */
  readonly resumeFrom?: unknown;
}

/** What `prepare` gave. */
export interface Prepared {
  readonly instanceId: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly generatedData: readonly string[];
}

/** A plugin that runs in a process of its own and is driven as a host drives it. */
export interface PluginUnderTest extends AsyncDisposable {
  readonly process: PluginProcess;
  /** The plugin's description. */
  describe(): Promise<DescribeResponse>;
  /** Prepares a component. With errors there is no instance. */
  prepare(
    kind: KindName,
    name: string,
    config: Config,
    options?: Pick<RunOptions, "build"> & { readonly validateOnly?: boolean },
  ): Promise<Prepared>;
  /** Prepares and runs a builder. Errors in the configuration are the outcome's diagnostics. */
  runBuilder(
    name: string,
    config: Config,
    options?: BuilderRunOptions,
  ): Promise<SessionOutcome & { readonly artifact: ArtifactInfo | undefined }>;
  /** Prepares a provisioner and runs it against a machine of the test, or one that `runBuilder` handed to its `provision`. */
  provision(
    name: string,
    config: Config,
    options: RunOptions & { readonly machine: Machine | RemoteMachine; readonly generatedData?: Config },
  ): Promise<SessionOutcome>;
  /** Prepares a post-processor and runs it on an artifact. */
  postProcess(
    name: string,
    config: Config,
    options: RunOptions & { readonly artifact: ArtifactResult },
  ): Promise<
    SessionOutcome & {
      readonly artifact: ArtifactInfo | undefined;
      readonly keepInput: boolean;
      readonly forceKeepInput: boolean;
    }
  >;
  /** Prepares and executes a data source. */
  execute(
    name: string,
    config: Config,
    options?: RunOptions,
  ): Promise<SessionOutcome & { readonly output: PlainValue }>;
  /** Prepares a communicator, connects, and closes the connection when `use` has ended. */
  connect(
    name: string,
    config: Config,
    options: RunOptions & { readonly target?: Config; readonly use: NonNullable<BuilderRunOptions["provision"]> },
  ): Promise<SessionOutcome>;
  /** Destroys an artifact that a component of the plugin made. */
  destroyArtifact(kind: KindName, name: string, artifact: ArtifactInfo): Promise<readonly Diagnostic[]>;
  /** Destroys a resource that a component of the plugin recorded. */
  destroyResource(kind: KindName, name: string, record: ResourceRecord): Promise<readonly Diagnostic[]>;
}
