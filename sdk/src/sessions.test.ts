import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { localMachine } from "./local-machine.js";
import { startPlugin, UNKNOWN, type PluginUnderTest } from "./testing/index.js";

const FILE = new URL("../testdata/plugins/everything.mjs", import.meta.url);

let plugin: PluginUnderTest;
let dir: string;

beforeAll(async () => {
  plugin = await startPlugin(FILE);
  dir = mkdtempSync(join(tmpdir(), "ingot-sdk-"));
});
afterAll(async () => {
  await plugin[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});
afterEach(() => rmSync(join(dir, "marker"), { force: true }));

const marker = () => join(dir, "marker");

describe("describe and prepare", () => {
  test("gives the schema with defaults, descriptions and resource kinds", async () => {
    const { name, version, components } = await plugin.describe();
    expect([name, version]).toEqual(["everything", "1.2.3"]);
    const greet = components.find((component) => component.name === "greet");
    expect(greet?.config?.attributes["to"]).toMatchObject({ required: true, description: "Whom to greet." });
    expect(greet?.config?.attributes["times"]?.defaultValue?.kind).toEqual({ $case: "numberValue", value: "1" });
    expect(greet?.config?.attributes["token"]?.sensitive).toBe(true);
    const box = components.find((component) => component.name === "box");
    expect(box).toMatchObject({ resourceKinds: ["file"], generatedData: ["Colour"], capabilities: ["checkpoint"] });
    expect(box?.config?.attributes["ssh_username"]).toBeDefined();
    const double = components.find((component) => component.name === "double");
    expect(Object.keys(double?.output?.attributes ?? {})).toEqual(["doubled", "total", "note"]);
  });

  test("reports every problem with its path", async () => {
    const { diagnostics } = await plugin.prepare("provisioner", "greet", { times: 0, colour: "red" });
    expect(diagnostics.map(({ summary, path }) => [summary, path])).toEqual([
      ["Missing required argument", ["to"]],
      ["Invalid value", ["times"]],
      ["Unsupported argument", ["colour"]],
    ]);
  });

  test("takes unknown values without complaint", async () => {
    const { diagnostics } = await plugin.prepare("provisioner", "act", { do: UNKNOWN }, { validateOnly: true });
    expect(diagnostics).toEqual([]);
  });

  test.each([
    { name: "a problem", config: { do: "refuse" }, want: { summary: "Refused", detail: "Because.", path: ["do"] } },
    { name: "a thrown error", config: { do: "refuse loudly" }, want: { summary: "prepare failed" } },
  ])("prepare gives $name", async ({ config, want }) => {
    const { diagnostics } = await plugin.prepare("provisioner", "act", config);
    expect(diagnostics).toMatchObject([want]);
  });
});

describe("provisioners", () => {
  test("run commands on the machine and show their output line by line", async () => {
    const config = { to: "world", times: 2, token: "t0ken" };
    const outcome = await plugin.provision("greet", config, { machine: localMachine() });
    expect(outcome.diagnostics).toEqual([]);
    expect(outcome.ui.map(({ text }) => text)).toEqual(["hello world", "hello world"]);
    expect(outcome.secrets).toEqual(["t0ken"]);
  });

  test("talk to the host in every way", async () => {
    const outcome = await plugin.provision(
      "act",
      { do: "talk" },
      { machine: localMachine(), answer: () => "yes", build: { force: true }, generatedData: { ID: "i-1" } },
    );
    expect(outcome.diagnostics).toEqual([]);
    expect(outcome.ui).toEqual([
      { level: "error", text: "an error line" },
      { level: "say", text: "answer: yes" },
      { level: "say", text: "test true i-1" },
    ]);
    expect(outcome.log).toMatchObject([{ level: "info", message: "a log line", fields: { answer: "42" } }]);
    expect(outcome.warnings).toMatchObject([{ severity: "warning", summary: "Careful" }]);
    expect(outcome.secrets).toEqual(["hunter2"]);
    expect(outcome.progress).toMatchObject([{ label: "work", total: 10, finished: true }]);
    expect(plugin.process.stderr()).toContain("printed in a session");
    expect(plugin.process.stderr()).toContain("printed before the handshake");
  });

  test("turn an error into its message, and log the stack", async () => {
    const outcome = await plugin.provision("act", { do: "throw" }, { machine: localMachine() });
    expect(outcome.diagnostics).toMatchObject([{ severity: "error", summary: "it broke", detail: "" }]);
    expect(outcome.log.at(-1)?.fields["stack"]).toContain("everything.mjs");
  });

  test("turn a DiagnosticError into its diagnostic", async () => {
    const outcome = await plugin.provision("act", { do: "diagnose" }, { machine: localMachine() });
    expect(outcome.diagnostics).toMatchObject([{ summary: "Bad argument", detail: "It is bad.", path: ["arg"] }]);
  });

  test("end with cancelled when the host cancels", async () => {
    const controller = new AbortController();
    const outcome = await plugin.provision(
      "act",
      { do: "wait" },
      { machine: localMachine(), signal: controller.signal, onUi: () => controller.abort() },
    );
    expect(outcome).toMatchObject({ cancelled: true, diagnostics: [] });
  });

  test("end a command on the machine when the host cancels", async () => {
    const controller = new AbortController();
    const outcome = await plugin.provision(
      "act",
      { do: "command", arg: "echo started; sleep 60" },
      { machine: localMachine(), signal: controller.signal, onUi: () => controller.abort() },
    );
    expect(outcome).toMatchObject({ cancelled: true, diagnostics: [] });
  });

  test("take a flood of output", async () => {
    const arg = "yes 'a line of output' | head -n 200000";
    const outcome = await plugin.provision("act", { do: "flood", arg }, { machine: localMachine() });
    expect(outcome.ui.map(({ text }) => text)).toEqual(["200000 lines"]);
  });
});

describe("builders", () => {
  test("record a thing before it exists, provision its machine, and destroy it at the end", async () => {
    const states: [string, boolean][] = [];
    const outcome = await plugin.runBuilder(
      "box",
      { marker: marker(), communicator: "docker" },
      {
        onResource: ({ state }) => void states.push([state, existsSync(marker())]),
        provision: async (machine, data) => {
          expect(data).toEqual({ ID: "thing-1", Colour: "red" });
          expect(await machine.run(["sh", "-c", "exit 3"])).toEqual({ status: 3 });
        },
      },
    );
    expect(outcome.diagnostics).toEqual([]);
    expect(states).toEqual([
      ["planned", false],
      ["created", true],
      ["released", false],
    ]);
    expect(outcome.artifact).toEqual({
      id: "thing-1",
      files: [marker()],
      summary: "Box thing-1",
      builderId: "everything.box",
      state: { size: 7, list: ["a"] },
      generatedData: { ID: "thing-1", Colour: "red" },
    });
    expect(existsSync(marker())).toBe(false);
  });

  test("keep what they release, for destroyArtifact", async () => {
    const outcome = await plugin.runBuilder("box", { marker: marker(), mode: "keep" });
    expect(outcome.resources.map(({ state }) => state)).toEqual(["planned", "created", "released"]);
    expect(readFileSync(marker(), "utf8")).toBe("thing-1");
    if (outcome.artifact === undefined) throw new Error("no artifact");
    expect(await plugin.destroyArtifact("builder", "box", outcome.artifact)).toEqual([]);
    expect(existsSync(marker())).toBe(false);
    expect(await plugin.destroyArtifact("builder", "box", outcome.artifact)).toEqual([]);
  });

  test.each([
    { mode: "fail while making", want: "half made", states: ["planned", "released"] },
    { mode: "fail late", want: "late failure", states: ["planned", "created", "released"] },
  ])("destroy what they made when they $mode", async ({ mode, want, states }) => {
    const outcome = await plugin.runBuilder("box", { marker: marker(), mode });
    expect(outcome.diagnostics).toMatchObject([{ summary: want }]);
    expect(outcome.resources.map(({ state }) => state)).toEqual(states);
    expect(existsSync(marker())).toBe(false);
  });

  test("leave everything with -on-error=abort", async () => {
    const outcome = await plugin.runBuilder(
      "box",
      { marker: marker(), mode: "fail late" },
      { build: { onError: "abort" } },
    );
    expect(outcome.resources.map(({ state }) => state)).toEqual(["planned", "created"]);
    expect(outcome.ui.at(-1)?.text).toContain("skipping cleanup");
    expect(existsSync(marker())).toBe(true);
    const record = { kind: "file", id: "thing-1", locator: { path: marker() } };
    expect(await plugin.destroyResource("builder", "box", record)).toEqual([]);
    expect(existsSync(marker())).toBe(false);
  });

  test("fail with the host's diagnostics when provisioning fails", async () => {
    const outcome = await plugin.runBuilder(
      "box",
      { marker: marker() },
      {
        provision: () => {
          throw new Error("a provisioner failed");
        },
      },
    );
    expect(outcome.diagnostics).toMatchObject([{ summary: "a provisioner failed" }]);
    expect(outcome.artifact).toBeUndefined();
    expect(existsSync(marker())).toBe(false);
  });

  test("clean up when they are cancelled", async () => {
    const controller = new AbortController();
    const outcome = await plugin.runBuilder(
      "box",
      { marker: marker(), mode: "wait" },
      { signal: controller.signal, provision: () => void setTimeout(() => controller.abort(), 20) },
    );
    expect(outcome).toMatchObject({ cancelled: true, diagnostics: [] });
    expect(outcome.resources.at(-1)?.state).toBe("released");
    expect(existsSync(marker())).toBe(false);
  });

  test("answer a checkpoint while provisioners run, and start from one", async () => {
    const outcome = await plugin.runBuilder(
      "box",
      { marker: marker() },
      {
        resumeFrom: { step: 1 },
        provision: async (_machine, _data, { checkpoint }) => expect(await checkpoint()).toEqual({ step: 2 }),
      },
    );
    expect(outcome.diagnostics).toEqual([]);
    expect(outcome.ui[0]?.text).toBe('resumed from {"step":1}');
  });

  test("refuse transfers with communicator none, and let commands pass", async () => {
    const outcome = await plugin.runBuilder(
      "box",
      { marker: marker() },
      {
        provision: async (machine) => {
          expect(machine.type).toBe("none");
          expect(await machine.run("false")).toEqual({ status: 0 });
          await machine.upload(Buffer.from("x"), "/tmp/x");
        },
      },
    );
    expect(outcome.diagnostics).toMatchObject([{ summary: "Upload is not implemented when communicator = 'none'" }]);
  });

  test("name a communicator that is not there", async () => {
    const outcome = await plugin.runBuilder("box", { marker: marker(), communicator: "telnet" });
    expect(outcome.diagnostics).toMatchObject([{ summary: "Communicator type telnet is invalid" }]);
  });
});

describe("post-processors and data sources", () => {
  const artifact = { id: "a-1", files: ["x"], builderId: "test.box", state: { size: 3 }, summary: "A" };

  test("give back the artifact that came in", async () => {
    const outcome = await plugin.postProcess("look", { keep: true }, { artifact });
    expect(outcome.ui.map(({ text }) => text)).toEqual(["a-1 test.box 3"]);
    expect(outcome).toMatchObject({ artifact: { ...artifact, generatedData: {} }, keepInput: true });
  });

  test("make a new artifact", async () => {
    const outcome = await plugin.postProcess("look", { rename: "b" }, { artifact });
    expect(outcome.artifact).toMatchObject({ id: "b", builderId: "everything.look" });
    expect(outcome.forceKeepInput).toBe(true);
  });

  test("give output that fits the schema", async () => {
    const outcome = await plugin.execute("double", { values: [1, 2.5] });
    expect(outcome.output).toEqual({ doubled: [2, 5], total: 7, note: null });
  });
});

describe("communicators", () => {
  test("serve a machine until the host closes the connection", async () => {
    let line = "";
    const outcome = await plugin.connect(
      "link",
      {},
      {
        target: { Host: "10.0.0.1" },
        use: async (machine, data) => {
          expect(data).toEqual({ Host: "10.0.0.1" });
          await machine.run("echo connected", { stdout: (text) => void (line = text) });
        },
      },
    );
    expect(line).toBe("connected");
    expect(outcome.diagnostics).toEqual([]);
    expect(outcome.ui.map(({ text }) => text)).toEqual(["connecting to 10.0.0.1", "disconnected"]);
  });
});

describe("another way to listen and to start", () => {
  test("serves over TCP with mutual TLS, machines included", async () => {
    const tls = await startPlugin(FILE, { tls: true });
    try {
      expect(tls.process.handshakeLine).toMatch(/^1\|1\|tcp\|127\.0\.0\.1:\d+\|grpc\|[A-Za-z0-9+/]{300,}$/);
      const outcome = await tls.runBuilder(
        "box",
        { marker: marker(), communicator: "docker" },
        { provision: async (machine) => expect(await machine.run("exit 4")).toEqual({ status: 4 }) },
      );
      expect(outcome.diagnostics).toEqual([]);
    } finally {
      await tls[Symbol.asyncDispose]();
    }
  });

  test("serves an export of a file that does not serve itself", async () => {
    const exported = await startPlugin(FILE, { export: "plugin" });
    expect((await exported.describe()).name).toBe("everything");
    await exported[Symbol.asyncDispose]();
    expect(await exported.process.exited).toEqual({ code: 0, signal: null });
  });
});
