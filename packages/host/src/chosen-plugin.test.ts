import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { chosenFor, localComponentName, ownNames, type ChosenPlugin } from "./chosen-plugin.js";
import { describePlugin } from "./describe-plugin.js";
import { makeFixture, NEVER, rejection, request, testPlugin } from "./test-fixture.js";

jest.setTimeout(60_000); // processes are slow to start on a busy machine

const BOX: ChosenPlugin = {
  name: "box",
  localName: "bx",
  use: { kind: "executable", path: testPlugin("ingot-plugin-box.mjs") },
};

test.each([
  { component: "dk", want: ["docker", "dk"] },
  { component: "dk-tag", want: ["docker-tag", "dk-tag"] },
  { component: "docker-tag", want: ["docker-tag"] },
  { component: "dkx", want: [] },
])("$component may be called $want in the plugin", ({ component, want }) => {
  expect(ownNames(component, { name: "docker", localName: "dk", use: { kind: "found" } })).toEqual(want);
});

test("templates know components by the local name, unless their names have nothing to do with the plugin's", () => {
  expect(localComponentName("box", BOX)).toBe("bx");
  expect(localComponentName("box-note", BOX)).toBe("bx-note");
  expect(localComponentName("greet", BOX)).toBe("greet");
});

test("of two plugins of one name, the one that the template calls so is asked first", () => {
  const use = { kind: "found" } as const;
  const [hello, greet] = [
    { name: "greet", localName: "hello", use },
    { name: "greet", localName: "greet", use },
  ];
  expect(chosenFor("greet-names", [hello, greet])).toEqual([greet, hello]);
  expect(chosenFor("hello-names", [greet, hello])).toEqual([hello, greet]);
});

describe("a chosen plugin", () => {
  test("offers its components under both names, and works under the local one", async () => {
    await using fixture = makeFixture([]);
    fixture.host.choose([BOX]);
    for (const name of ["bx", "box"])
      expect(await fixture.host.describe({ kind: "builder", name }, { signal: NEVER })).toMatchObject({
        plugin: "box",
      });
    expect(await fixture.host.componentNames("builder", { signal: NEVER })).toEqual(["bx"]);
    const prepared = await fixture.host.prepareBuilder(request("builder", "bx"), { signal: NEVER });
    expect(prepared.diagnostics).toEqual([]);
    await prepared.value?.release();
    expect(fixture.pids().length).toBe(1);
  });

  test("comes before one of the same name in a folder, each in a process of its own", async () => {
    await using fixture = makeFixture(["ingot-plugin-box.mjs"]);
    const reason = "It is made for another kind of machine.";
    fixture.host.choose([{ name: "box", localName: "box", use: { kind: "unusable", reason } }]);
    const error = await rejection(fixture.host.describe({ kind: "builder", name: "box" }, { signal: NEVER }));
    expect(error).toMatchObject({ code: "unusable", message: reason });
  });

  test("may be the one in the folder, or none that is there", async () => {
    await using fixture = makeFixture(["ingot-plugin-box.mjs"]);
    fixture.host.choose([
      { ...BOX, use: { kind: "found" } },
      { name: "core", localName: "core", use: { kind: "builtin" } },
    ]);
    expect(await fixture.host.describe({ kind: "builder", name: "bx" }, { signal: NEVER })).toBeDefined();
    expect(await fixture.host.describe({ kind: "builder", name: "core" }, { signal: NEVER })).toBeUndefined();
  });
});

test("what else is installed is looked for once, and only when nothing else offers a component", async () => {
  let asked = 0;
  const findInstalled = (): Promise<readonly ChosenPlugin[]> => {
    asked++;
    return Promise.resolve([BOX]);
  };
  await using fixture = makeFixture(["ingot-plugin-tool.mjs"], { findInstalled });
  expect(await fixture.host.describe({ kind: "provisioner", name: "tool" }, { signal: NEVER })).toBeDefined();
  expect(asked).toBe(0);
  expect(await fixture.host.describe({ kind: "builder", name: "bx" }, { signal: NEVER })).toBeDefined();
  expect(await fixture.host.describe({ kind: "builder", name: "none" }, { signal: NEVER })).toBeUndefined();
  expect(asked).toBe(1);
});

describe("describePlugin", () => {
  const path = testPlugin("ingot-plugin-box.mjs");

  test("keeps a description under the hash of what is installed", async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), "hd-"));
    try {
      const pids: string[] = [];
      const options = {
        ...{ path, hostVersion: "0.1.0", cacheDir, contentHash: "sha256:00", signal: NEVER },
        log: ({ fields }: { readonly fields: Readonly<Record<string, string>> }) =>
          void (fields["pid"] !== undefined && pids.push(fields["pid"])),
      };
      const first = await describePlugin(options);
      expect(first).toMatchObject({ name: "box", version: "2.0.0" });
      expect(await describePlugin(options)).toEqual(first);
      expect(pids.length).toBe(1);
    } finally {
      rmSync(cacheDir, { recursive: true });
    }
  });

  test("rejects for a program that is no plugin", async () => {
    const options = { path: testPlugin("ingot-plugin-exits-at-once.mjs"), hostVersion: "0.1.0", signal: NEVER };
    expect(await rejection(describePlugin(options))).toMatchObject({ code: "start" });
  });
});
