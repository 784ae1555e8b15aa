import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { formatRange } from "@ingot/diag";
import { ANY_PLATFORM } from "../platform.js";
import { LOCK_FILE_NAME, type LockedPlugin } from "./lock-file.js";
import { readLockFile, writeLockFile } from "./lock-file-io.js";
import { lockFileText } from "./lock-file-text.js";
import { lockChanges, lockMismatch, mergeLock, pruneLock } from "./merge-lock.js";
import { parseLockFile } from "./parse-lock-file.js";

const hash = (digit: string) => `sha256:${digit.repeat(64)}`;
const linux = { os: "linux", arch: "amd64" };
const greet: LockedPlugin = {
  address: "github.com/acme/greet",
  version: "1.2.0",
  constraints: "~> 1.0, != 1.1.0",
  repository: "https://github.com/acme/ingot-plugin-greet",
  signer: "openpgp:0123",
  archives: { linux_amd64: hash("a"), any: hash("b") },
  contents: { linux_amd64: hash("c") },
};
const docker: LockedPlugin = {
  address: "github.com/hashicorp/docker",
  version: "1.1.2",
  constraints: "",
  repository: "https://github.com/hashicorp/packer-plugin-docker",
  archives: { darwin_arm64: hash("d") },
  contents: {},
};
const lockOf = (...plugins: readonly LockedPlugin[]) => ({
  plugins: new Map(plugins.map((plugin) => [plugin.address, plugin])),
});

describe("text", () => {
  test("is sorted, formatted, and reads back", () => {
    const text = lockFileText(lockOf(docker, greet));
    expect(text.split("\n").slice(3)).toEqual([
      'plugin "github.com/acme/greet" {',
      '  version     = "1.2.0"',
      '  constraints = "~> 1.0, != 1.1.0"',
      '  repository  = "https://github.com/acme/ingot-plugin-greet"',
      '  signer      = "openpgp:0123"',
      "  archives = {",
      `    any         = "${hash("b")}"`,
      `    linux_amd64 = "${hash("a")}"`,
      "  }",
      "  contents = {",
      `    linux_amd64 = "${hash("c")}"`,
      "  }",
      "}",
      "",
      'plugin "github.com/hashicorp/docker" {',
      '  version    = "1.1.2"',
      '  repository = "https://github.com/hashicorp/packer-plugin-docker"',
      "  archives = {",
      `    darwin_arm64 = "${hash("d")}"`,
      "  }",
      "}",
      "",
    ]);
    const { value, diagnostics } = parseLockFile({ filename: "lock", source: Buffer.from(text) });
    expect(diagnostics).toEqual([]);
    expect([...value.plugins.values()]).toEqual([greet, docker]);
    expect(lockFileText(value)).toBe(text);
  });

  test("what looks like a template or a quote stays text", () => {
    const odd = { ...greet, repository: 'a"b\\c${x}%{y}' };
    const { value, diagnostics } = parseLockFile({ filename: "lock", source: Buffer.from(lockFileText(lockOf(odd))) });
    expect(diagnostics).toEqual([]);
    expect(value.plugins.get(odd.address)?.repository).toBe(odd.repository);
  });
});

describe("mistakes of hand-edited files", () => {
  const valid = lockFileText(lockOf(greet));
  const cases: readonly { name: string; from: string | RegExp; to: string; at: string; says: RegExp }[] = [
    { name: "a version that isn't canonical", from: '"1.2.0"', to: '"v1.2"', at: "5,17-23", says: /must be a version/ },
    { name: "an expression", from: '"1.2.0"', to: "upper(1)", at: "5,17-25", says: /must be a version/ },
    { name: "an interpolation", from: '"1.2.0"', to: '"${var.x}"', at: "5,17-27", says: /must be a version/ },
    { name: "bad constraints", from: '"~> 1.0, != 1.1.0"', to: '"~> x"', at: "6,17-23", says: /version constraints/ },
    { name: "a short hash", from: hash("b"), to: "sha256:b", at: "10,19-29", says: /64 hexadecimal digits/ },
    { name: "a hash in upper case", from: hash("b"), to: hash("B"), at: "10,19-92", says: /lower case/ },
    { name: "another kind of hash", from: hash("b"), to: "md5:b", at: "10,19-26", says: /sha256/ },
    { name: "no platform", from: /any( +)=/, to: "Any$1=", at: "10,5-8", says: /linux_amd64/ },
    {
      name: "a platform twice",
      from: /any( +)=/,
      to: "linux_amd64 =",
      at: "11,5-16",
      says: /two hashes for linux_amd64/,
    },
    { name: "an unknown argument", from: "signer ", to: "signet ", at: "8,3-9", says: /Did you mean "signer"/ },
    {
      name: "a bad address",
      from: "github.com/acme/greet",
      to: "greet",
      at: "4,8-15",
      says: /at least contain a host/,
    },
    { name: "no archives", from: /archives = \{[^}]*\}/, to: "", at: "4,", says: /"archives" is required/ },
    { name: "another block", from: 'plugin "', to: 'plugins "', at: "4,1-8", says: /Did you mean "plugin"/ },
    { name: "broken syntax", from: 'greet" {', to: 'greet" {{', at: "4,", says: /written by ingot init/ },
    {
      name: "an unfinished merge",
      from: /^ +version .*\n/m,
      to: '<<<<<<< HEAD\n  version = "1.2.0"\n=======\n  version = "1.3.0"\n>>>>>>> branch\n',
      at: "5,1-13",
      says: /^Two branches changed the lock file.*run ingot init/,
    },
  ];
  test.each(cases)("$name", ({ from, to, at, says }) => {
    const { diagnostics } = parseLockFile({ filename: "lock", source: Buffer.from(valid.replace(from, to)) });
    const [first] = diagnostics;
    expect(first?.subject && formatRange(first.subject)).toMatch(new RegExp(`^lock:${at}`));
    expect(first?.detail).toMatch(says);
  });

  test("the same plugin twice", () => {
    const source = Buffer.from(`${valid}\n${valid}`);
    const { value, diagnostics } = parseLockFile({ filename: "lock", source });
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["Duplicate plugin block"]);
    expect(value.plugins.size).toBe(1);
  });
});

describe("merging", () => {
  test("of the same version the hashes are united", () => {
    const found = { ...greet, archives: { darwin_arm64: hash("e"), any: hash("b") }, contents: { any: hash("f") } };
    const merged = mergeLock(lockOf(greet, docker), found).plugins.get(greet.address);
    expect(merged?.archives).toEqual({ linux_amd64: hash("a"), any: hash("b"), darwin_arm64: hash("e") });
    expect(merged?.contents).toEqual({ linux_amd64: hash("c"), any: hash("f") });
  });

  test("a changed hash of the same version is refused and both are named", () => {
    const found = { ...greet, archives: { any: hash("e") } };
    expect(() => mergeLock(lockOf(greet), found)).toThrow(
      new RegExp(
        `archive of github.com/acme/greet 1.2.0 for any is not .*locked: ${hash("b")}.*found: +${hash("e")}`,
        "s",
      ),
    );
  });

  test("another version replaces all", () => {
    const found = { ...greet, version: "1.3.0", archives: { any: hash("e") }, contents: {} };
    expect(mergeLock(lockOf(greet), found).plugins.get(greet.address)).toEqual(found);
  });

  test("what nothing requires goes", () => {
    expect([...pruneLock(lockOf(greet, docker), new Set([docker.address])).plugins.keys()]).toEqual([docker.address]);
  });
});

describe("read-only comparison", () => {
  test("only the own content hash may be new", () => {
    const now = { ...greet, contents: { ...greet.contents, any: hash("f") } };
    expect(lockChanges(lockOf(greet), lockOf(now), [ANY_PLATFORM, linux])).toEqual([]);
    expect(lockChanges(lockOf(greet), lockOf(now), [linux])).toEqual([
      `github.com/acme/greet: contents.any would change from nothing to ${hash("f")}`,
    ]);
  });

  test("names each change", () => {
    const now = {
      ...greet,
      version: "1.3.0",
      constraints: "~> 1.3",
      archives: { any: hash("e"), linux_amd64: hash("a") },
    };
    expect(lockChanges(lockOf(greet), lockOf(now, docker), [linux])).toEqual([
      'github.com/acme/greet: version would change from "1.2.0" to "1.3.0"',
      'github.com/acme/greet: constraints would change from "~> 1.0, != 1.1.0" to "~> 1.3"',
      `github.com/acme/greet: archives.any would change from ${hash("b")} to ${hash("e")}`,
      "github.com/hashicorp/docker 1.1.2 is not locked yet",
    ]);
    expect(lockChanges(lockOf(greet), lockOf(), [linux])).toEqual([
      "github.com/acme/greet is locked, but no template requires it",
    ]);
  });
});

describe("what is installed against the lock", () => {
  const plugin = {
    address: greet.address,
    name: "greet",
    version: "1.2.0",
    family: "ingot",
    api: "p1",
    platform: linux,
    executable: "/x",
    contentHash: hash("c"),
    archiveHash: hash("a"),
  } as const;
  const { archiveHash: _, ...byHand } = plugin;

  test.each([
    { name: "the same", installed: plugin, says: undefined },
    { name: "the same content without a known archive", installed: byHand, says: undefined },
    {
      name: "another version",
      installed: { ...plugin, version: "1.3.0" },
      says: /1.3.0 is installed, .* has version 1.2.0/,
    },
    {
      name: "another content",
      installed: { ...plugin, contentHash: hash("e") },
      says: new RegExp(`${hash("c")}.*${hash("e")}`, "s"),
    },
    {
      name: "another archive",
      installed: { ...plugin, archiveHash: hash("e") },
      says: new RegExp(`${hash("a")}.*${hash("e")}`, "s"),
    },
    {
      name: "put there by hand and not locked for this platform",
      installed: { ...byHand, platform: ANY_PLATFORM },
      says: /by hand/,
    },
  ])("$name", ({ installed, says }) => {
    const mismatch = lockMismatch(greet, installed);
    if (says === undefined) expect(mismatch).toBeUndefined();
    else expect(mismatch).toMatch(says);
  });
});

describe("on disk", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ingot-lock-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("no file is an empty lock", async () => {
    expect(await readLockFile(folder)).toMatchObject({ exists: false, lock: { plugins: new Map() }, diagnostics: [] });
  });

  test("is written once, and not again when it is the same", async () => {
    expect(await writeLockFile(folder, lockOf(greet))).toBe(true);
    expect(await writeLockFile(folder, lockOf(greet))).toBe(false);
    const { lock, exists, source } = await readLockFile(folder, ".ingot.lock.hcl");
    expect([exists, [...lock.plugins.values()], source?.filename]).toEqual([true, [greet], ".ingot.lock.hcl"]);
    expect(await readdir(folder)).toEqual([LOCK_FILE_NAME]);
  });

  test("many writers leave one whole file", async () => {
    const writers = Array.from({ length: 30 }, (_, index) => writeLockFile(folder, lockOf(index % 2 ? greet : docker)));
    await Promise.all(writers);
    const { lock, diagnostics } = await readLockFile(folder);
    expect([lock.plugins.size, diagnostics]).toEqual([1, []]);
    expect(await readdir(folder)).toEqual([LOCK_FILE_NAME]);
  });

  test("a link stays a link", async () => {
    await writeFile(join(folder, "shared"), "");
    await symlink("shared", join(folder, LOCK_FILE_NAME));
    await writeLockFile(folder, lockOf(greet));
    expect(await readFile(join(folder, "shared"), "utf8")).toContain("github.com/acme/greet");
    expect((await readdir(folder)).sort()).toEqual([LOCK_FILE_NAME, "shared"]);
  });

  test("a folder in its place is an error that names it", async () => {
    await expect(writeLockFile(join("/dev/null", "x"), lockOf(greet))).rejects.toThrow(/lock file .* can't be written/);
    await expect(readLockFile("/dev/null")).rejects.toThrow(/lock file .* can't be read/);
  });
});
