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
import { NO_OP } from "./none-machine.js";
import { failedResult, SUCCESS, type Session, type SessionHandler, type SessionResponse } from "./session.js";
import { makeSessionContext } from "./session-context.js";
import { PROVISION_STEP, Steps } from "./steps.js";
import { withCleanup } from "./with-cleanup.js";
import { fromValue, toEntries, toValue } from "./value.js";
import { sessionService } from "./session-service.js";

/** How long after a cancel the host may take to end provisioning. */
const PROVISIONING_END_MS = 15_000;

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
    const resources = new ResourceLedger(session, component, build);
    const steps = new Steps(session, { resources, build });
    this.#resources = resources;
    const context: BuilderContext<unknown> = {
      ...makeSessionContext(session, instance, start.step),
      resources,
      resumeFrom: start.resumeFrom === undefined ? undefined : fromValue(start.resumeFrom),
      runStep: (name, work, close) => steps.run(name, work, close),
      provision: (machine, generatedData = {}, options = {}) => {
        const work = (): Promise<void> =>
          withMachine(this.#runtime, machine, generatedData, (ready) =>
            this.#provision(session, ready, generatedData, options),
          );
        return machine.type === NO_OP ? work() : steps.run(PROVISION_STEP, work);
      },
      provisionThrough: ({ name, config }, generatedData = {}, options = {}) => {
        const ready: MachineReady = {
          communicator: undefined,
          generatedData: { values: toEntries(generatedData) },
          connector: { name, config: toValue(config) },
        };
        return steps.run(PROVISION_STEP, () => this.#provision(session, ready, generatedData, options));
      },
    };
    const made = await withCleanup<ArtifactResult | undefined>({ resources, steps }, async () =>
      component.run?.(context),
    );
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
    let onAbort = (): unknown => undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      const diagnostics = await new Promise<readonly Diagnostic[]>((resolve, reject) => {
        const giveUp = (): void => reject(session.signal.reason as Error);
        // The machine stays until nobody works on it any more.
        onAbort = () => (timer = setTimeout(giveUp, PROVISIONING_END_MS));
        session.signal.addEventListener("abort", onAbort);
        session.hostGone.addEventListener("abort", giveUp);
        this.#provisionDone = resolve;
        void session.send({ $case: "machineReady", value: ready }); // the host's provision_done is what we wait for
      });
      if (hasErrors(diagnostics)) {
        this.#failure = new ProvisioningFailed(diagnostics);
        throw this.#failure;
      }
      session.signal.throwIfAborted();
    } finally {
      clearTimeout(timer);
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
