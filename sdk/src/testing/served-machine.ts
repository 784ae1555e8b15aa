import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRpcServer, type CommunicatorRef } from "@ingot/protocol";
import { communicatorService } from "../communicator-service.js";
import { machineRef } from "../machine-offer.js";
import { MachineTable } from "../machine-table.js";
import type { Machine } from "../machine.js";

/**
 * Serves a machine of the test's own process, without some of the methods when they are named. Gives the reference that a provisioner's
 * process connects with.
 */
export async function serveMachine(
  machine: Machine,
  { without = [] }: { readonly without?: readonly string[] } = {},
): Promise<{ readonly ref: CommunicatorRef } & AsyncDisposable> {
  const dir = mkdtempSync(join(tmpdir(), "ingot-machine-"));
  const machines = new MachineTable();
  const handle = machines.offer(machine);
  const { token } = machines.grant(handle) ?? { token: "" };
  const { definition, handlers } = communicatorService(machines);
  const known = Object.fromEntries(Object.entries(handlers).filter(([name]) => !without.includes(name)));
  const server = await startRpcServer({
    services: [{ definition, handlers: known }],
    listen: process.platform === "win32" ? { minPort: 0, maxPort: 0 } : { socketPath: join(dir, "machine") },
  });
  const ref = { ...machineRef(handle, machine.type, token), endpoint: `${server.network}:${server.address}` };
  return {
    ref,
    [Symbol.asyncDispose]: async () => {
      machines.withdraw(handle);
      await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
