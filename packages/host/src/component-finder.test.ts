import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { DescriptionCache } from "./description-cache.js";
import { describePluginToFile } from "./describe-plugin.js";
import { makeFixture, NEVER, rejection, request, testPlugin } from "./test-fixture.js";

jest.setTimeout(60_000); // processes are slow to start on a busy machine

// Inside the package, so that copies of plugins find what they import.
const PARENT = new URL("../testdata/", import.meta.url).pathname;
let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(PARENT, "tmp-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const BOX = { kind: "builder", name: "box" } as const;

describe("a component is looked for", () => {
  test("also in plugins of other names; a broken one is passed over with a warning", async () => {
    await using fixture = makeFixture(["ingot-plugin-prints-junk.mjs", "ingot-plugin-box.mjs"]);
    const check = { kind: "communicator", name: "link" } as const;
    expect(await fixture.host.describe(check, { signal: NEVER })).toBeUndefined();
    const warnings = fixture.log.filter(({ level }) => level === "warn");
    expect(warnings).toMatchObject([{ plugin: "prints-junk", message: "a plugin is broken and was left out" }]);
    expect(await fixture.host.componentNames("communicator", { signal: NEVER })).toEqual(["boxlink"]);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("and not found with the places in the message", async () => {
    await using fixture = makeFixture([], { userPluginDir: "/no/such/plugins" });
    const error = await rejection(fixture.host.prepareBuilder(request("builder", "xen"), { signal: NEVER }));
    expect(error).toMatchObject({ code: "not-found" });
    expect(error.message).toContain('No plugin offers the builder "xen".');
    expect(error.message).toContain("/no/such/plugins");
    expect(error.message).toContain("INGOT_PLUGIN_PATH");
  });

  test("with one process, however many ask", async () => {
    await using fixture = makeFixture(["ingot-plugin-box.mjs"]);
    fixture.host.warmUp([BOX, { kind: "builder", name: "nothing" }]);
    const ask = () => fixture.host.describe(BOX, { signal: NEVER });
    const [first, ...others] = await Promise.all([ask(), ask(), ask()]);
    expect(first).toMatchObject({ plugin: "box", pluginVersion: "2.0.0", generatedData: ["Password"] });
    expect(first?.config.attributes.get("mode")).toMatchObject({ type: { kind: "string" }, required: false });
    for (const other of others) expect(other).toBe(first);
    expect(fixture.pids().length).toBe(1);
    expect(await fixture.leftovers()).toEqual([]);
  });
});

describe("a description beside a built-in plugin", () => {
  test("spares its start until the plugin changes", async () => {
    const path = join(folder, "ingot-plugin-box.mjs");
    copyFileSync(testPlugin("ingot-plugin-box.mjs"), path);
    expect(await describePluginToFile({ path, hostVersion: "0.1.0" })).toBe(
      join(folder, "ingot-plugin-box.describe.json"),
    );

    await using fixture = makeFixture([], { builtinPluginDir: folder });
    expect((await fixture.host.describe(BOX, { signal: NEVER }))?.plugin).toBe("box");
    expect(fixture.pids()).toEqual([]);

    writeFileSync(path, `${readFileSync(path, "utf8")}\n// changed\n`);
    await using later = makeFixture([], { builtinPluginDir: folder });
    expect((await later.host.describe(BOX, { signal: NEVER }))?.plugin).toBe("box");
    expect(later.pids().length).toBe(1);
    expect(await later.leftovers()).toEqual([]);
  });
});

describe("the cache of descriptions", () => {
  const description = { name: "box", version: "1", capabilities: [], components: [] };
  const plugin = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o755 });
    return { name: "box", path, isBuiltin: false };
  };

  test("gives a description back until content, host or protocol change, in files for the user only", () => {
    const cacheDir = join(folder, "cache");
    const executable = plugin("ingot-plugin-box", "\x7fELF 1");
    const cache = new DescriptionCache(cacheDir, "0.1.0");
    expect(cache.read(executable)).toBeUndefined();
    cache.write(executable, description);
    expect(cache.read(executable)).toMatchObject({ name: "box", version: "1" });
    for (const name of readdirSync(cacheDir)) expect(statSync(join(cacheDir, name)).mode & 0o777).toBe(0o600);
    expect(new DescriptionCache(cacheDir, "0.2.0").read(executable)).toBeUndefined();
    expect(new DescriptionCache(undefined, "0.1.0").read(executable)).toBeUndefined();
    // The same content under another name needs no second look.
    mkdirSync(join(folder, "copy"));
    expect(cache.read(plugin("copy/ingot-plugin-box", "\x7fELF 1"))).toMatchObject({ name: "box" });
    expect(cache.read(plugin("ingot-plugin-box", "\x7fELF 2"))).toBeUndefined();
  });

  test("survives damage", () => {
    const cacheDir = join(folder, "cache");
    const executable = plugin("ingot-plugin-box", "\x7fELF 1");
    const cache = new DescriptionCache(cacheDir, "0.1.0");
    cache.write(executable, description);
    for (const name of readdirSync(cacheDir)) writeFileSync(join(cacheDir, name), "{");
    expect(cache.read(executable)).toBeUndefined();
    cache.write(executable, description);
    expect(cache.read(executable)).toMatchObject({ name: "box" });
  });

  test.each([
    { name: "ingot-plugin-box.mjs", content: 'import fs from "node:fs";', isKept: true },
    { name: "ingot-plugin-box.mjs", content: 'import { x } from "./lib.js";', isKept: false },
    { name: "ingot-plugin-box.mjs", content: "await import(process.argv[2]);", isKept: false },
    { name: "ingot-plugin-box.js", content: 'const x = require("./lib");', isKept: false },
    { name: "ingot-plugin-box", content: "#!/usr/bin/env python3\nimport lib\n", isKept: false },
  ])("keeps scripts only when they stand alone: $content", ({ name, content, isKept }) => {
    const executable = plugin(name, content);
    const cache = new DescriptionCache(join(folder, "cache"), "0.1.0");
    cache.write(executable, description);
    expect(cache.read(executable) !== undefined).toBe(isKept);
  });
});
