import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, jest, test } from "@jest/globals";
import { parse } from "yaml";
import { codeBlocks, fileNameOf } from "./testing/document.js";
import { testDocument } from "./testing/test-document.js";

const NAME = "docs/publishing.md";
const WORKSPACE = fileURLToPath(new URL("../../..", import.meta.url));
jest.setTimeout(120_000); // a bundle is made, on a busy machine
testDocument(NAME);

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const blocks = codeBlocks(readFileSync(path.join(WORKSPACE, NAME), "utf8"));
const [workflow, go] = blocks.filter(({ language }) => language === "yaml").map(({ text }) => parse(text) as unknown);
const { on, permissions, jobs } = workflow as {
  on: unknown;
  permissions: unknown;
  jobs: { release: { "runs-on": string; steps: readonly Step[] } };
};

test("its workflows are YAML of the form that GitHub reads", () => {
  expect(on).toEqual({ push: { tags: ["v*"] } });
  expect(permissions).toEqual({ contents: "write", "id-token": "write", attestations: "write" });
  const steps = [...jobs.release.steps, ...(go as readonly Step[])];
  for (const { uses, run } of steps) expect([uses, run].filter((part) => part !== undefined)).toHaveLength(1);
  expect(steps.filter(({ run }) => run?.includes("@ingot/sdk pack"))).toHaveLength(2);
});

test("the actions of its workflow run on a Node that GitHub's runners have", () => {
  // Older ones need Node 20, which runners have no more since September 2026.
  expect(jobs.release.steps.flatMap(({ uses = [] }) => uses)).toEqual([
    "actions/checkout@v6",
    "actions/setup-node@v6",
    "actions/attest-build-provenance@v4",
  ]);
});

const hasGpg = spawnSync("gpg", ["--version"]).status === 0;

describe("the commands of its workflow", () => {
  test.each([
    { name: "without a key", isSigned: false, ref: "v1.2.0" },
    ...(hasGpg ? [{ name: "with a key", isSigned: true, ref: "v1.2.0" }] : []),
    { name: "for a tag that isn't the version", isSigned: false, ref: "v1.2.1" },
  ])("make the release $name", async ({ isSigned, ref }) => {
    const folder = await mkdtemp(path.join(tmpdir(), "wf-"));
    try {
      const project = await makeProject(folder);
      const env: Record<string, string> = {
        ...{ PATH: `${folder}/bin:${process.env["PATH"]}`, HOME: folder, GNUPGHOME: path.join(folder, "g") },
        ...{ GITHUB_REF_NAME: ref, GITHUB_ENV: path.join(folder, "env"), npm_config_offline: "true" },
      };
      const key = isSigned ? makeKey(env) : "";
      const values: Record<string, string> = { "secrets.GPG_PRIVATE_KEY": key, "github.token": "t0ken" };
      const commands = jobs.release.steps.filter(({ run }) => run !== undefined && run !== "npm ci");
      const failed = commands.find((step) => run(step, { project, env, values }) !== 0);
      if (ref !== "v1.2.0") return expect(failed?.name).toBe("Compare the tag with the version");
      expect(failed).toBeUndefined();
      const files = ["SHA256SUMS", ...(isSigned ? ["SHA256SUMS.sig"] : []), "manifest.json", "p1_any.zip"];
      const names = files.map((file) => `release/ingot-plugin-greet_v1.2.0_${file}`);
      const told = await readFile(path.join(folder, "gh"), "utf8");
      expect(told).toBe(`t0ken release create v1.2.0 ${names.join(" ")} --verify-tag --generate-notes\n`);
    } finally {
      spawnSync("gpgconf", ["--kill", "all"], { env: { ...process.env, GNUPGHOME: path.join(folder, "g") } });
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** The plugin of the guide, as a fresh clone after `npm ci`, and a `gh` that notes what it is asked. */
async function makeProject(folder: string): Promise<string> {
  const project = path.join(folder, "project");
  for (const name of ["project/src", "bin", "g"])
    await mkdir(path.join(folder, name), { recursive: true, mode: 0o700 });
  for (const name of ["package.json", "src/main.ts"]) {
    const block = blocks.find((each) => fileNameOf(each) === name);
    await writeFile(path.join(project, name), block?.text ?? "");
  }
  await symlink(path.join(WORKSPACE, "node_modules"), path.join(project, "node_modules"));
  await writeFile(path.join(folder, "bin", "gh"), `#!/bin/sh\necho "$GH_TOKEN $@" > '${folder}/gh'\n`, { mode: 0o755 });
  return project;
}

function makeKey(env: Readonly<Record<string, string>>): string {
  const gpg = (...args: readonly string[]): string =>
    execFileSync("gpg", ["--batch", "--quiet", "--passphrase", "", ...args], { env, encoding: "utf8", stdio: "pipe" });
  gpg("--quick-generate-key", "Acme <releases@acme.example>", "ed25519", "sign", "2y");
  const key = gpg("--armor", "--export-secret-keys");
  gpg(
    "--yes",
    "--delete-secret-and-public-key",
    gpg("--list-keys", "--with-colons").match(/^fpr:+([0-9A-F]+):/m)?.[1] ?? "",
  );
  return key;
}

/** Runs a step as GitHub's runner does, with the variables that earlier steps have set. Gives its exit status. */
function run(
  { run: script = "", env: own = {} }: Step,
  {
    project,
    env,
    values,
  }: {
    readonly project: string;
    readonly env: Readonly<Record<string, string>>;
    readonly values: Readonly<Record<string, string>>;
  },
): number | null {
  const replaced = Object.entries(own).map(([name, text]) => [
    name,
    text.replace(/\$\{\{ *(.*?) *\}\}/g, (_, expression: string) => values[expression] ?? ""),
  ]);
  const kept = spawnSync("cat", [env["GITHUB_ENV"] ?? ""], { encoding: "utf8" }).stdout.trim();
  const earlier = kept.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2));
  const all = { ...env, ...(Object.fromEntries([...earlier, ...replaced].filter(([name]) => name !== "")) as object) };
  return spawnSync("bash", ["-e", "-c", script], { cwd: project, env: all }).status;
}
