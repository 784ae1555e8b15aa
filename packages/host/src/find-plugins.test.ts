import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { candidatesFor, findPlugins } from "./find-plugins.js";
import { commandText } from "./plugin-executable.js";

let root = "";
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), "find-"))));
afterEach(() => rmSync(root, { recursive: true }));

function put(folder: string, ...names: readonly string[]): string {
  mkdirSync(join(root, folder), { recursive: true });
  for (const name of names) {
    writeFileSync(join(root, folder, name), "");
    chmodSync(join(root, folder, name), 0o755);
  }
  return join(root, folder);
}

describe("plugins are found", () => {
  test("in the listed folders, the user's and the built-in one; the first of a name wins", () => {
    const one = put(
      "one",
      "ingot-plugin-a",
      "ingot-plugin-b.mjs",
      "other",
      "ingot-plugin-Bad",
      "ingot-plugin-a.describe.json",
    );
    const two = put("two", "ingot-plugin-b", "ingot-plugin-c.js");
    const user = put("user", "ingot-plugin-c", "ingot-plugin-d");
    const builtin = put("builtin", "ingot-plugin-core.mjs", "ingot-plugin-d");
    const places = {
      pluginPath: [one, join(root, "missing"), two].join(delimiter),
      userPluginDir: user,
      builtinPluginDir: builtin,
    };
    const found = findPlugins(places, () => {}).map(({ path, isBuiltin }) => [path.slice(root.length + 1), isBuiltin]);
    expect(found).toEqual([
      ["one/ingot-plugin-a", false],
      ["one/ingot-plugin-b.mjs", false],
      ["two/ingot-plugin-c.js", false],
      ["user/ingot-plugin-d", false],
      ["builtin/ingot-plugin-core.mjs", true],
    ]);
  });

  test("natively before as scripts, and a file that is not executable is skipped with a word", () => {
    const folder = put("one", "ingot-plugin-a.js", "ingot-plugin-a.mjs", "ingot-plugin-a", "ingot-plugin-b");
    chmodSync(join(folder, "ingot-plugin-b"), 0o644);
    const skipped: string[] = [];
    const places = { pluginPath: folder, userPluginDir: undefined, builtinPluginDir: undefined };
    const found = findPlugins(places, (path) => void skipped.push(path));
    expect(found.map(({ path }) => path)).toEqual([join(folder, "ingot-plugin-a")]);
    expect(skipped).toEqual([join(folder, "ingot-plugin-b")]);
  });
});

test.each([
  { component: "docker-tag", order: ["docker-tag*", "docker*", "core*", "oci*", "amazon", "tag"] },
  { component: "oci", order: ["oci*", "core*", "amazon", "docker", "docker-tag", "tag"] },
  { component: "shell", order: ["core*", "oci*", "amazon", "docker", "docker-tag", "tag"] },
  { component: "dockerfile", order: ["core*", "oci*", "amazon", "docker", "docker-tag", "tag"] },
])("the plugins that are asked for $component", ({ component, order }) => {
  const plugins = ["amazon", "docker", "docker-tag", "tag", "oci", "core"].map((name) => ({
    name,
    path: name,
    isBuiltin: name === "core" || name === "oci",
  }));
  const asked = candidatesFor(component, plugins).map(({ plugin, isLikely }) => plugin.name + (isLikely ? "*" : ""));
  expect(asked).toEqual(order);
});

test("commands are shown as a shell takes them", () => {
  const plugin = { name: "a", isBuiltin: false, path: "/a b/it's" };
  expect(commandText(plugin)).toBe(String.raw`'/a b/it'\''s'`);
  expect(commandText({ ...plugin, path: "/x/ingot-plugin-a.mjs" })).toBe(`${process.execPath} /x/ingot-plugin-a.mjs`);
});
