import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, jest, test } from "@jest/globals";

jest.setTimeout(120_000); // building the plugins for the first time takes long

const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const ingot = join(workspace, "packages/cli/bin/ingot.js");
const script = join(workspace, "scripts/build-example-plugins.mjs");
const built = JSON.parse(execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" })) as {
  readonly folders: readonly string[];
  readonly skipped: Readonly<Record<string, string>>;
};
const describeIfBuilt = Object.keys(built.skipped).length === 0 ? describe : describe.skip;
const root = mkdtempSync(join(tmpdir(), "three-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
  readonly temp: string;
}

/** Runs `ingot build` on the example in a folder, with temporary and state folders, of its own. */
async function build(name: string, { args, network }: { args: readonly string[]; network: string }): Promise<Finished> {
  const folder = join(root, name);
  const temp = join(root, `t-${name}`); // a short path: those of sockets are limited
  mkdirSync(temp);
  cpSync(join(workspace, "examples/three-languages"), join(folder, "template"), { recursive: true });
  const env = {
    ...{ PATH: process.env["PATH"], HOME: folder, TMPDIR: temp },
    ...{ INGOT_PLUGIN_PATH: built.folders.join(delimiter), INGOT_PLUGIN_NETWORK: network },
  };
  const child = spawn(process.execPath, [ingot, "build", ...args, "template"], { cwd: folder, env });
  child.stdin.end();
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { status, stdout, stderr, folder, temp };
}

/** The processes that were started with this temporary folder: the command line, its plugins, and their commands. */
function processesOf(temp: string): readonly string[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc").filter((id) => /^\d+$/.test(id) && environmentOf(id).includes(`TMPDIR=${temp}`));
}

function environmentOf(processId: string): readonly string[] {
  try {
    return readFileSync(`/proc/${processId}/environ`, "utf8").split("\0");
  } catch {
    return []; // gone, or someone else's
  }
}

describeIfBuilt("a template that uses plugins in TypeScript, Go and Python", () => {
  test.each(["unix", "tcp"])("is built, and leaves nothing behind: INGOT_PLUGIN_NETWORK=%s", async (network) => {
    const { status, stdout, stderr, folder, temp } = await build(network, { args: [], network });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("==> folder.greetings: Hello, Grace!");
    expect(stdout).toContain("There are 3 greetings.");
    expect(stdout).toContain("--> folder.greetings: Checksums of 3 files");

    const out = join(folder, "out");
    expect(readdirSync(out).sort()).toEqual(["three-languages", "three-languages.sha256"]);
    const made = join(out, "three-languages");
    expect(readFileSync(join(made, "greetings.txt"), "utf8")).toBe(
      "Hello, Ada!\nHello, Grace!\nHello, Barbara!\nthe three languages",
    );
    expect(readFileSync(join(made, "report.conf"), "utf8")).toMatch(/^names = 3\nbuilt by = .+\n$/);
    expect(readFileSync(join(made, "README"), "utf8")).toMatch(/^Made of names\.txt, sha256 [0-9a-f]{64}\.\n$/);
    execFileSync("sha256sum", ["--check", "--strict", "three-languages.sha256"], { cwd: out });

    expect(processesOf(temp)).toEqual([]);
    expect(readdirSync(temp)).toEqual([]);
  });

  test("tells each step in its events, and never the secret", async () => {
    const { status, stdout, stderr } = await build("json", { args: ["-json"], network: "unix" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).not.toContain("the three languages");
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const steps = events.filter(({ type }) => type === "step-finished");
    const finished = steps.map(({ kind, component, outcome }) => [kind, component, outcome].join(" ")).sort();
    expect(finished).toEqual([
      "builder folder success",
      "data-source folder success",
      "data-source greet-names success",
      "post-processor sha256sums success",
      "provisioner greet success",
      "provisioner render success",
    ]);
    expect(events.at(-1)).toMatchObject({ type: "run-finished", outcome: "success", succeeded: 1, failed: 0 });
  });
});
