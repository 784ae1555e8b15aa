import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import type { ComponentRef, Machine, PrepareRequest } from "@ingot/engine";
import {
  elementsOf,
  entriesOf,
  listValue,
  nullValue,
  objectValue,
  stringValue,
  toJs,
  type Type,
  type Value,
} from "@ingot/hcl";
import { schemaType } from "./decode-schema.js";
import { FACTS, makeFixture, NEVER, recordingHandlers, STEP, type Fixture } from "./test-fixture.js";

jest.setTimeout(60_000); // processes are slow to start on a busy machine

const script = fileURLToPath(new URL("../../../scripts/build-example-plugins.mjs", import.meta.url));
const built = JSON.parse(execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" })) as {
  readonly folders: readonly string[];
  readonly skipped: Readonly<Record<string, string>>;
};
const describeIfBuilt = Object.keys(built.skipped).length === 0 ? describe : describe.skip;
const root = mkdtempSync(join(tmpdir(), "ingot-host-foreign-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A configuration as the engine makes it: all attributes, absent ones null, absent blocks an empty list. */
async function prepareRequest(
  { host }: Fixture,
  component: ComponentRef,
  texts: Readonly<Record<string, string>>,
): Promise<PrepareRequest> {
  const schema = (await host.describe(component, { signal: NEVER }))?.config;
  if (!schema) throw new Error(`no ${component.name}`);
  const type = schemaType(schema);
  if (type.kind !== "object") throw new Error("no object");
  const absent = (attribute: Type): Value =>
    attribute.kind === "list" && attribute.element.kind === "object"
      ? listValue(attribute.element, [])
      : nullValue(attribute);
  const entries = [...type.attributes].map(([name, attribute]): [string, Value] => {
    const text = texts[name];
    return [name, text === undefined ? absent(attribute) : stringValue(text)];
  });
  const build = { ...FACTS, workingDirectory: root, cacheDirectory: join(root, "cache") };
  return { component, config: objectValue(new Map(entries)), build, validateOnly: false };
}

describeIfBuilt("a builder in Go and a provisioner in Python", () => {
  test.each(["unix", "tcp"])("work together: INGOT_PLUGIN_NETWORK=%s", async (network) => {
    const output = join(root, `out-${network}`);
    const env = { INGOT_PLUGIN_PATH: built.folders.join(delimiter), INGOT_PLUGIN_NETWORK: network };
    await using fixture = makeFixture([], { env });
    const { host } = fixture;
    const folder = await prepareRequest(fixture, { kind: "builder", name: "folder" }, { output });
    const render = await prepareRequest(
      fixture,
      { kind: "provisioner", name: "render" },
      { destination: "hello.txt", content: "It is @{ID}." },
    );
    const builder = (await host.prepareBuilder(folder, { signal: NEVER })).value;
    const provisioner = (await host.prepareProvisioner(render, { signal: NEVER })).value;
    const handlers = recordingHandlers();
    const provision = async (machine: Machine) => {
      const result = await provisioner?.provision({ step: STEP, machine }, handlers, { signal: NEVER });
      return { diagnostics: result?.diagnostics ?? [] };
    };
    const result = await builder?.run({ step: STEP }, { ...handlers, provision }, { signal: NEVER });
    expect(result?.diagnostics).toEqual([]);
    expect(readFileSync(join(output, "hello.txt"), "utf8")).toMatch(/^It is .+\.$/);

    const list = await prepareRequest(fixture, { kind: "data-source", name: "folder" }, { path: output });
    const source = (await host.prepareDataSource(list, { signal: NEVER })).value;
    const data = await source?.execute({ step: STEP }, handlers, { signal: NEVER });
    const files = data?.output && entriesOf(data.output).get("files");
    expect(files && elementsOf(files).map((file) => toJs(file))).toMatchObject([{ path: "hello.txt" }]);
    if (result?.artifact) expect(await host.destroyArtifact(result.artifact, { signal: NEVER })).toEqual([]);
    expect(await fixture.leftovers()).toEqual([]);
  });
});
