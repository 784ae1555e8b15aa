import type { CommunicatorRef, MachineReady } from "@ingot/protocol";
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
  const handle = runtime.machines.offer(machine);
  try {
    return await use({
      communicator: machineRef(handle, machine.type),
      generatedData: { values: toEntries(generatedData) },
      connector: undefined,
    });
  } finally {
    runtime.machines.withdraw(handle);
  }
}

/** Refers to a machine of this process. How to reach the process is for the host to say, which started it. */
export function machineRef(handle: string, type: string, token = ""): CommunicatorRef {
  return {
    endpoint: "",
    handle,
    token,
    serverCertificate: Buffer.alloc(0),
    type,
    clientCertificate: undefined,
    clientKey: undefined,
  };
}
