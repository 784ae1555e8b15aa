import { expect, test } from "@jest/globals";
import type { CommandExit, Logger } from "@ingot/sdk";
import { encodedCommand } from "./powershell-text.js";
import { DEFAULT_CHECK, restartMachine } from "./restart-machine.js";

type Step = number | string | Error;
const PROBE = 'shutdown /r /f /t 60 /c "packer restart test"';
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, trace: () => {} } as unknown as Logger;

/** Restarts a machine that answers with these steps, one a command; the last for all that follow. */
async function restart(steps: readonly Step[], options: { keys?: string[]; check?: string; timeoutMs?: number } = {}) {
  const commands: string[] = [];
  const lines: string[] = [];
  const run = async (command: string | readonly string[], io: { stdout?: unknown } = {}): Promise<CommandExit> => {
    const step = steps[Math.min(commands.length, steps.length - 1)] ?? 0;
    commands.push(String(command));
    await Promise.resolve();
    if (step instanceof Error) throw step;
    if (typeof step === "number") return { status: step };
    (io.stdout as (line: string) => void)(step);
    return { status: 0 };
  };
  const error = await restartMachine({
    restartCommand: "restart",
    checkCommand: options.check ?? "",
    timeoutMs: options.timeoutMs ?? 5_000,
    registryKeys: options.keys ?? [],
    machine: { run },
    ui: { say: (text) => lines.push(text), error: (text) => lines.push(`!${text}`) },
    log,
    signal: new AbortController().signal,
    pauses: { pendingMs: 1, checkMs: 1 },
  }).then(
    () => undefined,
    (reason: unknown) => (reason as Error).message,
  );
  return { commands, lines, error };
}

const UP = "HOST restarted.";
const gone = new Error("connection refused");

test("waits until the machine is down and up again", async () => {
  const { commands, lines, error } = await restart([0, gone, gone, "booting", UP]);
  expect(error).toBeUndefined();
  expect(commands).toEqual(["restart", PROBE, DEFAULT_CHECK, DEFAULT_CHECK, DEFAULT_CHECK]);
  expect(lines).toEqual([
    "Restarting Machine",
    "Waiting for machine to restart...",
    "booting",
    UP,
    "Machine successfully restarted, moving on",
  ]);
});

test.each([
  { name: "takes back a test that was accepted", steps: [0, 0, 0, UP], want: [PROBE, "shutdown /a", DEFAULT_CHECK] },
  {
    name: "asks again while a restart is pending",
    steps: [1190, 1115, 1190, 1717, 1, UP],
    want: [PROBE, PROBE, PROBE, PROBE, DEFAULT_CHECK],
  },
  { name: "asks again after another status", steps: [0, 42, 1, UP], want: [PROBE, PROBE, DEFAULT_CHECK] },
])("$name", async ({ steps, want }) => {
  const { commands, error } = await restart(steps);
  expect([error, ...commands.slice(1)]).toEqual([undefined, ...want]);
});

test("runs the user's check until it can be started, then its own", async () => {
  const { commands } = await restart([0, 1, gone, 7, UP], { check: "mine" });
  expect(commands.slice(2)).toEqual(["mine", "mine", DEFAULT_CHECK]);
});

test("waits until keys are gone from the registry", async () => {
  const { commands } = await restart([0, 1, UP, "True", "False", UP, "False", "False"], { keys: ["HKLM:a", "HKLM:b"] });
  const [a, b] = ["HKLM:a", "HKLM:b"].map((key) => encodedCommand(`Test-Path "${key}"`));
  expect(commands.slice(2)).toEqual([DEFAULT_CHECK, a, b, DEFAULT_CHECK, a, b]);
});

test("fails for a restart command that fails", async () => {
  expect((await restart([5])).error).toBe("Restart script exited with non-zero exit status: 5");
});

test.each([
  { name: "while it is up", steps: [0, 1190] },
  { name: "while it is down", steps: [0, 1, gone] },
])("gives up when the time is over, $name", async ({ steps }) => {
  const { error, lines } = await restart(steps, { timeoutMs: 60 });
  expect(error).toBe("Timeout waiting for machine to restart.");
  expect(lines.at(-1)).toBe("!Timeout waiting for machine to restart.");
});

test("encodes commands for PowerShell", () => {
  expect(encodedCommand("x")).toBe(
    "powershell.exe -EncodedCommand JABQAHIAbwBnAHIAZQBzAHMAUAByAGUAZgBlAHIAZQBuAGMAZQAgAD0AIAAnAFMAaQBsAGUAbgB0AGwAeQBDAG8AbgB0AGkAbgB1AGUAJwA7AHgA",
  );
});
