import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { rawZip, type RawEntry } from "../testing/raw-zip.js";
import { extractFile } from "./extract-file.js";
import { ARCHIVE_LIMITS, openArchive } from "./read-archive.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingot-archive-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(content: Buffer): Promise<string> {
  const file = join(folder, "plugin.zip");
  await writeFile(file, content);
  return file;
}

const good: RawEntry = { name: "ingot-plugin-greet", content: "#!/bin/sh\n", mode: 0o100755 };
const names = (...list: readonly (string | Buffer)[]): RawEntry[] => list.map((name) => ({ name, content: "x" }));

describe("refuses", () => {
  const cases: readonly { name: string; entries: readonly RawEntry[]; says: RegExp }[] = [
    { name: "a path out of the folder", entries: names("../evil"), says: /would be written outside of its folder/ },
    { name: "a path out of the folder, deeper", entries: names("a/../../evil"), says: /outside of its folder/ },
    { name: "an absolute path", entries: names("/etc/passwd"), says: /has an absolute path/ },
    { name: "a backslash", entries: names("..\\evil"), says: /has a backslash/ },
    { name: "a drive letter", entries: names("C:evil"), says: /has a drive letter/ },
    { name: "a NUL byte", entries: names("ingot-plugin-greet\0.txt"), says: /has a NUL byte/ },
    { name: "a line feed", entries: names("a\nb"), says: /has control characters/ },
    { name: "an empty name", entries: names(""), says: /has no name/ },
    { name: "an empty part", entries: names("a//b"), says: /has an empty part/ },
    { name: "a dot part", entries: names("./a"), says: /has an empty part/ },
    { name: "a stream of a file on Windows", entries: names("a.txt:evil"), says: /Windows can't store/ },
    { name: "a device of Windows", entries: names("nul"), says: /reserved on Windows/ },
    { name: "a device of Windows with an extension", entries: names("docs/COM1.txt"), says: /reserved on Windows/ },
    { name: "a dot at the end", entries: names("README."), says: /ends with a dot or a space/ },
    { name: "a name that isn't UTF-8", entries: names(Buffer.from([0xff, 0x41])), says: /not in UTF-8/ },
    { name: "a symbolic link", entries: [{ ...good, mode: 0o120777, content: "/etc/passwd" }], says: /symbolic link/ },
    { name: "a device", entries: [{ ...good, mode: 0o020666 }], says: /not a regular file/ },
    { name: "a pipe", entries: [{ ...good, mode: 0o010666 }], says: /not a regular file/ },
    {
      name: "a folder with content",
      entries: [{ name: "a/", content: "x", mode: 0o040755 }],
      says: /folder with content/,
    },
    {
      name: "a folder without a slash",
      entries: [{ name: "a", mode: 0o040755 }],
      says: /folder with the name of a file/,
    },
    { name: "an encrypted entry", entries: [{ ...good, flags: 0x801 }], says: /is encrypted/ },
    { name: "another method of packing", entries: [{ ...good, method: 12 }], says: /packed by a method \(12\)/ },
    { name: "the same name twice", entries: [good, good], says: /occurs twice/ },
    { name: "names that differ in case", entries: names("README", "readme"), says: /only in case or form/ },
    {
      name: "names that differ in normalisation",
      entries: names("caf\u00e9", "cafe\u0301"),
      says: /only in case or form/,
    },
    { name: "a file with the name of a folder", entries: names("docs", "DOCS/a"), says: /only in case or form/ },
    { name: "a folder with the name of a file", entries: names("DOCS/a", "docs"), says: /only in case or form/ },
    {
      name: "too many entries",
      entries: names(...Array.from({ length: 101 }, (_, index) => `file${index}`)),
      says: /has 101 entries; more than 100/,
    },
    {
      name: "a claim of a huge size",
      entries: [{ ...good, claimedSize: 3 * 2 ** 30 }],
      says: /more than 2147483648 bytes|times larger/,
    },
    {
      name: "what is packed far too well",
      entries: [{ ...good, content: Buffer.alloc(20 << 20) }],
      says: /200 times larger/,
    },
  ];
  test.each(cases)("$name", async ({ entries, says }) => {
    await expect(openArchive(await write(rawZip(entries)))).rejects.toThrow(says);
  });

  test("what is no archive", async () => {
    await expect(openArchive(await write(Buffer.from("<html>Not found</html>")))).rejects.toThrow(
      /not a complete zip archive/,
    );
  });

  test("an archive that ends too early, wherever it is cut", async () => {
    const whole = rawZip([good, ...names("LICENSE")]);
    for (let length = 0; length < whole.length; length += 7) {
      await expect(openArchive(await write(whole.subarray(0, length)))).rejects.toThrow(/not a complete zip|damaged/);
    }
  });

  test("more bytes than the limit in all", async () => {
    const file = await write(rawZip(names("a", "b", "c")));
    await expect(openArchive(file, { ...ARCHIVE_LIMITS, bytes: 2 })).rejects.toThrow(/more than 2 bytes unpacked/);
  });
});

describe("unpacks", () => {
  const extract = async (entries: readonly RawEntry[]) => {
    await using archive = await openArchive(await write(rawZip(entries)));
    const [file] = archive.files;
    if (file === undefined) throw new Error("no file");
    const target = join(folder, "out");
    return await extractFile(archive, file, { target, mode: 0o700, signal: AbortSignal.timeout(10_000) });
  };

  test("a file with its hash and the mode that is asked for", async () => {
    const { sha256, size } = await extract([good]);
    const wanted = createHash("sha256").update("#!/bin/sh\n").digest("hex");
    expect([sha256, size]).toEqual([wanted, 10]);
    expect(await readFile(join(folder, "out"), "utf8")).toBe("#!/bin/sh\n");
    expect((await stat(join(folder, "out"))).mode & 0o777).toBe(0o700);
  });

  // Pieces are read into the same memory: none may be overwritten before it was used.
  test.each([
    { name: "stored", method: 0, content: randomBytes(3_000_001) },
    { name: "packed", method: 8, content: randomBytes(3_000_001) },
    { name: "packed small", method: 8, content: Buffer.from(randomBytes(1000).toString("hex").repeat(2000)) },
  ])("a file of many pieces, $name", async ({ method, content }) => {
    const { sha256 } = await extract([{ ...good, method, content }]);
    expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
    expect((await readFile(join(folder, "out"))).equals(content)).toBe(true);
  });

  test.each([
    {
      name: "no more than the directory says",
      entry: { ...good, claimedSize: 3 },
      says: /damaged in .*(larger|too many)/,
    },
    {
      name: "no less than the directory says",
      entry: { ...good, claimedSize: 99 },
      says: /damaged in .*(smaller|not enough)/,
    },
    { name: "nothing with a wrong checksum", entry: { ...good, claimedCrc: 1 }, says: /its checksum is wrong/ },
  ])("$name", async ({ entry, says }) => {
    await expect(extract([entry])).rejects.toThrow(says);
  });

  test("folders and files in folders are told, nothing is written", async () => {
    const entries = [{ name: "docs/", mode: 0o040755 }, ...names("docs/a.md"), good];
    await using archive = await openArchive(await write(rawZip(entries)));
    expect(archive.files.map(({ name }) => name)).toEqual(["docs/a.md", "ingot-plugin-greet"]);
    expect(await readdir(folder)).toEqual(["plugin.zip"]);
  });
});
