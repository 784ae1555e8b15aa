import { createHash, randomBytes } from "node:crypto";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseVersionConstraint } from "@ingot/template";
import { archiveName, type AssetName } from "../asset-names.js";
import { ANY_PLATFORM, currentPlatform } from "../platform.js";
import { parsePluginAddress, type PluginAddress } from "../plugin-address.js";
import { rawZip, type RawEntry } from "../testing/raw-zip.js";
import { openPluginStore } from "./open-plugin-store.js";
import type { PutArchive, StoreQuery } from "./plugin-store.js";

let folder: string;
let root: string;
const options = { signal: AbortSignal.timeout(600_000) };
const platform = currentPlatform();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingot-store-"));
  root = join(folder, "plugins");
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = () => openPluginStore({ root, cacheFolder: join(folder, "cache") });

function address(text: string): PluginAddress {
  const result = parsePluginAddress(text);
  if ("problem" in result) throw new Error(result.problem);
  return result;
}

const script = (text: string): RawEntry => ({ name: "ingot-plugin-greet.mjs", content: text, mode: 0o100755 });

async function archiveOf(entries: readonly RawEntry[], changes: Partial<PutArchive> = {}): Promise<PutArchive> {
  const request = {
    address: address("github.com/acme/greet"),
    family: "ingot",
    version: "1.2.0",
    api: "p1",
    platform: ANY_PLATFORM,
    ...changes,
  } as const;
  const asset: AssetName = { ...request, name: request.address.name };
  const archive = join(folder, archiveName(asset));
  const bytes = rawZip(entries);
  await writeFile(archive, bytes);
  return { ...request, archive, archiveHash: `sha256:${createHash("sha256").update(bytes).digest("hex")}` };
}

async function tree(path = root): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}

describe("our plugins", () => {
  test("are unpacked under their content hash with an index record, for the user alone", async () => {
    const entries = [
      script("// 1"),
      { name: "LICENSE", content: "…", mode: 0o100666 },
      { name: "junk.bin", content: "x" },
    ];
    const plugin = await open().putArchive(await archiveOf(entries, { signer: "openpgp:A", repository: "R" }), options);
    const hex = plugin.contentHash.slice("sha256:".length);
    expect(await tree()).toEqual([
      `.store/${hex}/LICENSE`,
      `.store/${hex}/ingot-plugin-greet.mjs`,
      "github.com/acme/greet/ingot-plugin-greet_v1.2.0_p1_any.json",
    ]);
    const lines = [`${sha256("// 1")} x ingot-plugin-greet.mjs\n`, `${sha256("…")} - LICENSE\n`].sort();
    expect(plugin.contentHash).toBe(`sha256:${sha256(lines.join(""))}`);
    expect(plugin).toMatchObject({ signer: "openpgp:A", repository: "R", version: "1.2.0", platform: ANY_PLATFORM });
    const modes = ["", ".store", `.store/${hex}`, `.store/${hex}/LICENSE`, `.store/${hex}/ingot-plugin-greet.mjs`];
    const found = await Promise.all(modes.map(async (name) => (await stat(join(root, name))).mode & 0o777));
    expect(found.map((mode) => mode.toString(8))).toEqual(["700", "700", "700", "600", "700"]);
    expect(await open().list({}, options)).toEqual([plugin]);
  });

  test("equal contents of two releases are kept once, and go with the last of them", async () => {
    const store = open();
    const a = await store.putArchive(await archiveOf([script("// 1")]), options);
    const b = await store.putArchive(await archiveOf([script("// 1")], { version: "1.3.0" }), options);
    expect(a.contentHash).toBe(b.contentHash);
    expect(await store.remove(a)).toEqual([join(root, "github.com/acme/greet/ingot-plugin-greet_v1.2.0_p1_any.json")]);
    expect(await store.list({}, options)).toEqual([b]);
    expect(await store.remove(b)).toHaveLength(2);
    expect(await tree()).toEqual([]);
  });

  (process.platform === "linux" ? test : test.skip)("a warm listing reads no contents", async () => {
    const readBytes = async (action: () => Promise<unknown>) => {
      const count = () => Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
      const before = count();
      await action();
      return count() - before;
    };
    const size = 4 << 20;
    const plugin = await open().putArchive(await archiveOf([script(randomBytes(size / 2).toString("hex"))]), options);
    for (let round = 0; round < 2; round++) {
      const warm = async () => {
        expect(await open().list({}, options)).toEqual([plugin]);
        expect(await open().verify(plugin, options)).toEqual({ ok: true, contentHash: plugin.contentHash });
      };
      expect(await readBytes(warm)).toBeLessThan(size / 10);
    }
    expect(await readBytes(() => open().verify(plugin, { ...options, thorough: true }))).toBeGreaterThan(size);
  });

  test("whatever is changed after installing is noticed, also without thoroughness", async () => {
    const skipped: string[] = [];
    const listed = async () => {
      skipped.length = 0;
      const query: StoreQuery = { onSkip: (_path, reason) => skipped.push(reason) };
      return (await open().list(query, options)).length;
    };
    const request = await archiveOf([script("// 1"), { name: "LICENSE", content: "L" }]);
    const { executable } = await open().putArchive(request, options);
    const content = join(executable, "..");
    const changes: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
      [() => writeFile(executable, "// 2"), /files were changed .* was sha256:\w+ and is sha256:/],
      [() => chmod(executable, 0o600), /files were changed/],
      [() => writeFile(join(content, "extra"), ""), /files were changed/],
      [() => rm(join(content, "LICENSE")), /files were changed/],
      [() => rm(executable).then(() => symlink("LICENSE", executable)), /not a regular file/],
      [() => mkdir(join(content, "more")), /not a regular file/],
      [() => rm(content, { recursive: true }), /files are missing/],
    ];
    for (const [change, says] of changes) {
      await open().putArchive(request, options); // mends it
      expect(await listed()).toBe(1);
      await change();
      expect(await listed()).toBe(0);
      expect(skipped).toEqual([expect.stringMatching(says)]);
    }
  });

  test("records that don't fit their place are not believed", async () => {
    const { contentHash } = await open().putArchive(await archiveOf([script("// 1")]), options);
    const record = join(root, "github.com/acme/greet/ingot-plugin-greet_v1.2.0_p1_any.json");
    const text = await readFile(record, "utf8");
    const reasons: string[] = [];
    const query: StoreQuery = { onSkip: (_path, reason) => reasons.push(reason) };
    for (const [from, to] of [
      ["greet.mjs", "../../etc/passwd"],
      ["acme/greet", "evil/greet"],
      [contentHash, "sha256:../../x"],
      ["{", "["],
    ] as const) {
      await writeFile(record, text.replace(from, to));
      expect(await open().list(query, options)).toEqual([]);
    }
    expect(reasons).toHaveLength(4);
    const copy = join(root, "github.com/evil/greet");
    await writeFile(record, text);
    await cp(join(root, "github.com/acme/greet"), copy, { recursive: true });
    expect(await open().list(query, options)).toHaveLength(1);
  });

  const faults: readonly { name: string; entries: readonly RawEntry[]; changes?: Partial<PutArchive>; says: RegExp }[] =
    [
      { name: "no executable", entries: [{ name: "LICENSE" }], says: /lacks the executable ingot-plugin-greet.mjs/ },
      { name: "nothing at all", entries: [], says: /It is empty/ },
      {
        name: "another plugin's executable",
        entries: [{ name: "ingot-plugin-evil.mjs", content: "x" }],
        says: /has "ingot-plugin-evil.mjs", which is not/,
      },
      {
        name: "two executables",
        entries: [script("x"), { name: "ingot-plugin-greet.js", content: "x" }],
        says: /several executables/,
      },
      { name: "an empty executable", entries: [script("")], says: /executable inside is empty/ },
      {
        name: "a folder around it",
        entries: [{ name: "greet/ingot-plugin-greet.mjs", content: "x" }],
        says: /lacks the executable/,
      },
      {
        name: "a native executable where any platform is meant",
        entries: [{ name: "ingot-plugin-greet", content: "x" }],
        says: /not the plugin "greet" for any/,
      },
      {
        name: "an executable of another system",
        entries: [
          { name: "ingot-plugin-greet", content: Buffer.from(`cffaedfe${"0c000001"}${"00".repeat(20)}`, "hex") },
        ],
        changes: { platform: { os: "linux", arch: "amd64" } },
        says: /is a macOS executable for arm64, not one for linux_amd64/,
      },
      {
        name: "an executable of another machine",
        entries: [{ name: "ingot-plugin-greet", content: elf(183) }],
        changes: { platform: { os: "linux", arch: "amd64" } },
        says: /an ELF executable \(Linux, BSD\) for arm64, not one for linux_amd64/,
      },
      {
        name: "another content than the locked one",
        entries: [script("x")],
        changes: { expectedContentHash: `sha256:${"0".repeat(64)}` },
        says: /not the one in the lock file.*locked: sha256:0+.*found: +sha256:/s,
      },
      {
        name: "what the caller's check refuses",
        entries: [script("x")],
        changes: { check: () => Promise.reject(new Error("it says that it is somebody else")) },
        says: /somebody else/,
      },
      {
        name: "a version with a path",
        entries: [script("x")],
        changes: { version: "1.0.0/../.." },
        says: /version "1.0.0\/..\/.."/,
      },
      { name: "an API with a path", entries: [script("x")], changes: { api: "p1/.." }, says: /the API/ },
      {
        name: "an address with dots",
        entries: [script("x")],
        changes: { address: address("github.com/../greet") },
        says: /begins with a dot/,
      },
    ];
  test.each(faults)("refused: $name", async ({ entries, changes, says }) => {
    const request = await archiveOf(entries, {
      ...changes,
      version: "1.2.0",
      api: "p1",
      address: address("github.com/acme/greet"),
    });
    await expect(open().putArchive({ ...request, ...changes }, options)).rejects.toThrow(says);
    expect(await tree()).toEqual([]);
  });

  test("a file is installed without an archive", async () => {
    const file = join(folder, "dist.mjs");
    await writeFile(file, "// mine");
    const { archive: _, archiveHash: _hash, ...rest } = await archiveOf([], { version: "1.2.0-dev" });
    const request = { ...rest, file };
    const plugin = await open().putFile(request, options);
    expect(plugin.archiveHash).toBeUndefined();
    expect(await readFile(plugin.executable, "utf8")).toBe("// mine");
    expect(await open().list({}, options)).toEqual([plugin]);
  });

  test("listing chooses by address, family, platform, version and pre-release", async () => {
    const store = open();
    const native = { name: "ingot-plugin-greet", content: "#!/bin/sh", mode: 0o100755 };
    for (const version of ["1.10.0", "1.9.0", "2.0.0-dev"])
      await store.putArchive(await archiveOf([script(version)], { version }), options);
    await store.putArchive(await archiveOf([native], { platform, version: "1.9.0" }), options);
    await store.putArchive(await archiveOf([native], { platform: { os: "plan9", arch: "amd64" } }), options);
    const other = { address: address("github.com/other/greet"), api: "p2" };
    await store.putArchive(await archiveOf([script("other")], other), options);
    const versions = async (query: StoreQuery) =>
      (await store.list({ address: address("github.com/acme/greet"), ...query }, options)).map(
        (plugin) => `${plugin.version} ${plugin.platform.os}`,
      );
    const here = platform.os;
    expect(await versions({})).toEqual(["1.9.0 any", `1.9.0 ${here}`, "1.10.0 any", "2.0.0-dev any"]);
    expect(await versions({ releasesOnly: true })).toEqual(["1.9.0 any", `1.9.0 ${here}`, "1.10.0 any"]);
    expect(await versions({ constraint: constraint(">= 1.10") })).toEqual(["1.10.0 any", "2.0.0-dev any"]);
    expect(await versions({ platform: { os: "plan9", arch: "amd64" } })).toContain("1.2.0 plan9");
    expect(await versions({ family: "packer" })).toEqual([]);
    expect(await store.list({ address: other.address }, options)).toEqual([]);
    expect(await store.list({ address: other.address, checkApi: false }, options)).toHaveLength(1);
  });
});

function constraint(text: string) {
  const parsed = parseVersionConstraint(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.constraint;
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries === 100) throw new Error("it took too long");
    await setTimeout(20);
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function elf(machine: number): Buffer {
  const bytes = Buffer.concat([Buffer.from("7f454c460201010000000000000000000200", "hex"), Buffer.alloc(46)]);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

describe("Packer's plugins", () => {
  const describeScript = (version: string, api = "x5.0") =>
    `#!/bin/sh\n[ "$1" = describe ] && echo '{"version":"${version}","api_version":"${api}"}'\n`;
  const binary = `packer-plugin-docker_v1.1.2_x5.0_${platform.os}_${platform.arch}`;
  const docker = {
    address: address("github.com/hashicorp/docker"),
    family: "packer",
    version: "1.1.2",
    api: "x5.0",
    platform,
  } as const;

  test("lie as the reference lays them out", async () => {
    const content = describeScript("1.1.2+meta");
    const entries = [
      { name: binary, content, mode: 0o100644 },
      { name: "LICENSE.txt", content: "L" },
    ];
    const plugin = await open().putArchive(await archiveOf(entries, { ...docker, repository: "R" }), options);
    const place = join(root, "github.com/hashicorp/docker");
    expect(await readdir(place)).toEqual([binary, `${binary}_SHA256SUM`]);
    expect(await readFile(join(place, `${binary}_SHA256SUM`), "utf8")).toBe(sha256(content));
    expect((await stat(join(place, binary))).mode & 0o777).toBe(0o755);
    expect(plugin).toMatchObject({ contentHash: `sha256:${sha256(content)}`, repository: "R" });
    expect(await open().list({}, options)).toEqual([plugin]);
    expect(await open().remove(plugin)).toEqual([join(place, binary), join(place, `${binary}_SHA256SUM`)]);
    expect(await tree()).toEqual([]);
  });

  test.each([
    {
      name: "another version",
      content: describeScript("1.1.3"),
      says: /its version is "1.1.3", but its name says 1.1.2/,
    },
    { name: "another API", content: describeScript("1.1.2", "x6.0"), says: /its API version is "x6.0"/ },
    { name: "what can't be run", content: "\0\0\0\0", says: /printed ""|ended with|can't be run/ },
    { name: "what fails", content: "#!/bin/sh\nexit 3\n", says: /ended with exit code 3/ },
    { name: "what prints no JSON", content: "#!/bin/sh\necho hello\n", says: /printed "hello/ },
  ])("refused: $name", async ({ content, says }) => {
    await expect(open().putArchive(await archiveOf([{ name: binary, content }], docker), options)).rejects.toThrow(
      says,
    );
    expect(await tree()).toEqual([]);
  });

  test("one that doesn't end is stopped, with what it started", async () => {
    const place = join(root, "github.com/hashicorp/docker");
    const content = '#!/bin/sh\nsleep 1000 & echo $! >"$0.pid"; wait\n';
    await mkdir(place, { recursive: true });
    await writeFile(join(place, binary), content, { mode: 0o755 });
    await writeFile(join(place, `${binary}_SHA256SUM`), sha256(content));
    const reasons: string[] = [];
    const store = openPluginStore({ root, describeTimeoutMs: 500 });
    expect(await store.list({ onSkip: (_path, reason) => reasons.push(reason) }, options)).toEqual([]);
    expect(reasons).toEqual([expect.stringMatching(/took more than 0.5 seconds/)]);
    const pid = Number(await readFile(join(place, `${binary}.pid`), "utf8"));
    await until(() => {
      const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)]).stdout.toString();
      return state === "" || state.startsWith("Z");
    });
  });

  test("what a plugin says of itself is asked once for each content", async () => {
    const log = join(folder, "runs");
    const content = `#!/bin/sh\necho x >>'${log}'\necho '{"version":"1.1.2","api_version":"x5.0"}'\n`;
    const plugin = await open().putArchive(await archiveOf([{ name: binary, content }], docker), options);
    for (let round = 0; round < 3; round++) expect(await open().list({}, options)).toEqual([plugin]);
    expect((await readFile(log, "utf8")).length).toBe(4); // once at installing, once at the first listing
  });
});

describe("left-overs", () => {
  const old = new Date(Date.now() - 2 * 3_600_000);

  test("of killed processes go after an hour", async () => {
    const store = open();
    const kept = await store.putArchive(await archiveOf([script("// 1")]), options);
    const orphan = join(root, ".store", "f".repeat(64));
    const names = [join(root, ".store/tmp-old"), join(root, ".store/tmp-new"), orphan];
    for (const name of names) await mkdir(name);
    const half = join(root, "github.com/acme/greet/.tmp-old");
    await writeFile(half, "");
    for (const name of [names[0] ?? "", orphan, half, join(kept.executable, "..")]) await utimes(name, old, old);
    await open().clean();
    expect((await readdir(join(root, ".store"))).sort()).toEqual([kept.contentHash.slice(7), "tmp-new"].sort());
    expect(await open().list({}, options)).toEqual([kept]);
    expect(await readdir(join(half, ".."))).toHaveLength(1);
  });

  test("a work folder in which something happens stays, however old it is", async () => {
    await using work = await open().makeWorkFolder();
    await writeFile(join(work.path, "download"), randomBytes(10));
    await utimes(work.path, old, old);
    await open().clean();
    expect(await readdir(work.path)).toEqual(["download"]);
  });
});
