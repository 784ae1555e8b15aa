import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, jest, test } from "@jest/globals";
import { groupMembers, testPlugin, until } from "./test-fixture.js";

jest.setTimeout(60_000); // processes are slow to start on a busy machine

test("kill -9 of the host ends its plugins within two seconds", async () => {
  const program = fileURLToPath(new URL("../testdata/host-program.mjs", import.meta.url));
  const args = [program, testPlugin("ingot-plugin-nasty.mjs")];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await until(() => output.includes("running"), "the session runs", 20_000);
  const pid = Number(output.split("\n")[0]);
  expect(groupMembers(pid)).toEqual([pid]);
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  await until(() => groupMembers(pid).length === 0, "the plugin is gone", 2_000);
});
