import { hasErrors, type Diagnostic } from "@ingot/diag";
import type { CallOptions, ProvisionerInstance, ProvisionerRun, SessionHandlers, SessionResult } from "@ingot/engine";
import { ProvisionerServiceService, type CommunicatorRef } from "@ingot/protocol";
import { componentText } from "./component-text.js";
import { encodeValues } from "./encode-value.js";
import { PluginMachine } from "./plugin-machine.js";
import type { Prepared } from "./prepared.js";
import { decodeResult, encodeStep, eventOrResult, runSession } from "./session.js";

/** Presents a prepared provisioner. */
export function provisionerInstance(prepared: Prepared): ProvisionerInstance {
  return {
    release: () => prepared.release(),
    provision: (request, handlers, options) => provision(prepared, request, handlers, options),
  };
}

async function provision(
  prepared: Prepared,
  run: ProvisionerRun,
  handlers: SessionHandlers,
  { signal }: CallOptions,
): Promise<SessionResult> {
  const { machine } = run;
  if (!(machine instanceof PluginMachine)) throw new Error("bug: a machine of another host");
  signal.throwIfAborted();
  const { closed } = machine;
  const isMachineGone = (): boolean => closed.aborted && !signal.aborted;
  if (isMachineGone()) return { diagnostics: [MACHINE_GONE], cancelled: true };
  const either = AbortSignal.any([signal, closed]);
  const communicator = await machine.grant(either);
  try {
    const result = await provisionWith(prepared, { ...run, communicator }, handlers, either);
    if (!isMachineGone() || !result.cancelled || hasErrors(result.diagnostics)) return result;
    return { ...result, diagnostics: [...result.diagnostics, MACHINE_GONE] };
  } finally {
    if (communicator) await machine.revoke(communicator);
  }
}

const MACHINE_GONE: Diagnostic = {
  severity: "error",
  summary: "Machine is gone",
  detail: "The builder ended, or lost its machine, while the provisioner was at work.",
};

async function provisionWith(
  prepared: Prepared,
  { step, machine, buildData, communicator }: ProvisionerRun & { readonly communicator: CommunicatorRef | undefined },
  handlers: SessionHandlers,
  signal: AbortSignal,
): Promise<SessionResult> {
  const { plugin, component, instanceId } = prepared;
  const what = `ran the ${componentText(component)}`;
  const generatedData = { values: encodeValues(buildData ?? machine.generatedData) };
  const start = { instanceId, step: encodeStep(step), communicator, generatedData };
  const wire = await runSession({
    plugin,
    what,
    component,
    handlers,
    signal,
    classify: eventOrResult,
    method: ProvisionerServiceService.provision,
    start: { message: { $case: "start", value: start } },
    cancelGraceMs: prepared.cancelGraceMs,
  });
  return decodeResult(wire, plugin, what);
}
