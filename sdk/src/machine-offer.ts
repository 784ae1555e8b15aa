import type { MachineReady } from "@ingot/protocol";
import type { Machine } from "./machine.js";
import type { PluginRuntime } from "./plugin-runtime.js";
import { toEntries } from "./value.js";

/** A machine that is served while `use` runs. Gives what `use` gives. */
export async function withMachine<T>(
  runtime: PluginRuntime,
  machine: Machine,
  generatedData: Readonly<Record<string, unknown>>,
  use: (ready: MachineReady) => Promise<T>,
): Promise<T> {
  const { endpoint, serverCertificate } = await runtime.machineEndpoint();
  const handle = runtime.machines.offer(machine);
  try {
    return await use({
      communicator: { endpoint, handle, token: "", serverCertificate, type: machine.type },
      generatedData: { values: toEntries(generatedData) },
      connector: undefined,
    });
  } finally {
    runtime.machines.withdraw(handle);
  }
}
