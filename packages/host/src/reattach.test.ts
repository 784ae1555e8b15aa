import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { pluginEnvironment } from "./plugin-environment.js";
import { makeFixture, NEVER, recordingHandlers, rejection, request, STEP, testPlugin } from "./test-fixture.js";

jest.setTimeout(60_000); // processes are slow to start on a busy machine

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Starts a plugin by hand, as under a debugger. Gives its address and process. */
async function startByHand(file: string): Promise<{ address: string; pid: number; kill: () => Promise<void> }> {
  const socketFolder = mkdtempSync(join(tmpdir(), "r-"));
  const env = pluginEnvironment({
    executable: { name: "by-hand", path: file, isBuiltin: false },
    ...{ base: { PATH: process.env["PATH"] }, socketFolder, hostCertificate: undefined },
  });
  const child = spawn(process.execPath, [testPlugin(file)], { env, stdio: ["pipe", "pipe", "ignore"] });
  const exited = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  stops.push(kill, () => rmSync(socketFolder, { recursive: true, force: true }));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { address: line.toString().split("|")[3] ?? "", pid: child.pid ?? 0, kill };
}

function reattachJson(address: string, pid: number, version = 1): string {
  const Addr = { Network: "unix", String: address };
  return JSON.stringify({ nasty: { Protocol: "grpc", ProtocolVersion: version, Pid: pid, Test: true, Addr } });
}

describe("a plugin that runs already", () => {
  test("is used and left running", async () => {
    const plugin = await startByHand("ingot-plugin-nasty.mjs");
    for (let round = 0; round < 2; round++) {
      await using fixture = makeFixture([], {
        env: { INGOT_REATTACH_PLUGINS: reattachJson(plugin.address, plugin.pid) },
      });
      const { value } = await fixture.host.prepareBuilder(request("builder", "nasty"), { signal: NEVER });
      const result = await value?.run({ step: STEP }, recordingHandlers(), { signal: NEVER });
      expect(result).toEqual({ diagnostics: [], cancelled: false });
      expect(await fixture.leftovers()).toEqual([]);
      process.kill(plugin.pid, 0); // throws when it is gone
    }
  });

  test("that dies gives an error without a command", async () => {
    const plugin = await startByHand("ingot-plugin-nasty.mjs");
    await using fixture = makeFixture([], {
      env: { INGOT_REATTACH_PLUGINS: reattachJson(plugin.address, plugin.pid) },
    });
    const mode = request("builder", "nasty", "killed-by-test");
    const { value } = await fixture.host.prepareBuilder(mode, { signal: NEVER });
    const ui = () => void plugin.kill();
    const error = await rejection(value?.run({ step: STEP }, recordingHandlers({ ui }), { signal: NEVER }) as never);
    expect(error.code).toBe("crash");
    expect(error.message).toContain('The connection to the plugin "nasty" broke while it ran the builder "nasty"');
    expect(error.message).not.toContain("Command:");
  });

  test("but not any more is an error that says so", async () => {
    await using fixture = makeFixture([], { env: { INGOT_REATTACH_PLUGINS: reattachJson("/tmp/nobody-here", 4711) } });
    const error = await rejection(fixture.host.describe({ kind: "builder", name: "nasty" }, { signal: NEVER }));
    expect(error.code).toBe("reattach");
    expect(error.message).toContain('"nasty" (process 4711) can\'t be reached at unix:/tmp/nobody-here');
  });
});

test.each([
  { text: "{", says: "is not JSON" },
  { text: "[]", says: "is not a JSON object" },
  { text: '{"x":{}}', says: 'gives no "Protocol" "grpc" for the plugin "x"' },
  { text: '{"x":{"Protocol":"grpc","ProtocolVersion":1}}', says: 'gives no "Addr"' },
  { text: reattachJson("relative", 1), says: 'the plugin "nasty" listens on "relative", which is no absolute path' },
  { text: reattachJson("/x", 1, 9), says: "speaks version 9 of the plugin protocol; this Ingot speaks 1" },
])("INGOT_REATTACH_PLUGINS=$text is refused", ({ text, says }) => {
  expect(() => makeFixture([], { env: { INGOT_REATTACH_PLUGINS: text } })).toThrow(says);
});
