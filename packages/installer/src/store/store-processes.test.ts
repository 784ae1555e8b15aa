import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parsePluginAddress } from "../plugin-address.js";
import { currentPlatform, platformText } from "../platform.js";
import { rawZip } from "../testing/raw-zip.js";
import type { StoreWork } from "../testing/store-worker.js";
import { openPluginStore } from "./open-plugin-store.js";

const worker = fileURLToPath(new URL("../../dist/testing/store-worker.js", import.meta.url));
const { signal } = new AbortController();
const here = platformText(currentPlatform());

let folder: string;
let root: string;
let archives: readonly string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingot-store-"));
  root = join(folder, "plugins");
  const content = (size: number) => randomBytes(size).toString("hex");
  const packer = `packer-plugin-docker_v1.1.2_x5.0_${here}`;
  const describing = `#!/bin/sh\necho '{"version":"1.1.2","api_version":"x5.0"}'; exit\n`;
  archives = await Promise.all([
    write("ingot-plugin-greet_v1.2.0_p1_any.zip", "ingot-plugin-greet.mjs", content(1 << 20)),
    write("ingot-plugin-hello_v2.0.0_p1_any.zip", "ingot-plugin-hello.mjs", content(1 << 10)),
    write(`${packer}.zip`, packer, `${describing}${content(1 << 18)}`),
  ]);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(archive: string, name: string, content: string): Promise<string> {
  const file = join(folder, archive);
  await writeFile(
    file,
    rawZip([{ name, content, mode: 0o100755 }, ...(name.startsWith("i") ? [{ name: "LICENSE" }] : [])]),
  );
  return file;
}

function start(work: Partial<StoreWork>): ChildProcess {
  const all: StoreWork = { root, cacheFolder: join(folder, "cache"), archives, rounds: 1, remove: false, ...work };
  return spawn(process.execPath, [worker, JSON.stringify(all)], { stdio: ["ignore", "pipe", "pipe"] });
}

async function outcome(child: ChildProcess): Promise<string> {
  let errors = "";
  child.stdout?.resume();
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return code === 0 ? "" : errors || `exit code ${code}`;
}

/** All that is listed is what was installed, byte for byte; gives the names. */
async function checkAll(): Promise<readonly string[]> {
  const store = openPluginStore({ root });
  const plugins = await store.list({}, { signal });
  for (const plugin of plugins) {
    expect(await store.verify(plugin, { signal, thorough: true })).toMatchObject({ ok: true });
  }
  return plugins.map(({ name }) => name);
}

async function temporaries(): Promise<readonly string[]> {
  const names = await readdir(root, { recursive: true });
  return names.filter((name) => name.includes("tmp-"));
}

describe("many processes", () => {
  test("twenty install the same plugins at the same time", async () => {
    const children = Array.from({ length: 20 }, () => start({}));
    expect(await Promise.all(children.map(outcome))).toEqual(Array(20).fill(""));
    expect(await checkAll()).toEqual(["docker", "greet", "hello"]);
    expect(await temporaries()).toEqual([]);
    expect(await readdir(join(root, ".store"))).toHaveLength(3); // two contents, and where Packer's came from
  }, 120_000);

  test("some install while others remove the same", async () => {
    const removers = Array.from({ length: 4 }, () => start({ rounds: 15, remove: true }));
    const installers = Array.from({ length: 4 }, () => start({ rounds: 15 }));
    expect(await Promise.all([...removers, ...installers].map(outcome))).toEqual(Array(8).fill(""));
    await checkAll();
    expect(await temporaries()).toEqual([]);
    expect(await outcome(start({}))).toBe("");
    expect(await checkAll()).toEqual(["docker", "greet", "hello"]);
  }, 120_000);
});

describe("killed processes", () => {
  test("leave nothing half installed, at whatever moment", async () => {
    let hits = 0;
    for (let round = 0; round < 20; round++) {
      const children = [start({ rounds: 1000, remove: true }), start({ rounds: 1000, remove: true })];
      const outcomes = Promise.all(children.map(outcome));
      const atWork = children.map(({ stdout }) => (stdout === null ? Promise.resolve([]) : once(stdout, "data")));
      await Promise.race([...atWork, outcomes]);
      await setTimeout(round * 4);
      for (const child of children) child.kill("SIGKILL");
      expect(await outcomes).toEqual(["exit code null", "exit code null"]);
      await checkAll();
      hits += (await temporaries()).length;
    }
    expect(hits).toBeGreaterThan(0); // some were killed in the middle
    expect(await outcome(start({}))).toBe("");
    expect(await checkAll()).toEqual(["docker", "greet", "hello"]);
    await makeOld(root);
    await openPluginStore({ root }).clean();
    expect(await temporaries()).toEqual([]);
    expect(await checkAll()).toEqual(["docker", "greet", "hello"]);
    expect(await readdir(join(root, ".store"))).toHaveLength(3);
  }, 180_000);
});

async function makeOld(path: string): Promise<void> {
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const name of await readdir(path, { recursive: true })) await utimes(join(path, name), old, old);
}

describe("folders that can't be written to", () => {
  const inNamespace = (command: string) => spawnSync("unshare", ["-rm", "sh", "-c", command], { encoding: "utf8" });
  const canMount = process.platform === "linux" && inNamespace("mount -t tmpfs none /mnt").status === 0;
  const onLinux = canMount ? test : test.skip;
  const command = () =>
    `'${process.execPath}' '${worker}' '${JSON.stringify({ root: "/mnt/plugins", archives, rounds: 1, remove: false })}'`;

  onLinux("a full disk is said, and nothing is left", () => {
    const mount = "mount -t tmpfs -o size=1m none /mnt";
    const { stderr, stdout } = inNamespace(`${mount}; ${command()}; find /mnt -type f; find /mnt -name 'tmp-*'`);
    expect(stderr).toContain(
      "/mnt/plugins can't be written to: there is no space left on the disk. Nothing was installed.",
    );
    expect(stdout).toBe("");
  });

  onLinux("a file system that can only be read is said, with what to do", () => {
    const { stderr } = inNamespace(`mount -t tmpfs -o ro none /mnt; ${command()}`);
    expect(stderr).toMatch(/can't be written to: it can only be read.* INGOT_PLUGIN_PATH/);
  });

  test("a file in the place of the folder is said", async () => {
    await writeFile(root, "");
    const address = parsePluginAddress("github.com/acme/greet");
    if ("problem" in address) throw new Error(address.problem);
    const file = archives[0] ?? "";
    const request = {
      address,
      family: "ingot",
      version: "1.2.0",
      api: "p1",
      platform: { os: "any", arch: "" },
      archive: file,
      archiveHash: `sha256:${createHash("sha256").digest("hex")}`,
    } as const;
    await expect(openPluginStore({ root }).putArchive(request, { signal })).rejects.toThrow(
      /part of its path is a file|in the way/,
    );
    expect((await stat(root)).isFile()).toBe(true);
    expect(await openPluginStore({ root }).list({}, { signal })).toEqual([]);
  });
});
