import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";

jest.setTimeout(30_000); // a real process, and other tests beside

const folder = join(import.meta.dirname, "..");
const readme = readFileSync(join(folder, "README.md"), "utf8");

function blockOf(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m").exec(readme)?.[1] ?? "";
}

test("the example in the README prints what it says", () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", blockOf("js")], {
    cwd: folder,
    encoding: "utf8",
    env: {},
  });
  expect({ stdout: stdout.trimEnd(), stderr }).toEqual({ stdout: blockOf("text").trimEnd(), stderr: "" });
});

test("every public function that the README names is exported", async () => {
  const index: Readonly<Record<string, unknown>> = await import("./index.js");
  const named = [...readme.matchAll(/`([a-z]\w+)(?:\([^`]*\))?`/g)].map(([, name = ""]) => name);
  const others = "start end value kind source attributes blocks error variables functions dynamic packer".split(" ");
  const missing = named.filter((name) => !others.includes(name) && !(name in index));
  expect(missing).toEqual([]);
});
