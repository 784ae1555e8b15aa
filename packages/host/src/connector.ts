import { hasErrors, type Diagnostic, type Outcome } from "@ingot/diag";
import type { CallOptions, ComponentRef, Provisioned, SessionHandlers, StepContext } from "@ingot/engine";
import type { Value } from "@ingot/hcl";
import {
  ConnectorServiceService,
  type ConnectResponse,
  type ConnectorRequest,
  type SessionResult as WireResult,
} from "@ingot/protocol";
import { componentText } from "./component-text.js";
import { decodeValue } from "./decode-value.js";
import { schemaType } from "./decode-schema.js";
import { encodeValues } from "./encode-value.js";
import type { DescribedComponent } from "./plugin-description.js";
import { decodeMachine, PluginMachine } from "./plugin-machine.js";
import type { Prepared } from "./prepared.js";
import { decodeResult, encodeStep, runSession, type SessionMessage } from "./session.js";

/** Prepares communicator components, of whatever plugin. `makeConfig` gets the description and gives the configuration. */
export type ConnectorFinder = (
  component: ComponentRef,
  makeConfig: (description: DescribedComponent) => Value,
  options: CallOptions,
) => Promise<Outcome<Prepared | undefined>>;

export interface ConnectOptions {
  readonly connector: ConnectorRequest;
  readonly findConnector: ConnectorFinder;
  readonly handlers: SessionHandlers;
  /** What the builder knows about its machine. */
  readonly builderMachine: PluginMachine;
  readonly step: StepContext;
  readonly signal: AbortSignal;
  readonly use: (machine: PluginMachine) => Promise<Provisioned>;
}

export interface ConnectOutcome {
  /** What `use` gave. Undefined when there was no connection, so that it was not called. */
  readonly used: Provisioned | undefined;
  /** What is wrong with the connection. Nobody has shown it yet. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Connects to a builder's machine with a communicator component, lets `use` work on the connected machine, and closes the
 * connection when it has settled. Rejects when a plugin breaks, or with what `use` rejects with.
 */
export async function connectMachine(options: ConnectOptions): Promise<ConnectOutcome> {
  const { connector, findConnector, builderMachine } = options;
  const signal = AbortSignal.any([options.signal, builderMachine.closed]);
  const component: ComponentRef = { kind: "communicator", name: connector.name };
  const makeConfig = ({ config }: DescribedComponent): Value =>
    decodeValue(connector.config, schemaType(config), [`communicator ${connector.name}`]);
  const { value: prepared, diagnostics } = await findConnector(component, makeConfig, { signal });
  for (const warning of diagnostics) if (warning.severity === "warning") options.handlers.warning(warning);
  if (!prepared) return { used: undefined, diagnostics: diagnostics.filter(({ severity }) => severity === "error") };
  try {
    return await connectPrepared(prepared, signal, options);
  } finally {
    await prepared.release();
  }
}

async function connectPrepared(
  prepared: Prepared,
  signal: AbortSignal,
  { step, handlers, builderMachine, use }: ConnectOptions,
): Promise<ConnectOutcome> {
  const { plugin, component, instanceId } = prepared;
  const what = `connected with the ${componentText(component)}`;
  const closing = new AbortController();
  let machine: PluginMachine | undefined;
  let using: Promise<Provisioned> | undefined;
  const onConnected = (ready: Parameters<typeof decodeMachine>[0]): void => {
    if (machine) throw plugin.violation(`connected a second time while it ${what}`);
    const { generatedData } = decodeMachine(ready, plugin);
    const all = new Map([...builderMachine.generatedData, ...generatedData]);
    machine = new PluginMachine({ plugin, communicator: ready.communicator, generatedData: all });
    using = use(machine).finally(() => closing.abort(new Error("provisioning has ended")));
    using.catch(() => {}); // awaited below
  };
  const classify = ({ message }: ConnectResponse): SessionMessage<WireResult> => {
    switch (message?.$case) {
      case "event":
        return { event: message.value };
      case "connected":
        return { other: () => onConnected(message.value) };
      case "result":
        return { result: message.value };
      case undefined:
        return undefined;
    }
  };
  const values = encodeValues(builderMachine.generatedData);
  const start = { instanceId, step: encodeStep(step), machine: { values } };
  let failure: { readonly error: unknown } | undefined;
  let wire: WireResult | undefined;
  try {
    wire = await runSession({
      plugin,
      what,
      component,
      handlers,
      classify,
      signal: AbortSignal.any([signal, closing.signal]),
      method: ConnectorServiceService.connect,
      start: { message: { $case: "start", value: start } },
      cancelGraceMs: prepared.cancelGraceMs,
    });
  } catch (error) {
    failure = { error };
  }
  machine?.close();
  // What went wrong first is the cause: a connector that broke makes `use` fail.
  const used = await settle(using);
  if (failure && !(used.rejected && signal.aborted)) throw failure.error;
  if (used.rejected) throw used.error;
  const { diagnostics } = wire === undefined ? { diagnostics: [] } : decodeResult(wire, plugin, what);
  if (using === undefined && !hasErrors(diagnostics) && !signal.aborted) {
    throw plugin.violation(`ended without a connection and without an error while it ${what}`);
  }
  return { used: used.value, diagnostics };
}

interface Settled<T> {
  readonly value?: T | undefined;
  readonly rejected: boolean;
  readonly error?: unknown;
}

async function settle<T>(promise: Promise<T> | undefined): Promise<Settled<T>> {
  try {
    return { value: await promise, rejected: false };
  } catch (error) {
    return { rejected: true, error };
  }
}
