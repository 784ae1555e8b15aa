import { ComponentKind, ConnectorServiceService, type ConnectStart, type RpcService } from "@ingot/protocol";
import type { ConnectorContext } from "./component.js";
import { isAbort } from "./errors.js";
import { withMachine } from "./machine-offer.js";
import type { PluginRuntime } from "./plugin-runtime.js";
import { failedResult, SUCCESS, type Session } from "./session.js";
import { makeSessionContext } from "./session-context.js";
import { sessionService } from "./session-service.js";
import { fromEntries } from "./value.js";

/** Serves communicators that connect on behalf of builders. */
export function connectorService(runtime: PluginRuntime): RpcService {
  return sessionService<ConnectStart>(ConnectorServiceService, "connect", runtime, () => ({
    run: async (start, session) => {
      const state = { isConnected: false };
      try {
        await connect(runtime, start, session, state);
        return { $case: "result", value: SUCCESS };
      } catch (error) {
        // Cancel is how the host closes a connection that is up; before that it is an abort.
        const isClosed = state.isConnected && isAbort(error, session.signal);
        return { $case: "result", value: isClosed ? SUCCESS : failedResult(error, session) };
      }
    },
  }));
}

async function connect(
  runtime: PluginRuntime,
  start: ConnectStart,
  session: Session,
  state: { isConnected: boolean },
): Promise<void> {
  const instance = runtime.instance(start.instanceId, ComponentKind.COMMUNICATOR);
  const context: ConnectorContext<unknown> = {
    ...makeSessionContext(session, instance, start.step),
    target: fromEntries(start.machine?.values ?? {}),
    serve: (machine, generatedData = {}) =>
      withMachine(runtime, machine, generatedData, async (value) => {
        session.signal.throwIfAborted();
        state.isConnected = true;
        const closed = new Promise<void>((resolve) => {
          session.signal.addEventListener("abort", () => resolve(), { once: true });
        });
        void session.send({ $case: "connected", value }); // the host's cancel is what we wait for
        await closed;
      }),
  };
  await instance.component.connect?.(context);
}
