import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const GUARD = fileURLToPath(new URL("../dist/orphan-guard.js", import.meta.url));

let root: string;
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), "guard of 'these' files *-"))));
afterAll(() => rmSync(root, { recursive: true }));

/** Runs a script as a process that has the guard's functions, and gives it back when it has printed something. */
async function start(script: string): Promise<ReturnType<typeof spawn>> {
  const source = `import { guardGroup, guardPath } from ${JSON.stringify(GUARD)};\n${script}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], { cwd: root });
  await once(child.stdout, "data");
  return child;
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue() && tries < 100; tries++) await sleep(50);
  expect(isTrue()).toBe(true);
}

(process.platform === "win32" ? test.skip : test)("a killed process leaves no file that is guarded still", async () => {
  const [file, folder, released] = ["a file", "folder", "released"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(file, "");
  writeFileSync(released, "");
  mkdirSync(folder);
  writeFileSync(join(folder, "inside"), "");
  const child = await start(`
    guardPath("a file"); guardPath(${JSON.stringify(folder)}); guardPath("released")();
    console.log("ready"); setInterval(() => {}, 1000);
  `);
  expect(existsSync(file)).toBe(true);
  child.kill("SIGKILL");
  await until(() => !existsSync(file) && !existsSync(folder));
  expect(existsSync(released)).toBe(true);
});

(process.platform === "win32" ? test.skip : test)(
  "a killed process leaves no group that is guarded still",
  async () => {
    const child = await start(`
    import { spawn } from "node:child_process";
    const started = [1, 2].map(() => spawn("sleep", ["97.5"], { detached: true }));
    const [, release] = started.map(({ pid }) => guardGroup(pid));
    release();
    console.log(started.map(({ pid }) => pid).join());
    setInterval(() => {}, 1000);
  `);
    const { stdout } = await promisify(execFile)("ps", ["-e", "-o", "pid=,ppid=,args="]);
    const pids = stdout
      .split("\n")
      .filter((line) => line.includes("sleep 97.5") && line.trim().split(/\s+/)[1] === String(child.pid))
      .map((line) => Number(line.trim().split(/\s+/)[0]));
    expect(pids).toHaveLength(2);
    child.kill("SIGKILL");
    const isAlive = (pid: number): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await until(() => pids.filter(isAlive).length === 1);
    for (const pid of pids.filter(isAlive)) process.kill(pid, "SIGKILL");
  },
);
