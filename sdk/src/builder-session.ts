import {
  BuilderServiceService,
  ComponentKind,
  type Artifact,
  type CheckpointRequest,
  type CheckpointResponse,
  type MachineReady,
  type ProvisionDone,
  type RpcService,
  type RunStart,
  type SessionResult,
} from "@ingot/protocol";
import { hasErrors, type Diagnostic } from "@ingot/diag";
import { toWireArtifact, type ArtifactResult } from "./artifact.js";
import type { BuilderContext, ProvisionOptions } from "./component.js";
import { fromWireDiagnostic, toWireDiagnostic } from "./diagnostic-wire.js";
import { diagnosticsOf, ProvisioningFailed } from "./errors.js";
import { withMachine } from "./machine-offer.js";
import type { PluginRuntime } from "./plugin-runtime.js";
import { ResourceLedger } from "./resource-ledger.js";
import { failedResult, SUCCESS, type Session, type SessionHandler, type SessionResponse } from "./session.js";
import { makeSessionContext } from "./session-context.js";
import { withCleanup } from "./with-cleanup.js";
import { fromValue, toEntries, toValue } from "./value.js";
import { sessionService } from "./session-service.js";

/** Serves builders. */
export function builderService(runtime: PluginRuntime): RpcService {
  return sessionService(BuilderServiceService, "run", runtime, () => new BuilderSession(runtime));
}

class BuilderSession implements SessionHandler<RunStart> {
  readonly #runtime: PluginRuntime;
  #provisionDone: ((diagnostics: readonly Diagnostic[]) => void) | undefined;
  #resources: ResourceLedger | undefined;
  #checkpoint: (() => unknown) | undefined;
  #hasProvisioned = false;
  #failure: ProvisioningFailed | undefined;
  #generatedData: Readonly<Record<string, unknown>> = {};

  constructor(runtime: PluginRuntime) {
    this.#runtime = runtime;
  }

  async run(start: RunStart, session: Session): Promise<SessionResponse["message"]> {
    let artifact: Artifact | undefined;
    let result: SessionResult = SUCCESS;
    try {
      artifact = await this.#runComponent(start, session);
    } catch (error) {
      result = failedResult(error, session);
    }
    return { $case: "result", value: { result, artifact } };
  }

  onMessage(message: { readonly $case: string; readonly value: unknown }, session: Session): void {
    if (message.$case === "provisionDone") {
      const { diagnostics, keepResources } = message.value as ProvisionDone;
      if (keepResources) this.#resources?.keepOnFailure();
      this.#provisionDone?.(diagnostics.map(fromWireDiagnostic));
    } else if (message.$case === "checkpoint") {
      const { id } = message.value as CheckpointRequest;
      void this.#answerCheckpoint(id).then((value) => session.send({ $case: "checkpoint", value })); // never rejects
    }
  }

  async #runComponent(start: RunStart, session: Session): Promise<Artifact | undefined> {
    const instance = this.#runtime.instance(start.instanceId, ComponentKind.BUILDER);
    const { component, build } = instance;
    const resources = new ResourceLedger(session, component, build.onError);
    this.#resources = resources;
    const context: BuilderContext<unknown> = {
      ...makeSessionContext(session, instance, start.step),
      resources,
      resumeFrom: start.resumeFrom === undefined ? undefined : fromValue(start.resumeFrom),
      provision: (machine, generatedData = {}, options = {}) =>
        withMachine(this.#runtime, machine, generatedData, (ready) =>
          this.#provision(session, ready, generatedData, options),
        ),
      provisionThrough: ({ name, config }, generatedData = {}, options = {}) => {
        const ready: MachineReady = {
          communicator: undefined,
          generatedData: { values: toEntries(generatedData) },
          connector: { name, config: toValue(config) },
        };
        return this.#provision(session, ready, generatedData, options);
      },
    };
    const made = await withCleanup<ArtifactResult | undefined>(resources, async () => component.run?.(context));
    if (this.#failure !== undefined) throw this.#failure; // a builder that caught it makes no artifact all the same
    const builderId = `${this.#runtime.parts.name}.${component.name}`;
    return made === undefined ? undefined : toWireArtifact(made, { builderId, generatedData: this.#generatedData });
  }

  async #provision(
    session: Session,
    ready: MachineReady,
    generatedData: Readonly<Record<string, unknown>>,
    { checkpoint }: ProvisionOptions,
  ): Promise<void> {
    session.signal.throwIfAborted();
    if (this.#hasProvisioned) throw new Error("bug: the builder called provision twice in one run");
    this.#hasProvisioned = true;
    this.#generatedData = generatedData;
    this.#checkpoint = checkpoint;
    let onAbort = (): void => {};
    try {
      const diagnostics = await new Promise<readonly Diagnostic[]>((resolve, reject) => {
        onAbort = () => reject(session.signal.reason as Error);
        session.signal.addEventListener("abort", onAbort);
        this.#provisionDone = resolve;
        void session.send({ $case: "machineReady", value: ready }); // the host's provision_done is what we wait for
      });
      if (hasErrors(diagnostics)) {
        this.#failure = new ProvisioningFailed(diagnostics);
        throw this.#failure;
      }
    } finally {
      session.signal.removeEventListener("abort", onAbort);
      this.#provisionDone = undefined;
      this.#checkpoint = undefined;
    }
  }

  async #answerCheckpoint(id: string): Promise<CheckpointResponse> {
    try {
      if (this.#checkpoint === undefined) throw new Error("The builder cannot make a checkpoint now.");
      return { id, checkpoint: toValue(await this.#checkpoint()), diagnostics: [] };
    } catch (error) {
      return { id, checkpoint: undefined, diagnostics: diagnosticsOf(error).map(toWireDiagnostic) };
    }
  }
}
