import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { CleanupStack, type Diagnostic } from "@ingot/diag";
import type { Artifact, BuilderHandlers, BuilderResult, Machine, SessionResult } from "@ingot/engine";
import {
  makeFixture,
  NEVER,
  recordingHandlers,
  rejection,
  request,
  STEP,
  testPlugin,
  type Fixture,
} from "./test-fixture.js";

jest.setTimeout(60_000); // processes are slow to start on a busy machine

const FILES = ["ingot-plugin-box.mjs", "ingot-plugin-tool.mjs"];

interface Outcome {
  readonly result: BuilderResult;
  readonly lines: readonly string[];
  readonly provisioned: readonly SessionResult[];
}

/** Builds a box and provisions it with the tool, as the engine would. */
async function build(
  fixture: Fixture,
  boxMode = "",
  toolMode = "",
  more: Partial<BuilderHandlers> = {},
): Promise<Outcome> {
  const { host } = fixture;
  const lines: string[] = [];
  const provisioned: SessionResult[] = [];
  const ui = (_: string, text: string): void => void lines.push(text);
  const builder = (await host.prepareBuilder(request("builder", "box", boxMode), { signal: NEVER })).value;
  const tool = (await host.prepareProvisioner(request("provisioner", "tool", toolMode), { signal: NEVER })).value;
  const provision = async (machine: Machine): Promise<{ diagnostics: readonly Diagnostic[] }> => {
    const result = await tool?.provision({ step: STEP, machine }, recordingHandlers({ ui }), { signal: NEVER });
    if (result) provisioned.push(result);
    return { diagnostics: result?.diagnostics ?? [] };
  };
  const result = await builder?.run({ step: STEP }, recordingHandlers({ ui, provision, ...more }), { signal: NEVER });
  if (!result) throw new Error("no builder");
  return { result, lines, provisioned };
}

describe("a machine", () => {
  test.each<{ name: string; env: NodeJS.ProcessEnv }>([
    { name: "over sockets", env: {} },
    { name: "over TCP with mutual TLS", env: { INGOT_PLUGIN_NETWORK: "tcp" } },
    { name: "over TCP, with a listener of its own", env: { INGOT_PLUGIN_NETWORK: "tcp", BOX_OWN_ENDPOINT: "1" } },
  ])("is reached directly by a provisioner of another plugin, $name", async ({ env }) => {
    await using fixture = makeFixture(FILES, { env });
    const { result, lines } = await build(fixture);
    expect(lines).toEqual(["main: hello", "data: ID Password*", "provisioned: well", "tokens: 0"]);
    expect(result.artifact).toMatchObject({ builderId: "test.box", component: { kind: "builder", name: "box" } });
    expect(fixture.pids().length).toBe(2);
    const network = fixture.log.find(({ message }) => message === "plugin is ready")?.fields["network"];
    expect(network).toBe(env["INGOT_PLUGIN_NETWORK"] ?? "unix");
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("that its builder gives up ends the provisioners' sessions", async () => {
    await using fixture = makeFixture(FILES);
    const { result, provisioned } = await build(fixture, "gives-up", "waits");
    expect(result.diagnostics.map(({ summary }) => summary)).toEqual(["Box broke"]);
    expect(provisioned[0]?.diagnostics.map(({ summary }) => summary)).toEqual(["Machine is gone"]);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("whose plugin dies ends the provisioners' sessions, and the builder's with the crash", async () => {
    await using fixture = makeFixture(FILES);
    const error = await rejection(build(fixture, "dies-while-provisioning", "waits"));
    expect(error.message).toContain('The plugin "box" crashed while it ran the builder "box"');
    expect(error.message).toContain("exit status 5");
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("is cleaned up by its builder when provisioning fails", async () => {
    await using fixture = makeFixture(FILES);
    const failed: Diagnostic = { severity: "error", summary: "Script failed", detail: "" };
    const { result, lines } = await build(fixture, "", "", {
      provision: () => Promise.resolve({ diagnostics: [failed] }),
    });
    expect(lines).toEqual(["provisioned: Script failed", "tokens: 0"]);
    expect(result.diagnostics.map(({ summary }) => summary)).toEqual(["Box not made"]);
    expect(result.artifact).toBeUndefined();
  });
});

describe("a communicator component", () => {
  test("connects for a builder without a connection of its own, and lives as long as provisioning", async () => {
    await using fixture = makeFixture(FILES);
    const { lines, result } = await build(fixture, "connector");
    expect(lines).toEqual([
      "connecting to box-1",
      "linked: hello",
      "data: Host ID Password*",
      "disconnected",
      "provisioned: well",
      "tokens: 0",
    ]);
    expect(result.diagnostics).toEqual([]);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("is the one of the builder's plugin, even if another has one of that name", async () => {
    await using fixture = makeFixture(FILES);
    await using cleanup = new CleanupStack();
    const folder = await mkdtemp(join(tmpdir(), "ingot-host-"));
    cleanup.defer(() => rm(folder, { recursive: true }));
    const [path, other] = [testPlugin("ingot-plugin-box.mjs"), join(folder, "ingot-plugin-box.mjs")];
    await symlink(path, other);
    const tool = testPlugin("ingot-plugin-tool.mjs");
    fixture.host.choose([
      { name: "tool", localName: "tool", use: { kind: "executable", path: tool } },
      { name: "box", localName: "other", use: { kind: "executable", path: other } },
      { name: "box", localName: "box", use: { kind: "executable", path } },
    ]);
    const { result } = await build(fixture, "connector");
    expect(result.diagnostics).toEqual([]);
    expect(fixture.pids().length).toBe(2); // the box and the tool
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("is never that of another plugin of the same name", async () => {
    await using fixture = makeFixture(FILES);
    await using cleanup = new CleanupStack();
    const folder = await mkdtemp(join(tmpdir(), "ingot-host-linkless-"));
    cleanup.defer(() => rm(folder, { recursive: true }));
    const [path, own] = [testPlugin("ingot-plugin-box.mjs"), join(folder, "ingot-plugin-box.mjs")];
    await symlink(path, own);
    fixture.host.choose([
      { name: "box", localName: "other", use: { kind: "executable", path } },
      { name: "box", localName: "box", use: { kind: "executable", path: own } },
    ]);
    const error = await rejection(build(fixture, "connector"));
    expect(error.message).toContain(
      'The builder "box" needs the communicator "boxlink", which its plugin doesn\'t offer.',
    );
    expect(error.message).toContain(`Another plugin that is called "box" offers one of that name: ${path}`);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("that loses the machine fails the build with its reason", async () => {
    await using fixture = makeFixture(FILES);
    const { result, provisioned } = await build(fixture, "connector-breaks", "waits");
    expect(provisioned[0]?.diagnostics.map(({ summary }) => summary)).toEqual(["Machine is gone"]);
    expect(result.diagnostics.map(({ summary }) => summary)).toEqual(["Connection lost", "Box not made"]);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("that can't connect fails the build with its reason", async () => {
    await using fixture = makeFixture(FILES);
    const { lines, result } = await build(fixture, "connector-fails");
    expect(lines).toEqual(["provisioned: No route to box", "tokens: 0"]);
    expect(result.diagnostics.map(({ summary }) => summary)).toEqual(["No route to box", "Box not made"]);
    expect(await fixture.leftovers()).toEqual([]);
  });
});

describe("an artifact", () => {
  const made = async (fixture: Fixture): Promise<Artifact> => {
    const { artifact } = (await build(fixture, "", "", { provision: () => Promise.resolve({ diagnostics: [] }) }))
      .result;
    if (!artifact) throw new Error("no artifact");
    return artifact;
  };

  test("survives as data and is destroyed by its maker, also after it passed a post-processor", async () => {
    await using fixture = makeFixture(FILES);
    const { host } = fixture;
    const artifact = await made(fixture);
    const check = (await host.preparePostProcessor(request("post-processor", "boxcheck"), { signal: NEVER })).value;
    const recorder = recordingHandlers();
    const seen = await check?.postProcess({ step: STEP, artifact }, recorder, { signal: NEVER });
    expect(recorder.seen).toEqual([["ui", "error", "got box-1"]]);
    expect(seen).toMatchObject({ keepInput: true, forceKeepInput: false, diagnostics: [] });
    expect(seen?.artifact).toMatchObject({ component: artifact.component, description: "seen" });
    expect(await host.destroyArtifact(seen?.artifact ?? artifact, { signal: NEVER })).toEqual([]);
  });

  test("can be destroyed by a later process", async () => {
    await using first = makeFixture(FILES);
    const artifact = await made(first);
    expect(await first.leftovers()).toEqual([]);
    await using second = makeFixture(FILES);
    expect(await second.host.destroyArtifact(artifact, { signal: NEVER })).toEqual([]);
    expect(await second.leftovers()).toEqual([]);
  });
});
