import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { lockFile, tryLockFile } from "./file-lock.js";
import { makeFolder } from "./testing/part-session.js";

const { signal } = new AbortController();

test("one holds it, the others wait their turn", async () => {
  using folder = makeFolder();
  const path = join(folder.path, "deep", "er.lock");
  let [inside, most, waits] = [0, 0, 0];
  const work = async (): Promise<void> => {
    await using _lock = await lockFile(path, { signal, onWait: () => void waits++ });
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
    void _lock;
  };
  await Promise.all([work(), work(), work(), work()]);
  expect([most, waits]).toEqual([1, 3]);
  expect(readdirSync(join(folder.path, "deep"))).toEqual([]);
});

test("waiting ends with the signal", async () => {
  using folder = makeFolder();
  const path = join(folder.path, "lock");
  await using lock = await lockFile(path, { signal });
  expect(await tryLockFile(path, { signal })).toBeUndefined();
  const stop = new AbortController();
  const waiting = lockFile(path, { signal: stop.signal });
  setTimeout(() => stop.abort(new Error("enough")), 10);
  await expect(waiting).rejects.toThrow("enough");
  await lock[Symbol.asyncDispose]();
  await lock[Symbol.asyncDispose]();
  expect(existsSync(path)).toBe(false);
});

test("one that was left behind by a process that is gone is taken over, by one of many", async () => {
  using folder = makeFolder();
  const path = join(folder.path, "lock");
  const probe = await lockFile(path, { signal });
  const owner = JSON.parse(readFileSync(path, "utf8")) as object;
  await probe[Symbol.asyncDispose]();
  for (const gone of [{ pid: 2 ** 22 + 1 }, { started: "1" }]) {
    writeFileSync(path, JSON.stringify({ ...owner, ...gone, token: "old" }));
    const locks = await Promise.all(Array.from({ length: 8 }, () => tryLockFile(path, { signal })));
    const held = locks.filter((lock) => lock !== undefined);
    expect(held.length).toBeLessThanOrEqual(1);
    await using lock = held[0] ?? (await lockFile(path, { signal }));
    expect(readFileSync(path, "utf8")).not.toContain('"old"');
    void lock;
  }
  expect(readdirSync(folder.path)).toEqual([]);
});

test.each([
  { name: "of another computer", content: JSON.stringify({ token: "t", place: "elsewhere 1", pid: 1, started: "" }) },
  { name: "that nobody understands", content: "1234" },
])("one $name counts as left behind only when it is silent", async ({ content }) => {
  using folder = makeFolder();
  const path = join(folder.path, "lock");
  writeFileSync(path, content);
  expect(await tryLockFile(path, { signal })).toBeUndefined();
  const old = Date.now() / 1000 - 120;
  utimesSync(path, old, old);
  const lock = await tryLockFile(path, { signal });
  expect(lock).toBeDefined();
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  await lock?.[Symbol.asyncDispose]();
  expect(hostname()).not.toBe("elsewhere");
});

test("processes exclude each other, also when some are killed while they hold it", async () => {
  using folder = makeFolder();
  const counter = join(folder.path, "counter");
  writeFileSync(counter, "0");
  const module = fileURLToPath(new URL("../../dist/builder-parts/file-lock.js", import.meta.url));
  const program = `
    import { readFileSync, writeFileSync } from "node:fs";
    import { lockFile } from ${JSON.stringify(module)};
    const { signal } = new AbortController();
    for (let i = 0; i < 5; i++) {
      const lock = await lockFile(${JSON.stringify(join(folder.path, "lock"))}, { signal });
      const count = Number(readFileSync(${JSON.stringify(counter)}, "utf8"));
      await new Promise((resolve) => setTimeout(resolve, 3));
      writeFileSync(${JSON.stringify(counter)}, String(count + 1));
      if (process.argv[1] === "die" && i === 2) process.kill(process.pid, "SIGKILL");
      await lock[Symbol.asyncDispose]();
    }`;
  const runs = ["live", "die", "live", "die"].map(async (fate) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program, fate], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    return text(child.stderr);
  });
  expect(
    (await Promise.all(runs))
      .join("")
      .replace(/^.*Warning.*$/gm, "")
      .trim(),
  ).toBe("");
  expect(readFileSync(counter, "utf8")).toBe(String(5 + 3 + 5 + 3));
}, 20_000);
