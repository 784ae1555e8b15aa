import { ComponentKind, ProvisionerServiceService, type ProvisionStart, type RpcService } from "@ingot/protocol";
import { DirectMachine } from "./direct-machine.js";
import { connectMachine } from "./machine-client.js";
import type { PluginRuntime } from "./plugin-runtime.js";
import { failedResult, SUCCESS, type Session } from "./session.js";
import { makeSessionContext } from "./session-context.js";
import { sessionService } from "./session-service.js";
import { fromEntries } from "./value.js";

/** Serves provisioners. */
export function provisionerService(runtime: PluginRuntime): RpcService {
  return sessionService<ProvisionStart>(ProvisionerServiceService, "provision", runtime, () => ({
    run: async (start, session) => {
      try {
        await provision(runtime, start, session);
        return { $case: "result", value: SUCCESS };
      } catch (error) {
        return { $case: "result", value: failedResult(error, session) };
      }
    },
  }));
}

async function provision(runtime: PluginRuntime, start: ProvisionStart, session: Session): Promise<void> {
  const instance = runtime.instance(start.instanceId, ComponentKind.PROVISIONER);
  if (start.communicator === undefined) throw new Error("bug: the host gave no machine");
  const { signal } = session;
  const { handle, token } = start.communicator;
  const own = runtime.machines.open(handle, token);
  await using machine =
    own === undefined ? await connectMachine(start.communicator, { signal }) : new DirectMachine(own, { signal });
  await instance.component.provision?.({
    ...makeSessionContext(session, instance, start.step),
    machine,
    generatedData: fromEntries(start.generatedData?.values ?? {}),
  });
  session.signal.throwIfAborted();
}
