import { spawnSync } from "node:child_process";
import { test } from "@jest/globals";

/** Programs take their time on a busy machine. */
const TIMEOUT_MS = 20_000;

/** A test that needs programs. Where they are missing it is skipped, which its name tells; with CI=true it fails. */
export function testWithTools(tools: readonly string[], name: string, body: () => void | Promise<void>): void {
  const missing = tools.filter(
    (tool) => spawnSync("sh", ["-c", `command -v ${tool}`], { env: searchAll() }).status !== 0,
  );
  if (missing.length === 0 || process.env["CI"] === "true") test(name, body, TIMEOUT_MS);
  else test.skip(`${name} (needs ${missing.join(", ")})`, body);
}

/** Programs for administrators count too. */
function searchAll(): NodeJS.ProcessEnv {
  process.env["PATH"] = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  return process.env;
}
