import { describe, expect, jest, test } from "@jest/globals";
import type { BuilderHandlers } from "@ingot/engine";
import type { Value } from "@ingot/hcl";
import { entriesOf, hasMark, numberValueText, SENSITIVE } from "@ingot/hcl";
import type { PluginHostOptions } from "./plugin-host-options.js";
import {
  groupMembers,
  makeFixture,
  NEVER,
  recordingHandlers,
  rejection,
  request,
  sleep,
  STEP,
  until,
  type Fixture,
} from "./test-fixture.js";

jest.setTimeout(60_000); // processes are slow to start on a busy machine

const NASTY = ["ingot-plugin-nasty.mjs"];

async function runMode(
  fixture: Fixture,
  mode: string,
  handlers: Partial<BuilderHandlers> = {},
  signal: AbortSignal = NEVER,
) {
  const { value, diagnostics } = await fixture.host.prepareBuilder(request("builder", "nasty", mode), { signal });
  if (!value) throw new Error(JSON.stringify(diagnostics));
  const recorder = recordingHandlers(handlers);
  const result = await value.run({ step: STEP }, recorder, { signal });
  await value.release();
  return { result, seen: recorder.seen };
}

describe("a plugin that breaks in a session gives one clear error and leaves nothing", () => {
  test.each([
    {
      mode: "prepare-dies",
      code: "crash",
      says: ['crashed while it prepared the builder "nasty"', "signal SIGSEGV", "Traceback"],
    },
    {
      mode: "prepare-hangs",
      code: "timeout",
      says: ["did not answer within 0.5 seconds", 'prepared the builder "nasty"'],
    },
    {
      mode: "run-dies",
      code: "crash",
      says: ['crashed while it ran the builder "nasty"', "exit status 137", "out of memory", "nasty 1.2.3"],
    },
    { mode: "no-result", code: "protocol", says: ["ended the stream without a result"] },
    { mode: "after-result", code: "protocol", says: ["sent a message after its result"] },
    { mode: "two-machines", code: "protocol", says: ["announced a second machine"] },
    { mode: "empty-message", code: "protocol", says: ["sent an empty message"] },
    { mode: "empty-result", code: "protocol", says: ["sent a result that says nothing"] },
    { mode: "wrong-state", code: "protocol", says: ["resource.state is 0"] },
    { mode: "status", code: "protocol", says: ["status 13, IndexError"] },
    {
      mode: "wrong-number",
      code: "protocol",
      says: ['artifact.state.size is the number "12 MB", which is no decimal number'],
    },
    { mode: "no-builder-id", code: "protocol", says: ["artifact.builder_id is empty"] },
  ])("$mode", async ({ mode, code, says }) => {
    await using fixture = makeFixture(NASTY, mode === "prepare-hangs" ? { prepareTimeoutMs: 500 } : {});
    const error = await rejection(runMode(fixture, mode));
    expect(error.code).toBe(code);
    for (const text of says) expect(error.message).toContain(text);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("success while provisioners are at work is a violation", async () => {
    await using fixture = makeFixture(NASTY);
    const provision = () => sleep(100).then(() => ({ diagnostics: [] }));
    const error = await rejection(runMode(fixture, "early-success", { provision }));
    expect(error.message).toContain("succeeded before its machine was provisioned");
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("every call that waits gets the error when the process is killed, and later calls too", async () => {
    await using fixture = makeFixture(NASTY);
    let running = 0;
    const ui = () => void running++;
    const runs = [1, 2, 3].map(() => rejection(runMode(fixture, "killed-by-test", { ui })));
    await until(() => running === 3, "all run", 20_000);
    process.kill(fixture.pids()[0] ?? 0, "SIGKILL");
    for (const error of await Promise.all(runs)) {
      expect(error.code).toBe("crash");
      expect(error.message).toContain("by signal SIGKILL");
    }
    const later = await rejection(runMode(fixture, "events"));
    expect(later.message).toContain('The plugin "nasty" is not running any more');
    expect(later.message).toContain("by signal SIGKILL");
    const record = { recordId: "r", kind: "box", id: "b", locator: {}, state: "created" } as const;
    const component = { kind: "builder", name: "nasty" } as const;
    // Clean-up after the crash starts the plugin once more; this one doesn't serve it.
    const destroy = fixture.host.destroyResource({ ...record, component }, { signal: NEVER });
    expect((await rejection(destroy)).message).toContain("PluginService/DestroyResource");
    expect(fixture.pids().length).toBe(2);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("what a plugin started ends with it", async () => {
    await using fixture = makeFixture(NASTY);
    const { seen } = await runMode(fixture, "grandchildren");
    expect(String(seen[0]?.[2])).toMatch(/^child \d+$/);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("what it started in a group of its own is killed with a plugin that can't do it itself", async () => {
    await using fixture = makeFixture(NASTY);
    let child = 0;
    const ui = (_: string, text: string) => {
      child = Number(text.split(" ")[1]);
      expect(groupMembers(child)).toEqual([child]);
      process.kill(fixture.pids()[0] ?? 0, "SIGKILL");
    };
    await rejection(runMode(fixture, "detached-child", { ui }));
    await until(() => groupMembers(child).length === 0, "the child is gone");
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("killAll reaches these too", async () => {
    await using fixture = makeFixture(NASTY);
    let child = 0;
    const ui = (_: string, text: string) => {
      child = Number(text.split(" ")[1]);
      fixture.host.killAll();
    };
    await rejection(runMode(fixture, "detached-child", { ui }));
    await until(() => groupMembers(child).length === 0, "the child is gone");
    expect(await fixture.leftovers()).toEqual([]);
  });

  test.each(["ignores-shutdown"])("a plugin that %s is killed after the grace", async (mode) => {
    await using fixture = makeFixture(NASTY, { env: { NASTY_DESCRIBE: mode }, stopGraceMs: 200 });
    await runMode(fixture, "events");
    const startMs = performance.now();
    expect(await fixture.leftovers()).toEqual([]);
    expect(performance.now() - startMs).toBeGreaterThan(150);
  });
});

describe("cancel", () => {
  const options: Partial<PluginHostOptions> = { cancelGraceMs: 400 };

  test("is a message first; the plugin cleans up and reports", async () => {
    await using fixture = makeFixture(NASTY, options);
    const controller = new AbortController();
    const ui = (_: string, text: string) => void (text.startsWith("ready") && controller.abort(new Error("timeout")));
    const lines: string[] = [];
    const { result } = await runMode(
      fixture,
      "cancels-well",
      { ui: (level, text) => (lines.push(text), ui(level, text)) },
      controller.signal,
    );
    expect(result.cancelled).toBe(true);
    expect(lines).toEqual(["ready to be cancelled", "cleaning up: timeout 400"]);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("a plugin that ignores it is killed after the grace", async () => {
    await using fixture = makeFixture(NASTY, options);
    const controller = new AbortController();
    const ui = () => controller.abort(new Error("interrupted"));
    const error = await rejection(runMode(fixture, "ignores-cancel", { ui }, controller.signal));
    expect(error.code).toBe("timeout");
    expect(error.message).toContain("did not stop within 0.4 seconds after it was told to");
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("an aborted signal before the start reaches no plugin", async () => {
    await using fixture = makeFixture(NASTY, options);
    const error = await rejection(runMode(fixture, "events", {}, AbortSignal.abort(new Error("interrupted"))));
    expect(error.message).toBe("interrupted");
    expect(fixture.pids()).toEqual([]);
  });
});

describe("events", () => {
  test("reach the handlers in order", async () => {
    await using fixture = makeFixture(NASTY);
    const { result, seen } = await runMode(fixture, "events");
    expect(result).toEqual({ diagnostics: [], cancelled: false });
    expect(seen).toEqual([
      ["ui", "say", "one"],
      ["log", { level: "info", message: "two", fields: { a: "b" }, timeMs: 1000 }],
      ["progress", { id: "p", label: "disk", done: 5, total: 10, unit: "bytes", finished: false }],
      ["warning", { severity: "warning", summary: "Three", detail: "" }],
      ["secrets", ["hush"]],
    ]);
  });

  test("a resource is acknowledged only when it is in the journal", async () => {
    await using fixture = makeFixture(NASTY);
    const order: string[] = [];
    const resource = async () => {
      await sleep(100);
      order.push("in the journal");
    };
    const { result } = await runMode(fixture, "resource", { resource, ui: (_, text) => void order.push(text) });
    expect(result.diagnostics).toEqual([]);
    expect(order).toEqual(["in the journal", "recorded r1 1"]);
  });

  test("a journal that can't be written cancels the session", async () => {
    await using fixture = makeFixture(NASTY);
    const resource = () => Promise.reject(new Error("disk full"));
    expect((await rejection(runMode(fixture, "resource", { resource }))).message).toBe("disk full");
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("questions are answered side by side", async () => {
    await using fixture = makeFixture(NASTY);
    const ask = async (text: string) => {
      if (text === "Slow?") {
        await sleep(100);
        throw new Error("interrupted");
      }
      return "yes";
    };
    const { seen } = await runMode(fixture, "questions", { ask });
    expect(seen).toEqual([["ui", "say", "q2=yes q1=interrupted"]]);
  });

  test("diagnostics of prepare come back with their path and no instance", async () => {
    await using fixture = makeFixture(NASTY);
    const { host } = fixture;
    const outcome = await host.prepareBuilder(request("builder", "nasty", "prepare-refuses"), { signal: NEVER });
    const diagnostic = { severity: "error", summary: "Wrong mode", detail: "It is wrong.", path: ["mode"] };
    expect(outcome).toEqual({ value: undefined, diagnostics: [diagnostic] });
  });

  test("logs carry the plugin's name, whatever way they come", async () => {
    await using fixture = makeFixture(NASTY);
    await runMode(fixture, "events");
    await until(() => fixture.log.some(({ message }) => message === "printed to stdout"), "stdio");
    expect(fixture.log.find(({ message }) => message === "serving")).toMatchObject({
      plugin: "nasty",
      level: "info",
      fields: { module: "nasty", answer: "42" },
    });
  });
});

describe("a data source's output must fit its schema", () => {
  const execute = async (fixture: Fixture, mode: string): Promise<Value | undefined> => {
    const outcome = await fixture.host.prepareDataSource(request("data-source", "nasty", mode), { signal: NEVER });
    return (await outcome.value?.execute({ step: STEP }, recordingHandlers(), { signal: NEVER }))?.output;
  };

  test.each([
    { mode: "wrong-type", says: "output.size is a string; its schema wants a number" },
    { mode: "wrong-element", says: "output.list[1] is a number; its schema wants a string" },
    { mode: "not-in-schema", says: "output.colour is not in its schema" },
    { mode: "wrong-number", says: 'output.size is the number "ten", which is no decimal number' },
    { mode: "no-object", says: "output is a string; its schema wants an object" },
    { mode: "no-output", says: "output is missing" },
  ])("$mode", async ({ mode, says }) => {
    await using fixture = makeFixture(NASTY);
    const error = await rejection(execute(fixture, mode));
    expect(error.code).toBe("protocol");
    expect(error.message).toContain(
      `The plugin "nasty" sent a wrong value while it ran the data-source "nasty": ${says}`,
    );
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("good-output", async () => {
    await using fixture = makeFixture(NASTY);
    const output = await execute(fixture, "good-output");
    if (!output) throw new Error("no output");
    const entries = entriesOf(output);
    const size = entries.get("size");
    expect([...entries.keys()]).toEqual(["list", "name", "size"]);
    expect(size && numberValueText(size)).toBe("12345678901234567890.5");
    expect(hasMark(entries.get("name") ?? output, SENSITIVE)).toBe(true);
  });
});
