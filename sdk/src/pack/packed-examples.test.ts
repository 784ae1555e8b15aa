import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, jest, test } from "@jest/globals";
import { workspace } from "./testing/pack-project.js";

jest.setTimeout(300_000); // the plugins in Go and Python may have to be built first

const examples = join(workspace, "examples/plugins");
const script = join(workspace, "scripts/build-example-plugins.mjs");
const built = JSON.parse(execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" })) as {
  readonly skipped: Readonly<Record<string, string>>;
};
const testIfBuilt = Object.keys(built.skipped).length === 0 ? test : test.skip;

const root = mkdtempSync(join(tmpdir(), "ingot-packed-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}

/** What is in the archives of a release, unpacked to a folder by the system's own tool. */
function unpack(release: string, folder: string): readonly string[] {
  for (const name of readdirSync(release)) {
    if (name.endsWith(".zip")) run("unzip", ["-q", join(release, name), "-d", folder], root);
  }
  return readdirSync(folder).sort();
}

testIfBuilt("the examples in TypeScript, Go and Python run from their archives, with nothing beside them", () => {
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  const sdk = [join(workspace, "sdk/bin/ingot-sdk.js"), "pack"];
  run(process.execPath, [...sdk, "--out", join(root, "greet")], join(examples, "typescript"));
  const executable = `${platform}=bin/ingot-plugin-folder`;
  run(process.execPath, [...sdk, "--out", join(root, "folder"), "--executable", executable], join(examples, "go"));
  run(join(examples, "python/pack.sh"), [], root);

  const plugins = join(root, "plugins");
  mkdirSync(plugins);
  const folders = ["greet", "folder", "render"].map((name) => join(plugins, name));
  expect(unpack(join(root, "greet"), folders[0] ?? "")).toContain("ingot-plugin-greet.mjs");
  expect(unpack(join(root, "folder"), folders[1] ?? "")).toContain("ingot-plugin-folder");
  expect(unpack(join(examples, "python/release"), folders[2] ?? "")).toContain("ingot-plugin-render");

  const home = join(root, "home");
  mkdirSync(home);
  cpSync(join(workspace, "examples/three-languages"), join(home, "template"), { recursive: true });
  const env = { PATH: process.env["PATH"], HOME: home, TMPDIR: root, INGOT_PLUGIN_PATH: folders.join(":") };
  const ingot = join(workspace, "packages/cli/bin/ingot.js");
  const build = spawnSync(process.execPath, [ingot, "build", "template"], { cwd: home, encoding: "utf8", env });
  expect({ status: build.status, stderr: build.stderr }).toEqual({ status: 0, stderr: "" });
  const made = join(home, "out/three-languages");
  expect(readFileSync(join(made, "greetings.txt"), "utf8")).toContain("Hello, Grace!\n");
  expect(readFileSync(join(made, "report.conf"), "utf8")).toMatch(/^names = 3\n/);
  run("sha256sum", ["--check", "--strict", "three-languages.sha256"], join(home, "out"));
  expect(existsSync(join(home, ".shiv"))).toBe(true); // where the Python file unpacked its libraries
});
