import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { messages, useCorePlugin } from "../testing/core-plugin.js";
import { manifestText } from "./manifest-file.js";

const core = useCorePlugin();

async function manifest(config: object, build: object = {}) {
  const outcome = await core.plugin.postProcess("manifest", config as Record<string, unknown>, {
    artifact: { id: "x", files: [], generatedData: { ID: "i-1" } },
    build: { buildName: "n", builderType: "t", runId: "r1", ...build },
  });
  return messages(outcome);
}

const read = (name: string): { builds: { name: string }[]; last_run_uuid: string } =>
  JSON.parse(readFileSync(join(core.folder, name), "utf8")) as ReturnType<typeof read>;

test("20 builds at the same time all get their entry", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `build-${index}`);
  const all = await Promise.all(names.map((buildName) => manifest({ output: "many.json" }, { buildName })));
  expect(all.flat()).toEqual([]);
  expect(
    read("many.json")
      .builds.map(({ name }) => name)
      .sort(),
  ).toEqual(names.sort());
  expect(existsSync(join(core.folder, "many.json.lock"))).toBe(false);
});

test("passes over a lock that a crash left behind", async () => {
  const lock = join(core.folder, "stale.json.lock");
  writeFileSync(lock, "");
  utimesSync(lock, 1, 1);
  expect(await manifest({ output: "stale.json" })).toEqual([]);
  expect(existsSync(lock)).toBe(false);
});

test("appends, and drops what another run wrote only with -force", async () => {
  const output = "append.json";
  await manifest({ output });
  await manifest({ output }, { runId: "r2" });
  expect(read(output).builds).toHaveLength(2);
  await manifest({ output }, { runId: "r2", force: true });
  expect(read(output).builds).toHaveLength(3);
  await manifest({ output }, { runId: "r3", force: true });
  expect(read(output)).toMatchObject({ builds: [{ name: "n" }], last_run_uuid: "r3" });
});

test("an empty file is as good as none", async () => {
  writeFileSync(join(core.folder, "empty.json"), "");
  expect(await manifest({ output: "empty.json" })).toEqual([]);
  expect(read("empty.json").builds).toHaveLength(1);
});

test("says which file it can't read", async () => {
  writeFileSync(join(core.folder, "bad.json"), "{");
  expect((await manifest({ output: "bad.json" }))[0]).toMatch(/^Unable to parse content from bad\.json: /);
  expect(await manifest({ output: "no/where.json" })).toEqual([
    "Unable to write no/where.json: open no/where.json: no such file or directory",
  ]);
});

test("writes JSON as Go does", () => {
  expect(manifestText({ a: "<&>\u2028", b: null })).toBe('{\n  "a": "\\u003c\\u0026\\u003e\\u2028",\n  "b": null\n}');
});
