import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, type Diagnostic } from "@ingot/diag";
import {
  BuilderServiceService,
  CommunicatorServiceService,
  type CommunicatorRef,
  ConnectorServiceService,
  ComponentKind,
  DataSourceServiceService,
  PluginServiceService,
  PostProcessorServiceService,
  ProvisionerServiceService,
  unary,
  type Artifact,
  type BuildContext,
  type ComponentDescription,
  type ConnectRequest,
  type ConnectResponse,
  type DescribeResponse,
  type ExecuteRequest,
  type ExecuteResponse,
  type ExecuteResult,
  type MachineReady,
  type PostProcessRequest,
  type PostProcessResponse,
  type PostProcessResult,
  type ProvisionRequest,
  type ProvisionResponse,
  type RunRequest,
  type RunResponse,
  type RunResult,
  type SessionResult,
} from "@ingot/protocol";
import { fromWireArtifact, toWireArtifact, type ArtifactInfo, type ArtifactResult } from "../artifact.js";
import { fromWireDiagnostic, toWireDiagnostic } from "../diagnostic-wire.js";
import { DiagnosticError, diagnosticsOf } from "../errors.js";
import { connectMachine } from "../machine-client.js";
import type { Machine } from "../machine.js";
import type { RemoteMachine } from "../remote-machine.js";
import type { ResourceRecord } from "../resources.js";
import { fromEntries, fromValue, toEntries, toValue, type PlainValue } from "../value.js";
import { toConfigValue } from "./config-value.js";
import type {
  BuilderRunOptions,
  Config,
  KindName,
  PluginUnderTest,
  Prepared,
  RunOptions,
} from "./plugin-under-test.js";
import { startPluginProcess, type PluginProcess, type StartOptions } from "./plugin-process.js";
import { serveMachine } from "./served-machine.js";
import { driveSession, type SessionOutcome } from "./session-driver.js";

const KINDS = {
  builder: ComponentKind.BUILDER,
  provisioner: ComponentKind.PROVISIONER,
  "post-processor": ComponentKind.POST_PROCESSOR,
  "data-source": ComponentKind.DATA_SOURCE,
  communicator: ComponentKind.COMMUNICATOR,
} as const;

/** Starts a plugin's file for real, as a host does. Dispose what it gives. */
export async function startPlugin(file: string | URL, options: StartOptions = {}): Promise<PluginUnderTest> {
  return new DrivenPlugin(await startPluginProcess(file, options));
}

const EMPTY_OUTCOME = { cancelled: false, ui: [], log: [], warnings: [], secrets: [], progress: [], resources: [] };
const SERVED_CASES = { $case: "command" } as const;

class DrivenPlugin implements PluginUnderTest {
  readonly process: PluginProcess;
  /** Of the machines that builders gave to tests. */
  readonly #references = new WeakMap<object, CommunicatorRef>();
  #description: Promise<DescribeResponse> | undefined;

  constructor(process: PluginProcess) {
    this.process = process;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]() as Promise<void>;
  }

  describe(): Promise<DescribeResponse> {
    const request = { hostVersion: "0.0.0-test", capabilities: [] };
    this.#description ??= unary(this.process.client, PluginServiceService.describe, request);
    return this.#description;
  }

  async prepare(
    kind: KindName,
    name: string,
    config: Config,
    options: Pick<RunOptions, "build"> & { readonly validateOnly?: boolean } = {},
  ): Promise<Prepared> {
    const component = await this.#component(kind, name);
    const instanceId = randomUUID();
    const response = await unary(this.process.client, PluginServiceService.prepare, {
      instanceId,
      component: { kind: KINDS[kind], name },
      config: toConfigValue(component.config ?? { attributes: {}, blocks: {} }, config),
      build: { ...DEFAULT_BUILD, builderType: name, ...options.build },
      validateOnly: options.validateOnly ?? false,
    });
    return {
      instanceId,
      diagnostics: response.diagnostics.map(fromWireDiagnostic),
      generatedData: response.generatedData,
    };
  }

  async runBuilder(name: string, config: Config, options: BuilderRunOptions = {}) {
    const { instanceId, diagnostics } = await this.prepare("builder", name, config, options);
    if (hasError(diagnostics)) return { ...EMPTY_OUTCOME, diagnostics, artifact: undefined };
    const waiting = new Map<string, (value: PlainValue | Error) => void>();
    const { outcome, result } = await driveSession<RunRequest, RunResponse>(
      this.process.client,
      BuilderServiceService.run,
      {
        ...options,
        start: {
          message: {
            $case: "start",
            value: {
              instanceId,
              step: STEP,
              resumeFrom: options.resumeFrom === undefined ? undefined : toValue(options.resumeFrom),
            },
          },
        },
        command: (value) => ({ message: { ...SERVED_CASES, value } }),
        resultOf: (value) => (value as RunResult | undefined)?.result,
        onMessage: (message, send) => {
          if (message.$case === "checkpoint") {
            const {
              id,
              checkpoint,
              diagnostics: problems,
            } = message.value as Extract<NonNullable<RunResponse["message"]>, { $case: "checkpoint" }>["value"];
            const errors = problems.map(fromWireDiagnostic);
            waiting.get(id)?.(errors.length > 0 ? new DiagnosticError(errors) : fromValue(checkpoint));
            return;
          }
          const checkpoint = (): Promise<PlainValue> =>
            new Promise((resolve, reject) => {
              const id = randomUUID();
              waiting.set(id, (value) => (value instanceof Error ? reject(value) : resolve(value)));
              void send({ message: { $case: "checkpoint", value: { id } } }); // the answer is what we wait for
            });
          void this.#provisionFor(message.value as MachineReady, checkpoint, options).then((failures) =>
            send({
              message: {
                $case: "provisionDone",
                value: { diagnostics: failures.map(toWireDiagnostic), keepResources: false },
              },
            }),
          );
        },
      },
    );
    const made = (result as RunResult).artifact;
    return { ...outcome, artifact: made === undefined ? undefined : fromWireArtifact(made) };
  }

  async provision(
    name: string,
    config: Config,
    options: RunOptions & { readonly machine: Machine | RemoteMachine; readonly generatedData?: Config },
  ): Promise<SessionOutcome> {
    const { instanceId, diagnostics } = await this.prepare("provisioner", name, config, options);
    if (hasError(diagnostics)) return { ...EMPTY_OUTCOME, diagnostics };
    const known = this.#references.get(options.machine);
    const served = known === undefined ? await serveMachine(options.machine as Machine) : undefined; // the test's own
    try {
      const generatedData = { values: toEntries(options.generatedData) };
      const start = { instanceId, step: STEP, communicator: known ?? served?.ref, generatedData };
      const { outcome } = await driveSession<ProvisionRequest, ProvisionResponse>(
        this.process.client,
        ProvisionerServiceService.provision,
        {
          ...options,
          start: { message: { $case: "start", value: start } },
          command: (value) => ({ message: { ...SERVED_CASES, value } }),
          resultOf: (value) => value as SessionResult | undefined,
        },
      );
      return outcome;
    } finally {
      await served?.[Symbol.asyncDispose]();
    }
  }

  async postProcess(name: string, config: Config, options: RunOptions & { readonly artifact: ArtifactResult }) {
    const { instanceId, diagnostics } = await this.prepare("post-processor", name, config, options);
    const none = { artifact: undefined, keepInput: false, forceKeepInput: false };
    if (hasError(diagnostics)) return { ...EMPTY_OUTCOME, diagnostics, ...none };
    const artifact = toWireArtifact(options.artifact, { builderId: "test" });
    const { outcome, result } = await driveSession<PostProcessRequest, PostProcessResponse>(
      this.process.client,
      PostProcessorServiceService.postProcess,
      {
        ...options,
        start: { message: { $case: "start", value: { instanceId, step: STEP, artifact } } },
        command: (value) => ({ message: { ...SERVED_CASES, value } }),
        resultOf: (value) => (value as PostProcessResult | undefined)?.result,
      },
    );
    const { artifact: made, keepInput, forceKeepInput } = result as PostProcessResult;
    return { ...outcome, artifact: made === undefined ? undefined : fromWireArtifact(made), keepInput, forceKeepInput };
  }

  async execute(name: string, config: Config, options: RunOptions = {}) {
    const { instanceId, diagnostics } = await this.prepare("data-source", name, config, options);
    if (hasError(diagnostics)) return { ...EMPTY_OUTCOME, diagnostics, output: undefined };
    const { outcome, result } = await driveSession<ExecuteRequest, ExecuteResponse>(
      this.process.client,
      DataSourceServiceService.execute,
      {
        ...options,
        start: { message: { $case: "start", value: { instanceId, step: STEP } } },
        command: (value) => ({ message: { ...SERVED_CASES, value } }),
        resultOf: (value) => (value as ExecuteResult | undefined)?.result,
      },
    );
    const { output } = result as ExecuteResult;
    return { ...outcome, output: output === undefined ? undefined : fromValue(output) };
  }

  async connect(
    name: string,
    config: Config,
    options: RunOptions & { readonly target?: Config; readonly use: NonNullable<BuilderRunOptions["provision"]> },
  ): Promise<SessionOutcome> {
    const { instanceId, diagnostics } = await this.prepare("communicator", name, config, options);
    if (hasError(diagnostics)) return { ...EMPTY_OUTCOME, diagnostics };
    const machine = { values: toEntries(options.target) };
    const none = (): Promise<PlainValue> => Promise.reject(new Error("communicators make no checkpoints"));
    const { outcome } = await driveSession<ConnectRequest, ConnectResponse>(
      this.process.client,
      ConnectorServiceService.connect,
      {
        ...options,
        start: { message: { $case: "start", value: { instanceId, step: STEP, machine } } },
        command: (value) => ({ message: { ...SERVED_CASES, value } }),
        resultOf: (value) => value as SessionResult | undefined,
        onMessage: (message, send) => {
          const used = this.#provisionFor(message.value as MachineReady, none, { ...options, provision: options.use });
          const command = { $case: "cancel", value: { reason: "done", graceMs: 0n } } as const;
          void used.then(() => send({ message: { ...SERVED_CASES, value: { command } } })); // closes the connection
        },
      },
    );
    return outcome;
  }

  async destroyArtifact(kind: KindName, name: string, artifact: ArtifactInfo): Promise<readonly Diagnostic[]> {
    const wire: Artifact = { ...toWireArtifact(artifact, { builderId: "" }), component: { kind: KINDS[kind], name } };
    const { diagnostics } = await unary(this.process.client, PluginServiceService.destroyArtifact, { artifact: wire });
    return diagnostics.map(fromWireDiagnostic);
  }

  async destroyResource(kind: KindName, name: string, record: ResourceRecord): Promise<readonly Diagnostic[]> {
    const { diagnostics } = await unary(this.process.client, PluginServiceService.destroyResource, {
      resource: {
        recordId: randomUUID(),
        kind: record.kind,
        id: record.id,
        locator: { ...record.locator },
        state: 2,
        component: { kind: KINDS[kind], name },
      },
    });
    return diagnostics.map(fromWireDiagnostic);
  }

  async #component(kind: KindName, name: string): Promise<ComponentDescription> {
    const { components } = await this.describe();
    const found = components.find((component) => component.kind === KINDS[kind] && component.name === name);
    if (found === undefined) throw new Error(`the plugin has no ${kind} "${name}"`);
    return found;
  }

  /** Plays the provisioners. Gives the errors that the builder is told. */
  async #provisionFor(
    ready: MachineReady,
    checkpoint: () => Promise<PlainValue>,
    { provision, signal }: BuilderRunOptions,
  ): Promise<readonly Diagnostic[]> {
    try {
      const handle = ready.communicator?.handle ?? "";
      const { client, access } = this.process;
      const { communicator } = await unary(client, CommunicatorServiceService.grant, { handle });
      if (communicator === undefined) throw new Error("the plugin granted no token");
      const reference = { ...communicator, ...access };
      const machine = await connectMachine(reference, { signal: signal ?? new AbortController().signal });
      this.#references.set(machine, reference);
      try {
        await provision?.(machine, fromEntries(ready.generatedData?.values ?? {}), { checkpoint });
      } finally {
        await machine[Symbol.asyncDispose]();
        await unary(client, CommunicatorServiceService.revoke, { token: communicator.token });
      }
      return [];
    } catch (error) {
      return error instanceof DiagnosticError
        ? diagnosticsOf(error)
        : [{ severity: "error", summary: messageOf(error), detail: "" }];
    }
  }
}

const STEP = { runId: "run", buildId: "build", stepId: "step" };

const DEFAULT_BUILD: BuildContext = {
  buildName: "test",
  builderType: "",
  hostVersion: "0.0.0-test",
  debug: false,
  force: false,
  onError: "cleanup",
  sensitiveVariables: [],
  userVariables: {},
  templatePath: "",
  runId: "run",
  workingDirectory: process.cwd(),
  cacheDirectory: join(tmpdir(), "ingot-test-cache"),
  sourceDateEpoch: undefined,
};

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
