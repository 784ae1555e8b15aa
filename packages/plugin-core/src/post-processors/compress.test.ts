import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { bgzf, gzip } from "../compress/gzip.js";
import { bzip2 } from "../compress/bzip2.js";
import type { Encoder } from "../compress/blocks.js";
import { detectFormat } from "../compress/format.js";
import { lz4 } from "../compress/lz4.js";
import { XxHash32 } from "../compress/xxhash32.js";
import { xz } from "../compress/xz.js";
import { messages, shown, useCorePlugin } from "../testing/core-plugin.js";

const core = useCorePlugin();

test.each([
  { output: "packer", want: ["tar", "pgzip"] },
  { output: "x.tar", want: ["tar", "none"] },
  { output: "x.zip", want: ["zip", "none"] },
  { output: "x.gz", want: ["", "pgzip"] },
  { output: "x.tar.gz", want: ["tar", "pgzip"] },
  { output: "x.lz4", want: ["", "lz4"] },
  { output: "x.tar.bgzf", want: ["tar", "bgzf"] },
  { output: "x.tar.xz", want: ["tar", "xz"] },
  { output: "x.bzip2", want: ["", "bzip2"] },
  { output: "x.tar.bz2", want: ["tar", "pgzip"] },
  { output: "x.tgz", want: ["tar", "pgzip"] },
  { output: "x-1.2", want: ["tar", "pgzip"] },
  { output: "x.gz/foo", want: ["", "pgzip"] },
  { output: "x.GZ", want: ["tar", "pgzip"] },
  { output: "{{.BuildName}}", want: ["tar", "pgzip"] },
  { output: "x", format: "tar.lz4", want: ["tar", "lz4"] },
  { output: "x.tar", format: "xz", want: ["tar", "xz"] },
  { output: "x.constructor", want: ["tar", "pgzip"] },
])("the format of $output $format is $want", ({ output, format, want }) => {
  const { archive, algorithm } = detectFormat(output, format);
  expect([archive, algorithm]).toEqual(want);
});

test("hashes like xxHash", () => {
  expect(new XxHash32().digest()).toBe(0x02cc5d05);
  const bytes = Buffer.from("Nobody inspects the spammish repetition");
  expect(new XxHash32().update(bytes).digest()).toBe(0xe2293b2f);
  expect(new XxHash32().update(bytes.subarray(0, 7)).update(bytes.subarray(7)).digest()).toBe(0xe2293b2f);
});

const encoders: Readonly<Record<string, { readonly encoder: Encoder; readonly tool: string }>> = {
  "gzip 6": { encoder: gzip({ level: -1 }), tool: "gzip" },
  "gzip 9": { encoder: gzip({ level: 9 }), tool: "gzip" },
  "gzip with Huffman codes only": { encoder: gzip({ level: -2 }), tool: "gzip" },
  bgzf: { encoder: bgzf({ level: 0 }), tool: "gzip" },
  "lz4 fast": { encoder: lz4({ level: -1 }), tool: "lz4" },
  "lz4 9": { encoder: lz4({ level: 9 }), tool: "lz4" },
  xz: { encoder: xz(), tool: "xz" },
  "bzip2 9": { encoder: bzip2({ level: 0 }), tool: "bzip2" },
  "bzip2 1": { encoder: bzip2({ level: 1 }), tool: "bzip2" },
};

const source = readFileSync(process.execPath).subarray(20 << 20, (20 << 20) + 600_000);
const inputs: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  "one byte": Buffer.from("a"),
  "a run": Buffer.alloc(259, 65),
  "a longer run": Buffer.alloc(260, 65),
  zeros: Buffer.alloc(1_500_000),
  "a period": Buffer.from("ab".repeat(60_000)),
  "random bytes": randomBytes(200_000),
  "code and random bytes": Buffer.concat([source, randomBytes(70_000), source, source.subarray(0, 3)]),
};

describe.each(Object.keys(encoders))("%s", (name) => {
  const { encoder, tool } = encoders[name] ?? { encoder: xz(), tool: "xz" };
  // One test for all inputs: the tool unpacks what we packed, whole and byte for byte.
  test.each(Object.keys(inputs))(`gives bytes that the tool reads: %s`, async (kind) => {
    const input = inputs[kind] ?? Buffer.alloc(0);
    const pieces: Uint8Array[] = [];
    const chunks = Array.from({ length: Math.ceil(input.length / 65_521) }, (_, at) =>
      input.subarray(at * 65_521, (at + 1) * 65_521),
    );
    for await (const piece of encoder(chunks)) pieces.push(Buffer.from(piece));
    const { status, stdout } = spawnSync(tool, ["-dc"], { input: Buffer.concat(pieces), maxBuffer: 1 << 26 });
    expect(status).toBe(0);
    expect(stdout.equals(input)).toBe(true);
  });
});

test("xz goes on beyond its window", async () => {
  const input = Buffer.concat(Array.from({ length: 24 }, () => source)); // 14 MB
  const pieces: Uint8Array[] = [];
  for await (const piece of xz()([input])) pieces.push(Buffer.from(piece));
  const { stdout } = spawnSync("xz", ["-dc"], { input: Buffer.concat(pieces), maxBuffer: 1 << 26 });
  expect(createHash("md5").update(stdout).digest("hex")).toBe(createHash("md5").update(input).digest("hex"));
}, 120_000);

async function compress(config: object, files: readonly string[]) {
  const outcome = await core.plugin.postProcess("compress", config as Record<string, unknown>, {
    artifact: { id: "x", files, generatedData: { ID: "i-1" } },
    build: { buildName: "n", builderType: "t" },
  });
  return { ...outcome, lines: shown(outcome), errors: messages(outcome) };
}

describe("archives", () => {
  const long = "n".repeat(120);
  mkdirSync(join(core.folder, "sub"));
  writeFileSync(join(core.folder, "sub/a.txt"), "a");
  writeFileSync(join(core.folder, "b.sh"), "b".repeat(1_000));
  writeFileSync(join(core.folder, long), "");
  chmodSync(join(core.folder, "b.sh"), 0o751);

  test("tar keeps modes and long names, and has no times", async () => {
    const { artifact, lines, keepInput } = await compress({ output: "{{.BuildName}}-{{.BuilderType}}.tar" }, [
      "sub/a.txt",
      "b.sh",
      long,
    ]);
    expect(lines).toEqual(["Tarring n-t.tar with no compression", "Archive n-t.tar completed"]);
    expect(keepInput).toBe(false);
    expect(artifact).toMatchObject({ files: ["n-t.tar"], summary: "compressed artifacts in: n-t.tar", id: "" });
    const list = execFileSync("tar", ["tvf", "n-t.tar"], {
      cwd: core.folder,
      encoding: "utf8",
      env: { TZ: "UTC", PATH: process.env["PATH"] },
    });
    expect(list.replaceAll(/ +/g, " ").replaceAll(/^(\S+) \S+/gm, "$1")).toBe(
      `-rw-r--r-- 1 1970-01-01 00:00 a.txt\n-rwxr-x--x 1000 1970-01-01 00:00 b.sh\n-rw-r--r-- 0 1970-01-01 00:00 ${long}\n`,
    );
    expect(execFileSync("tar", ["xOf", "n-t.tar", "b.sh"], { cwd: core.folder, encoding: "utf8" })).toBe(
      "b".repeat(1_000),
    );
  });

  test.each(["b.sh", "../X/b.sh"])("does not write over what it reads: %s", async (output) => {
    const same = output.replace("X", basename(core.folder));
    const { errors } = await compress({ output: same, format: "gz" }, ["b.sh"]);
    expect(errors).toEqual([`Unable to create archive ${same}: it is one of the files to compress`]);
    expect(statSync(join(core.folder, "b.sh")).size).toBe(1_000);
  });

  test("zip keeps paths", async () => {
    const { lines } = await compress({ output: "o/x.zip" }, ["sub/a.txt", "b.sh", long]);
    expect(lines).toEqual(["Zipping o/x.zip", "Archive o/x.zip completed"]);
    const run = (...args: string[]): string => execFileSync("unzip", args, { cwd: core.folder, encoding: "utf8" });
    run("-t", "o/x.zip");
    expect(run("-Z1", "o/x.zip")).toBe(`sub/a.txt\nb.sh\n${long}\n`);
    expect(run("-p", "o/x.zip", "b.sh")).toBe("b".repeat(1_000));
  });

  test("equal files give equal archives, and the archive can be destroyed", async () => {
    const names = ["one.tar.gz", "two.tar.gz"];
    for (const output of names) {
      const { artifact } = await compress({ output }, ["b.sh"]);
      if (artifact === undefined) throw new Error("no artifact");
      if (output === "two.tar.gz") {
        const [one, two] = names.map((name) => readFileSync(join(core.folder, name)));
        expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
        await core.plugin.destroyArtifact("post-processor", "compress", artifact);
        expect(statSync(join(core.folder, output), { throwIfNoEntry: false })).toBeUndefined();
      }
    }
  });

  test.each([
    {
      config: { output: "x.gz" },
      files: ["sub/a.txt", "b.sh"],
      want: "Can only have 1 input file when not using tar/zip. Found 2 files: [sub/a.txt b.sh]",
    },
    {
      config: { output: "x.tar.gz", compression_level: -5 },
      files: ["b.sh"],
      want: "error creating pgzip writer: Invalid compression level. Expected an integer from -1 to 9.",
    },
    {
      config: { output: "x.bgzf", compression_level: -2 },
      files: ["b.sh"],
      want: "error creating bgzf writer: Invalid compression level. Expected an integer from -1 to 9.",
    },
    {
      config: { output: "b.sh/x.tar" },
      files: ["b.sh"],
      want: "Unable to create dir for archive b.sh/x.tar: mkdir b.sh: not a directory",
    },
    { config: { output: "sub" }, files: ["b.sh"], want: "Unable to create archive sub: open sub: is a directory" },
    {
      config: { output: "x.tar" },
      files: ["none"],
      want: "Error creating tar: Unable to read file none: open none: no such file or directory",
    },
    {
      config: { output: "x.zip" },
      files: ["none"],
      want: "Error creating zip: Unable to read file none: open none: no such file or directory",
    },
    {
      config: { output: "x.xz" },
      files: ["none"],
      want: "Failed to open source file none for reading: open none: no such file or directory",
    },
    { config: { output: "x.xz" }, files: ["sub"], want: "Failed to compress sub: read sub: is a directory" },
    {
      config: { output: "x.tar" },
      files: ["sub"],
      want: "Error creating tar: Failed to copy sub data to archive: read sub: is a directory",
    },
  ])("says what is wrong: $want", async ({ config, files, want }) => {
    expect((await compress(config, files)).errors).toEqual([want]);
  });
});
