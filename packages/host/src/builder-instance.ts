import { isError, messageOf, type Diagnostic } from "@ingot/diag";
import type {
  BuilderHandlers,
  BuilderInstance,
  BuilderResult,
  BuilderRun,
  CallOptions,
  Provisioned,
} from "@ingot/engine";
import { BuilderServiceService, type MachineReady, type RunRequest, type RunResult } from "@ingot/protocol";
import { componentText } from "./component-text.js";
import { connectMachine, type ConnectorFinder } from "./connector.js";
import { encodeValue } from "./encode-value.js";
import { decodeMachine, type PluginMachine } from "./plugin-machine.js";
import type { Prepared } from "./prepared.js";
import { decodeResult, encodeStep, runSession, type SessionControl, type SessionMessage } from "./session.js";
import { decodeArtifact } from "./wire-artifact.js";
import { encodeDiagnostics } from "./wire-diagnostic.js";

/** Presents a prepared builder. `findConnector` prepares communicator components of other plugins. */
export function builderInstance(prepared: Prepared, findConnector: ConnectorFinder): BuilderInstance {
  return {
    generatedData: prepared.generatedData,
    release: () => prepared.release(),
    run: (request, handlers, options) => runBuilder({ prepared, findConnector, request, handlers }, options),
  };
}

interface Run {
  readonly prepared: Prepared;
  readonly findConnector: ConnectorFinder;
  readonly request: BuilderRun;
  readonly handlers: BuilderHandlers;
}

async function runBuilder(run: Run, { signal }: CallOptions): Promise<BuilderResult> {
  const { prepared, request, handlers } = run;
  const { plugin, component } = prepared;
  const what = `ran the ${componentText(component)}`;
  const provisioning = new Provisioning(run, signal);
  const classify = (
    { message }: { message?: RunMessage | undefined },
    session: SessionControl<RunRequest>,
  ): SessionMessage<RunResult> => {
    switch (message?.$case) {
      case "event":
        return { event: message.value };
      case "machineReady":
        return { other: () => provisioning.start(message.value, session) };
      case "checkpoint":
        throw plugin.violation(`sent a checkpoint that nobody asked for while it ${what}`);
      case "result":
        return { result: message.value };
      case undefined:
        return undefined;
    }
  };
  const resumeFrom = request.resumeFrom === undefined ? undefined : encodeValue(request.resumeFrom);
  const start = { instanceId: prepared.instanceId, step: encodeStep(request.step), resumeFrom };
  let wire: RunResult;
  try {
    wire = await runSession({
      plugin,
      what,
      component,
      handlers,
      signal,
      classify,
      method: BuilderServiceService.run,
      start: { message: { $case: "start", value: start } },
      cancelGraceMs: prepared.cancelGraceMs,
    });
  } finally {
    await provisioning.end();
  }
  const result = decodeResult(wire.result, plugin, what);
  const diagnostics = [...provisioning.diagnostics, ...result.diagnostics];
  const hasFailed = result.cancelled || signal.aborted || diagnostics.some(({ severity }) => severity === "error");
  if (!hasFailed && provisioning.wasCutShort) {
    throw plugin.violation(`succeeded before its machine was provisioned while it ${what}`);
  }
  const { artifact } = wire;
  if (artifact === undefined) return { ...result, diagnostics };
  return plugin.reading(what, () => {
    return { ...result, diagnostics, artifact: decodeArtifact(artifact, component) };
  });
}

type RunMessage = NonNullable<ReturnType<typeof BuilderServiceService.run.responseDeserialize>["message"]>;

/** The part of a builder's session in which its machine is provisioned. */
class Provisioning {
  /** What the host has to say about it besides the provisioners: the connection that could not be made. */
  readonly diagnostics: Diagnostic[] = [];
  /** True when the session ended before it. */
  wasCutShort = false;
  readonly #run: Run;
  readonly #signal: AbortSignal;
  #machine: PluginMachine | undefined;
  #done: Promise<void> | undefined;
  #hasSettled = false;

  constructor(run: Run, signal: AbortSignal) {
    this.#run = run;
    this.#signal = signal;
  }

  start(ready: MachineReady, session: SessionControl<RunRequest>): void {
    const { plugin, component } = this.#run.prepared;
    if (this.#done) throw plugin.violation(`announced a second machine while it ran the ${componentText(component)}`);
    this.#machine = decodeMachine(ready, plugin);
    this.#done = this.#provision(ready, this.#machine, session);
  }

  /** Ends access to the machine and waits until nobody works on it. Never rejects. */
  async end(): Promise<void> {
    this.wasCutShort = this.#done !== undefined && !this.#hasSettled;
    this.#machine?.close();
    await this.#done;
  }

  async #provision(ready: MachineReady, machine: PluginMachine, session: SessionControl<RunRequest>): Promise<void> {
    let outcome: Provisioned;
    try {
      outcome = await this.#work(ready, machine);
    } catch (error) {
      outcome = { diagnostics: [failedBy(error)] };
      if (!this.#signal.aborted && !machine.closed.aborted) session.fail(error);
    }
    this.#hasSettled = true;
    const { diagnostics, keepResources = false } = outcome;
    const value = { diagnostics: encodeDiagnostics(diagnostics), keepResources };
    session.send({ message: { $case: "provisionDone", value } });
  }

  async #work({ connector }: MachineReady, machine: PluginMachine): Promise<Provisioned> {
    const { handlers, request, findConnector } = this.#run;
    if (connector === undefined) return await handlers.provision(machine);
    const outcome = await connectMachine({
      connector,
      findConnector,
      handlers,
      builderMachine: machine,
      step: request.step,
      signal: this.#signal,
      use: (connected) => handlers.provision(connected),
    });
    this.diagnostics.push(...outcome.diagnostics);
    const { diagnostics = [], ...used } = outcome.used ?? {};
    return { ...used, diagnostics: [...outcome.diagnostics, ...diagnostics] };
  }
}

function failedBy(error: unknown): Diagnostic {
  const detail = isError(error) ? (messageOf(error).split("\n")[0] ?? "") : String(error);
  return { severity: "error", summary: "Provisioning failed", detail };
}
