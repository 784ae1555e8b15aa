import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { run, testWith, withFolder } from "../testing/test-tools.js";
import { readTar } from "./read-tar.js";
import { tarEntry, toByteString, type TarEntry } from "./tar-entry.js";
import { TarFile } from "./tar-file.js";
import { tarHeader, tarPadding, tarTrailer } from "./write-tar.js";

async function* chunks(data: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < data.length; offset += size) yield data.subarray(offset, offset + size);
}

async function roundTrip(entry: TarEntry, content = ""): Promise<{ entry: TarEntry; text: string }> {
  const data = Buffer.concat([tarHeader(entry), Buffer.from(content), tarPadding(content.length), tarTrailer]);
  for await (const item of readTar(chunks(data, 37), "test")) {
    let text = "";
    for await (const part of item.content()) text += part.toString();
    return { entry: item.entry, text };
  }
  throw new Error("no entry");
}

const xattrs = new Map([
  ["security.capability", Buffer.from([1, 0, 0, 2, 0, 32, 0, 0, 255, 254, 10, 61])],
  ["user.mime=type", Buffer.from("text")],
]);

describe("an entry", () => {
  test.each([
    { name: "plain", entry: tarEntry("a/b", "file", { size: 5, mode: 0o4751, uid: 1000, gid: 100, mtime: 1e9 }) },
    { name: "with a long name", entry: tarEntry(`${"d/".repeat(200)}f`, "file") },
    { name: "with a name of exactly 100 bytes", entry: tarEntry("x".repeat(100), "file") },
    { name: "with a name of exactly 99 bytes and a slash", entry: tarEntry("x".repeat(99), "directory") },
    { name: "with a name in UTF-8", entry: tarEntry(toByteString("grüße/日本"), "file") },
    { name: "with a name that is not UTF-8", entry: tarEntry("caf\xe9", "file") },
    { name: "that links far", entry: tarEntry("l", "symlink", { linkTarget: `../${"t".repeat(300)}` }) },
    { name: "that is a hard link", entry: tarEntry("h", "link", { linkTarget: "a/b" }) },
    { name: "that is a device", entry: tarEntry("null", "char", { devMajor: 1, devMinor: 3, mode: 0o666 }) },
    { name: "of owners with large numbers", entry: tarEntry("u", "file", { uid: 4_000_000_000, gid: 2_097_152 }) },
    { name: "with binary attributes", entry: tarEntry("c", "file", { xattrs }) },
    { name: "before 1970", entry: tarEntry("old", "file", { mtime: -5 }) },
  ])("$name survives", async ({ entry }) => {
    const content = "12345".slice(0, entry.size);
    const result = await roundTrip(entry, content);
    expect(result.entry).toEqual({ ...entry, xattrs: result.entry.xattrs });
    expect(new Map([...result.entry.xattrs].sort())).toEqual(new Map([...entry.xattrs].sort()));
    expect(result.text).toBe(content);
  });

  test("of more than 8 GiB has its size in a pax header", async () => {
    const size = 9 * 1024 ** 3;
    const header = tarHeader(tarEntry("big", "file", { size }));
    const items = readTar(chunks(header, 512), "test");
    const first = await items.next();
    expect(first.done === true ? undefined : first.value.entry.size).toBe(size);
    await expect(items.next()).rejects.toThrow("cut off");
  });
});

describe("an archive", () => {
  testWith(["tar"], "of GNU tar is read in each of its formats, and GNU tar reads ours", () =>
    withFolder(async (folder) => {
      const long = `${"n".repeat(150)}`;
      await run(
        "sh",
        [
          "-c",
          `mkdir -p in/${long}; echo 1 > in/${long}/${long}; ln -s ${long}/${long} in/l; ln in/${long}/${long} in/h`,
        ],
        { cwd: folder },
      );
      for (const format of ["gnu", "pax", "oldgnu"]) {
        await run("tar", [`--format=${format}`, "--sort=name", "-cf", `${format}.tar`, "-C", "in", "."], {
          cwd: folder,
        });
        const seen: string[] = [];
        for await (const { entry } of readTar(createReadStream(join(folder, `${format}.tar`)), format))
          seen.push(`${entry.type} ${entry.path.length} ${entry.linkTarget.length}`);
        expect(seen).toEqual(["directory 0 0", "file 1 0", "symlink 1 301", "directory 150 0", "link 301 1"]);
      }
      const ours = Buffer.concat([
        tarHeader(tarEntry(long, "directory")),
        tarHeader(tarEntry(`${long}/${long}`, "file", { size: 3, xattrs })),
        Buffer.from("abc"),
        tarPadding(3),
        tarTrailer,
      ]);
      await writeFile(join(folder, "ours.tar"), ours);
      await run("sh", ["-c", "mkdir out; tar -xf ours.tar -C out"], { cwd: folder });
      expect(await readFile(join(folder, "out", long, long), "utf8")).toBe("abc");
    }),
  );

  test("on disk gives the files that are asked for", () =>
    withFolder(async (folder) => {
      const path = join(folder, "a.tar");
      const big = Buffer.alloc(100_000, 7);
      const parts = [
        tarHeader(tarEntry("big", "file", { size: big.length })),
        big,
        tarPadding(big.length),
        tarHeader(tarEntry("dir/link", "symlink", { linkTarget: "../big" })),
        tarHeader(tarEntry("small", "file", { size: 2 })),
        Buffer.from("hi"),
        tarPadding(2),
        tarTrailer,
      ];
      await writeFile(path, Buffer.concat(parts));
      const file = await TarFile.open(path, path);
      expect((await file.read("small", path)).toString()).toBe("hi");
      expect(await file.read("big", path)).toEqual(big);
      expect(await file.read("dir/link", path)).toEqual(big);
      expect(() => file.stream("none", path)).toThrow('it lacks "none"');
    }));

  test.each([
    { name: "with steps upwards", data: tarHeader(tarEntry("a/../../b", "file")), want: "leads out of it" },
    { name: "that is cut off", data: tarHeader(tarEntry("a", "file", { size: 600 })), want: "cut off" },
    { name: "with half a header", data: tarHeader(tarEntry("a", "file")).subarray(0, 300), want: "middle of a header" },
    { name: "that is something else", data: Buffer.alloc(1024, 65), want: "not a tar archive" },
  ])("$name is refused", async ({ data, want }) => {
    const read = async (): Promise<void> => {
      for await (const item of readTar(chunks(data, 100), "test")) void item;
    };
    await expect(read()).rejects.toThrow(want);
  });
});
