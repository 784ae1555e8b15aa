import { describe, expect, test } from "@jest/globals";
import { stringValue } from "@ingot/hcl";
import type { RunEvent } from "./events.js";
import { failedWith, MemoryPlugins, provisioningBuilder, succeeded, artifactOf } from "./testing/memory-plugins.js";
import { eventsOf, runTemplate } from "./testing/run-template.js";
import { provisioner, templateOf } from "./testing/template-of.js";

function typesOf(events: readonly RunEvent[]): readonly string[] {
  return events.map(({ type }) => type);
}

describe("a run", () => {
  test("tells of each transition in order, and the journal holds the same", async () => {
    const plugins = new MemoryPlugins({
      builders: { box: provisioningBuilder("box-1") },
      provisioners: {
        greet: (handlers) => {
          handlers.ui("say", "hello");
          handlers.progress({ id: "p", label: "copy", done: 1, unit: "bytes", finished: true });
          return Promise.resolve(succeeded);
        },
      },
    });
    const template = templateOf([{ name: "box.a", provisioners: [provisioner("greet")] }]);
    const { result, events, journal, journalMode } = await runTemplate(template, { plugins });
    expect(result).toEqual({ outcome: "success", succeeded: 1, failed: 0 });
    expect(typesOf(events)).toEqual([
      ...["run-started", "build-planned", "build-started"],
      ...["step-started", "machine-ready", "step-started", "ui", "progress", "step-finished", "step-finished"],
      ...["build-finished", "run-finished"],
    ]);
    expect(journal).toEqual(events.filter(({ type }) => type !== "progress"));
    expect((journalMode ?? 0) & 0o777).toBe(0o600);
    expect(plugins.alive).toBe(0);
  });

  test("names builds and steps the same in the next run", async () => {
    const template = templateOf([
      { name: "box.a", provisioners: [provisioner("greet", { line: 7 }), provisioner("greet", { line: 9 })] },
      { name: "box.b", provisioners: [provisioner("greet", { line: 7 })] },
    ]);
    const steps = async (): Promise<readonly string[]> => {
      const plugins = new MemoryPlugins({
        builders: { box: provisioningBuilder("x") },
        provisioners: { greet: () => Promise.resolve(succeeded) },
      });
      const { events } = await runTemplate(template, { plugins });
      return eventsOf(events, "build-planned").flatMap(({ build, steps }) => [build, ...steps.map(({ step }) => step)]);
    };
    const first = await steps();
    expect(await steps()).toEqual(first);
    expect(new Set(first).size).toBe(7);
  });

  test("has a step's start on the disk before the step begins", async () => {
    let journal: readonly RunEvent[] = [];
    const seen: string[] = [];
    const plugins = new MemoryPlugins({
      builders: {
        box: async (handlers) => {
          const record = { recordId: "r1", kind: "vm", id: "vm-1", locator: {} };
          const component = { kind: "builder" as const, name: "box" };
          await handlers.resource({ ...record, component, state: "planned" });
          seen.push("recorded");
          return { diagnostics: [], cancelled: false, artifact: artifactOf("x") };
        },
      },
    });
    ({ journal } = await runTemplate(templateOf([{ name: "box.a" }]), { plugins }));
    expect(seen).toEqual(["recorded"]);
    expect(typesOf(journal)).toContain("resource");
  });

  test("masks secrets in every event, also line by line, and keeps the words of the stream", async () => {
    const plugins = new MemoryPlugins({
      builders: { box: provisioningBuilder("box-1") },
      provisioners: {
        leak: (handlers) => {
          handlers.secrets(["say", "line one\nline two"]);
          handlers.ui("say", "the password is hunter2; line two");
          handlers.log({ level: "warn", message: "hunter2", fields: { token: "hunter2" }, timeMs: 0 });
          return Promise.resolve(failedWith("bad password hunter2"));
        },
      },
    });
    const template = templateOf([{ name: "box.a", provisioners: [provisioner("leak")] }], ["hunter2"]);
    const { events, journal } = await runTemplate(template, { plugins });
    expect(JSON.stringify([events, journal])).not.toMatch(/hunter2|line two/);
    expect(eventsOf(events, "ui")[0]).toMatchObject({ level: "say", text: "the password is <sensitive>; <sensitive>" });
    expect(eventsOf(events, "build-failed")[0]?.error).toBe("bad password <sensitive>");
  });

  test("gives the events as an async iterable that ends with the run", async () => {
    const { Run } = await import("./run.js");
    const plugins = new MemoryPlugins({ builders: { box: provisioningBuilder("x") } });
    const settings = {
      ...{ workingDirectory: "/", cacheDirectory: "/", debug: false, force: false, onError: "" as const },
      ...{ parallelBuilds: 0, validateOnly: false },
    };
    const run = new Run({ plugins, settings, command: "build", productVersion: "0.0.0" });
    const types: string[] = [];
    const reading = (async () => {
      for await (const event of run.events()) types.push(event.type);
    })();
    const { signal } = new AbortController();
    const template = templateOf([{ name: "box.a" }]);
    await run.execute(await run.plan(template, { signal }), { signal });
    await run[Symbol.asyncDispose]();
    await reading;
    expect(types.at(0)).toBe("run-started");
    expect(types.at(-1)).toBe("run-finished");
  });
});

describe("scheduling", () => {
  test.each([
    { name: "all at once without a limit", parallelBuilds: 0, debug: false, most: 4 },
    { name: "two at a time", parallelBuilds: 2, debug: false, most: 2 },
    { name: "one at a time when debugging", parallelBuilds: 4, debug: true, most: 1 },
  ])("runs $name", async ({ parallelBuilds, debug, most }) => {
    let running = 0;
    let peak = 0;
    const plugins = new MemoryPlugins({
      builders: {
        box: async () => {
          peak = Math.max(peak, ++running);
          await new Promise((resolve) => setTimeout(resolve, 20));
          running--;
          return { diagnostics: [], cancelled: false };
        },
      },
    });
    const template = templateOf(["a", "b", "c", "d"].map((name) => ({ name: `box.${name}` })));
    const { result } = await runTemplate(template, { plugins, settings: { parallelBuilds, debug } });
    expect(result.succeeded).toBe(4);
    expect(peak).toBe(most);
  });

  test("goes on with the other builds when one fails", async () => {
    const plugins = new MemoryPlugins({
      builders: {
        box: provisioningBuilder("x"),
        bad: () => Promise.resolve({ ...failedWith("no disk"), artifact: artifactOf("y") }),
      },
    });
    const template = templateOf([{ name: "bad.a", builder: "bad" }, { name: "box.b" }]);
    const { result, events } = await runTemplate(template, { plugins });
    expect(result).toEqual({ outcome: "failed", succeeded: 1, failed: 1 });
    expect(eventsOf(events, "build-failed")[0]).toMatchObject({ name: "bad.a", error: "no disk", cancelled: false });
  });

  test("starts no build after a cancel and waits for the running one", async () => {
    const controller = new AbortController();
    let cleaned = false;
    const plugins = new MemoryPlugins({
      builders: {
        box: async (_handlers, { signal }) => {
          const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
          setTimeout(() => controller.abort(new Error("interrupted")), 5);
          await aborted;
          await new Promise((resolve) => setTimeout(resolve, 10));
          cleaned = true;
          return { diagnostics: [], cancelled: true };
        },
      },
    });
    const template = templateOf([{ name: "box.a" }, { name: "box.b" }, { name: "box.c" }]);
    const { result, events } = await runTemplate(template, { plugins, controller, settings: { parallelBuilds: 1 } });
    expect(cleaned).toBe(true);
    expect(result.outcome).toBe("cancelled");
    expect(
      eventsOf(events, "build-failed")
        .map(({ name, error, started }) => [name, error, started])
        .sort(),
    ).toEqual([
      ["box.a", "context canceled", true],
      ["box.b", "Build 'box.b' failed to acquire semaphore: context canceled", false],
    ]);
    expect(plugins.alive).toBe(0);
  });
});

describe("a plugin that dies", () => {
  test("leaves nothing: its resources are removed newest first, and provisioners end", async () => {
    let provisionerEnded = false;
    let provisionerStarts = (): void => undefined;
    const provisionerStarted = new Promise<void>((resolve) => (provisionerStarts = resolve));
    const plugins = new MemoryPlugins({
      builders: {
        box: async (handlers) => {
          const component = { kind: "builder" as const, name: "box" };
          for (const id of ["disk", "vm", "gone"]) {
            await handlers.resource({ recordId: id, kind: id, id, locator: {}, component, state: "created" });
          }
          await handlers.resource({
            recordId: "gone",
            kind: "gone",
            id: "gone",
            locator: {},
            component,
            state: "released",
          });
          void handlers.provision({ connectionType: "none", generatedData: new Map([["ID", stringValue("vm")]]) });
          await provisionerStarted;
          throw new Error("the plugin exited with status 2");
        },
      },
      provisioners: {
        wait: async (_handlers, { signal }) => {
          provisionerStarts();
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          provisionerEnded = true;
          return { diagnostics: [], cancelled: true };
        },
      },
      destroy: ({ id }) => (id === "disk" ? [{ severity: "error", summary: "still in use", detail: "" }] : []),
    });
    const template = templateOf([{ name: "box.a", provisioners: [provisioner("wait")] }]);
    const { events } = await runTemplate(template, { plugins });
    expect(provisionerEnded).toBe(true);
    expect(plugins.destroyed).toEqual(["vm", "disk"]);
    expect(eventsOf(events, "resource").at(-1)?.resource).toMatchObject({ id: "vm", state: "released" });
    expect(eventsOf(events, "resource-cleanup-failed")).toMatchObject([{ id: "disk", error: "still in use" }]);
    expect(eventsOf(events, "build-failed")[0]?.error).toBe("the plugin exited with status 2");
  });
});
