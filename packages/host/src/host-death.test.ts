import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, jest, test } from "@jest/globals";
import { groupMembers, testPlugin, until } from "./test-fixture.js";

jest.setTimeout(60_000); // processes are slow to start on a busy machine

/** Starts a host with these plugins, kills it, and gives when all of its plugins are gone. */
async function killHost(pluginPath: string, mode: "session" | "describe", plugins: number): Promise<void> {
  const program = fileURLToPath(new URL("../testdata/host-program.mjs", import.meta.url));
  // Nobody is left to remove the host's socket folder.
  const temporary = mkdtempSync(join(tmpdir(), "d-"));
  const child = spawn(process.execPath, [program, pluginPath, mode], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: temporary },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await until(() => output.includes("running"), "the plugins run", 30_000);
  const pids = output.split("\n").filter((line) => /^\d+$/.test(line));
  expect(pids).toHaveLength(plugins);
  for (const pid of pids) expect(groupMembers(Number(pid))).toContain(Number(pid));
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  await until(() => pids.every((pid) => groupMembers(Number(pid)).length === 0), "all plugins are gone", 2_000);
  rmSync(temporary, { recursive: true });
}

test("kill -9 of the host in the middle of a session ends its plugin within two seconds", async () => {
  await killHost(testPlugin("ingot-plugin-nasty.mjs"), "session", 1);
});

test("kill -9 of the host ends the example plugins of all languages within two seconds", async () => {
  const script = fileURLToPath(new URL("../../../scripts/build-example-plugins.mjs", import.meta.url));
  const { folders } = JSON.parse(execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" })) as {
    readonly folders: readonly string[];
  };
  await killHost(folders.join(delimiter), "describe", folders.length);
});
