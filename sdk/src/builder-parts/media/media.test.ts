import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { schema as s } from "../../schema/schema.js";
import { testWithTools } from "../testing/tools.js";
import { decode, makeFolder, partContext } from "../testing/part-session.js";
import { cdOptions } from "./cd-options.js";
import { createCd } from "./create-cd.js";
import { createFloppy } from "./create-floppy.js";
import { FLOPPY_CAPACITY_BYTES, makeFloppyImage, type FatEntry } from "./fat-image.js";
import { floppyOptions } from "./floppy-options.js";

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 24 });

/** Files of a disk image by their path, read by mtools. */
function readFloppy(image: string): Record<string, string> {
  const paths = run("mdir", "-i", image, "-/", "-a", "-b", "::")
    .split("\n")
    .filter((path) => /[^/]$/.test(path));
  return Object.fromEntries(paths.map((path) => [path.slice(2), run("mcopy", "-i", image, "-n", path, "-")]));
}

/** Files of a CD image by their path, read by isoinfo from its Joliet tree. */
function readCd(image: string, tree = "-R"): Record<string, string> {
  const list = run("isoinfo", tree, "-l", "-i", image);
  const files: Record<string, string> = {};
  let folder = "/";
  for (const line of list.split("\n")) {
    folder = /^Directory listing of (.*)$/.exec(line)?.[1] ?? folder;
    const name = /^-.*\] {1,2}(.*?) *$/.exec(line)?.[1];
    if (name !== undefined) files[folder + name] = run("isoinfo", tree, "-x", folder + name, "-i", image);
  }
  return files;
}

function makeSources(folder: string): void {
  for (const name of ["a/bar/deep", "flat/sub"]) mkdirSync(join(folder, name), { recursive: true });
  const files = {
    "one.txt": "one",
    "a long file name with spaces.config": "long",
    "AUTOUNATTEND.XML": "<xml/>",
    "a/bar/user-data": "#cloud-config",
    "a/bar/deep/x.y.z": "deep",
    "flat/f1": "1",
    "flat/sub/ünïcode-näme": "ü",
    empty: "",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

describe("a floppy disk", () => {
  const schema = s.object({ floppy: floppyOptions() });
  const configOf = (value: object) => {
    const { config, diagnostics } = decode(schema, value);
    if (config === undefined) throw new Error(diagnostics[0]?.summary);
    return config.floppy;
  };

  testWithTools(["mdir", "mcopy", "fsck.fat"], "has files, folders and texts, as mtools reads them", async () => {
    using folder = makeFolder();
    makeSources(folder.path);
    const context = partContext({ folder: folder.path, build: { sourceDateEpoch: 1_700_000_000 } });
    const options = { content: { "meta-data": "id: 1", "sub/one.txt": "wins" }, label: "cidata" };
    const config = { ...options, files: ["*.txt", "a long*", "AUTO*", "empty", "flat"], folders: ["a/bar/", "[f]lat"] };
    await using floppy = await createFloppy(config, context);
    if (floppy === undefined) throw new Error("no floppy");
    expect(readFloppy(floppy.path)).toEqual({
      "/one.txt": "wins",
      "/a long file name with spaces.config": "long",
      "/AUTOUNATTEND.XML": "<xml/>",
      "/empty": "",
      "/f1": "1",
      "/ünïcode-näme": "ü",
      "/bar/user-data": "#cloud-config",
      "/bar/deep/x.y.z": "deep",
      "/flat/f1": "1",
      "/flat/sub/ünïcode-näme": "ü",
      "/meta-data": "id: 1",
    });
    expect(run("mlabel", "-i", floppy.path, "-s", "::")).toContain("cidata");
    expect(run("mdir", "-i", floppy.path, "::")).toContain("2023-11-14  22:13");
    expect(spawnSync("fsck.fat", ["-nv", floppy.path], { encoding: "utf8" })).toMatchObject({ status: 0 });
    expect(context.said.filter((line) => !/^Copying file:|^Adding/.test(line))).toEqual([
      "Creating floppy disk...",
      "Copying files flatly from floppy_files",
      "Copying directory: flat",
      "Done copying files from floppy_files",
      "Collecting paths from floppy_dirs",
      "Resulting paths from floppy_dirs : [a/bar/ flat]",
      "Recursively copying : a/bar/",
      "Recursively copying : flat",
      "Done copying paths from floppy_dirs",
      "Copying files from floppy_content",
      "Done copying files from floppy_content",
    ]);
    const { path } = floppy;
    expect([...context.open]).toMatchObject([{ kind: "temporary-files", id: path }]);
    await floppy[Symbol.asyncDispose]();
    expect(existsSync(path)).toBe(false);
  });

  testWithTools(["mdir", "mcopy", "fsck.fat"], "may be full, with many names that are short alike", () => {
    using folder = makeFolder();
    const names = Array.from({ length: 60 }, (_, index) => `the same beginning ${index}.text`);
    const small: FatEntry[] = names.map((name) => ({ name, content: Buffer.from(name) }));
    const dir: FatEntry = { name: "many", entries: small };
    const used = small.length * 512 + Math.ceil(((2 + 60 * 3) * 32) / 512) * 512;
    const big: FatEntry = { name: "big", content: Buffer.alloc(FLOPPY_CAPACITY_BYTES - used, "x") };
    const image = makeFloppyImage({ name: "", entries: [dir, big] }, { label: "packer", time: new Date() });
    const path = join(folder.path, "image");
    writeFileSync(path, image);
    expect(image.length).toBe(1_474_560);
    const read = readFloppy(path);
    for (const name of names) expect(read[`/many/${name}`]).toBe(name);
    expect(read["/big"]?.length).toBe(big.content.length);
    expect(spawnSync("fsck.fat", ["-nv", path], { encoding: "utf8" })).toMatchObject({ status: 0 });
    const more = { name: "more", content: Buffer.from("x") };
    expect(() =>
      makeFloppyImage({ name: "", entries: [dir, big, more] }, { label: "packer", time: new Date() }),
    ).toThrow("the files do not fit on a floppy disk of 1.44 MB");
  });

  testWithTools(["mount", "umount"], "can be mounted", async () => {
    using folder = makeFolder();
    const path = join(folder.path, "image");
    const entries: FatEntry[] = [{ name: "Hello World.txt", content: Buffer.from("hi") }];
    writeFileSync(path, makeFloppyImage({ name: "", entries }, { label: "packer", time: new Date() }));
    const target = join(folder.path, "mnt");
    mkdirSync(target);
    const mounted = spawnSync("mount", ["-o", "loop,ro", "-t", "vfat", path, target], {
      encoding: "utf8",
      maxBuffer: 2 ** 24,
    });
    if (mounted.status !== 0) return; // no loop devices for this user; mtools and fsck have looked at it
    try {
      expect(readFileSync(join(target, "Hello World.txt"), "utf8")).toBe("hi");
    } finally {
      run("umount", target);
    }
  });

  test.each([
    {
      name: "a long label",
      config: { label: "much too long" },
      want: "Error creating floppy: OEMName must be 8 bytes or less",
    },
    {
      name: "a label that is not ASCII",
      config: { label: "käse" },
      want: "Error creating floppy: OEMName must be ASCII",
    },
    {
      name: "two files of one name",
      config: { files: ["one.txt", "dup/ONE.TXT"] },
      want: "Error adding file from floppy_files : dup/ONE.TXT : name already exists: ONE.TXT",
    },
    {
      name: "a file that is too large",
      config: { files: ["huge"] },
      want: "Error adding file from floppy_files : huge : the files do not fit on a floppy disk of 1.44 MB",
    },
  ])("refuses $name, and leaves nothing behind", async ({ config, want }) => {
    using folder = makeFolder();
    makeSources(folder.path);
    mkdirSync(join(folder.path, "dup"));
    writeFileSync(join(folder.path, "dup", "ONE.TXT"), "");
    writeFileSync(join(folder.path, "huge"), Buffer.alloc(1_500_000));
    const context = partContext({ folder: folder.path });
    const making = createFloppy({ files: [], folders: [], content: { x: "" }, label: "packer", ...config }, context);
    await expect(making).rejects.toThrow(want);
    expect(context.open.size).toBe(0);
  });

  test("is not made when no option asks for it", async () => {
    expect(await createFloppy(configOf({}), partContext())).toBeUndefined();
  });

  test("options must name what exists, and well-formed patterns", () => {
    const value = { floppy_files: ["/nowhere/a", "/nowhere/*"], floppy_dirs: ["/nowhere/d", "/x[/y"] };
    expect(decode(schema, value).diagnostics.map(({ summary, path }) => [summary, path])).toEqual([
      ["Bad Floppy disk file '/nowhere/a': stat /nowhere/a: no such file or directory", ["floppy_files", 0]],
      ["Bad Floppy disk directory '/nowhere/d': stat /nowhere/d: no such file or directory", ["floppy_dirs", 0]],
      ["Bad Floppy disk directory '/x[/y': syntax error in pattern", ["floppy_dirs", 1]],
    ]);
    expect(configOf({ floppy_label: "" })).toEqual({ files: [], folders: [], content: {}, label: "packer" });
  });
});

describe("a CD", () => {
  const files = ["one.txt", "./a/bar", "flat/", "[e]mpty", "link"];
  const content = { "/one.txt": "wins", "deep/er/user-data": "#cloud-config\n", "meta-data": "" };
  const want = {
    "/one.txt": "wins",
    "/bar/user-data": "#cloud-config",
    "/bar/deep/x.y.z": "deep",
    "/f1": "1",
    "/sub/ünïcode-näme": "ü",
    "/empty": "",
    "/link": "one",
    "/deep/er/user-data": "#cloud-config\n",
    "/meta-data": "",
  };

  testWithTools(["xorriso", "isoinfo"], "has files and texts, made by xorriso", async () => {
    using folder = makeFolder();
    makeSources(folder.path);
    chmodSync(join(folder.path, "one.txt"), 0o400);
    symlinkSync("one.txt", join(folder.path, "link"));
    const context = partContext({ folder: folder.path });
    const cd = await createCd({ files, content, label: "cidata" }, context);
    if (cd === undefined) throw new Error("no CD");
    expect(readCd(cd.path)).toEqual(want);
    expect(run("isoinfo", "-d", "-i", cd.path)).toContain("Volume id: cidata");
    expect(context.said.at(0)).toBe("Creating CD disk...");
    expect(context.said.at(-1)).toBe("Done copying paths from CD_dirs");
    expect([...context.open].map(({ id }) => id)).toEqual([cd.path]);
    await cd[Symbol.asyncDispose]();
    expect(existsSync(cd.path)).toBe(false);
  });

  testWithTools(["genisoimage", "isoinfo"], "is made by mkisofs where that is the first program", async () => {
    using folder = makeFolder();
    makeSources(folder.path);
    symlinkSync("one.txt", join(folder.path, "link"));
    const bin = join(folder.path, "bin");
    mkdirSync(bin);
    symlinkSync(run("which", "genisoimage").trim(), join(bin, "mkisofs"));
    const context = partContext({ folder: folder.path });
    await using cd = await createCd({ files, content, label: "CIDATA" }, context, { searchPath: bin });
    if (cd === undefined) throw new Error("no CD");
    expect(Object.keys(readCd(cd.path, "-J")).length).toBe(Object.keys(want).length);
    expect(readCd(cd.path, "-J")["/deep/er/user-data"]).toBe("#cloud-config\n");
  });

  test("needs a program, and says when it fails", async () => {
    using folder = makeFolder();
    const context = partContext({ folder: folder.path });
    const config = { files: [], content: { a: "b" }, label: "x" };
    await expect(createCd(config, context, { searchPath: folder.path })).rejects.toThrow(
      "could not find a supported CD ISO creation command (the supported commands are: xorriso, mkisofs, hdiutil, oscdimg)",
    );
    writeFileSync(join(folder.path, "oscdimg"), "#!/bin/sh\necho no room >&2\nexit 3\n", { mode: 0o755 });
    await expect(createCd(config, context, { searchPath: folder.path })).rejects.toThrow("Bad exit status: 3");
    expect(context.said).toContain("no room");
    expect(context.open.size).toBe(0);
    expect(await createCd({ files: [], content: {}, label: "x" }, context)).toBeUndefined();
  });

  test("options must name what exists", () => {
    const { diagnostics, config } = decode(s.object({ cd: cdOptions() }), { cd_files: ["/nowhere/a", "/nowhere/*"] });
    expect(config).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { summary: "Bad CD disk file '/nowhere/a': stat /nowhere/a: no such file or directory", path: ["cd_files", 0] },
    ]);
  });
});
