import { expect, test } from "@jest/globals";
import { localMachine } from "../local-machine.js";
import { schema as s } from "../schema/schema.js";
import { shutDown, shutdownOptions } from "./shutdown.js";
import { decode, partContext } from "./testing/part-session.js";

const schema = s.object({ shutdown: shutdownOptions() });
const never = ({ signal }: { readonly signal: AbortSignal }): Promise<void> =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
const unused = (): Promise<void> => Promise.reject(new Error("not to be called"));

test("runs the command with its output, and waits until the machine is off", async () => {
  const context = partContext();
  const config = { command: "echo bye; echo now >&2; exit 3", timeoutMs: 5_000 };
  let off = (): void => {};
  const isOff = new Promise<void>((resolve) => (off = resolve));
  const machine = localMachine();
  const shuttingDown = shutDown(config, { machine, waitUntilOff: () => isOff, powerOff: unused }, context);
  while (context.said.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(context.said.slice().sort()).toEqual(["! now", "Gracefully halting virtual machine...", "bye"]);
  off();
  await shuttingDown;
});

test("powers the machine off when there is no command", async () => {
  const context = partContext();
  let isOff = false;
  const powerOff = async (): Promise<void> => void (isOff = true);
  await shutDown({ command: "", timeoutMs: 5 }, { machine: localMachine(), waitUntilOff: unused, powerOff }, context);
  expect([isOff, context.said]).toEqual([true, ["Halting the virtual machine..."]]);
});

test("waits for a machine that nobody is connected to, but not for ever", async () => {
  const context = partContext();
  const options = { machine: undefined, waitUntilOff: never, powerOff: unused };
  await expect(shutDown({ command: "x", timeoutMs: 20 }, options, context)).rejects.toThrow(
    "Timeout while waiting for machine to shut down.",
  );
  expect(context.said).toEqual(["Waiting for shutdown..."]);
});

test("a command that never ends does not matter once the machine is off", async () => {
  const config = { command: "sleep 60", timeoutMs: 5_000 };
  const waitUntilOff = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
  await shutDown(config, { machine: localMachine(), waitUntilOff, powerOff: unused }, partContext());
});

test("is cancelled, and says what the builder's watch found out", async () => {
  const stop = new AbortController();
  const config = { command: "true", timeoutMs: 60_000 };
  const context = partContext({ signal: stop.signal });
  const cancelled = shutDown(config, { machine: localMachine(), waitUntilOff: never, powerOff: unused }, context);
  setTimeout(() => stop.abort(new Error("enough")), 30);
  await expect(cancelled).rejects.toThrow("enough");
  const crashed = async (): Promise<void> => Promise.reject(new Error("the emulator crashed"));
  await expect(
    shutDown(config, { machine: localMachine(), waitUntilOff: crashed, powerOff: unused }, partContext()),
  ).rejects.toThrow("the emulator crashed");
});

test.each([
  { value: {}, want: { command: "", timeoutMs: 300_000 } },
  { value: { shutdown_timeout: "0s" }, want: { command: "", timeoutMs: 300_000 } },
  { value: { shutdown_command: "poweroff", shutdown_timeout: "1m" }, want: { command: "poweroff", timeoutMs: 60_000 } },
])("options: $value", ({ value, want }) => expect(decode(schema, value).config?.shutdown).toEqual(want));
