import { mkdir, readFile, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { DirEntry } from "@ingot/sdk";
import { withFolder } from "../testing/test-tools.js";
import { decodeEntries, encodeEntries, encodeError } from "./entry-frames.js";
import { getFile, getTree, putFile, putTree } from "./root-files.js";

async function* text(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

async function* entries(...items: DirEntry[]): AsyncGenerator<DirEntry> {
  yield* items;
}

/** A root file system with ways out of it, and a file outside. */
async function withRoot(work: (root: string, outside: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const root = join(folder, "root");
    await mkdir(join(root, "etc"), { recursive: true });
    await mkdir(join(root, "usr/lib"), { recursive: true });
    await symlink("/usr/lib", join(root, "lib"));
    await symlink("../../../../../../../../..", join(root, "up"));
    await symlink(folder, join(root, "out"));
    await symlink(join(folder, "secret"), join(root, "etc/secret"));
    await writeFile(join(folder, "secret"), "outside");
    await work(root, folder);
  });
}

describe("files in a root file system", () => {
  test("are written through links inside, never outside", () =>
    withRoot(async (root, outside) => {
      await putFile(root, { path: "/lib/a", mode: 0o600 }, text("a"));
      expect(await readFile(join(root, "usr/lib/a"), "utf8")).toBe("a");
      expect((await stat(join(root, "usr/lib/a"))).mode & 0o777).toBe(0o600);
      await putFile(root, { path: "/up/etc/b" }, text("b"));
      expect(await readFile(join(root, "etc/b"), "utf8")).toBe("b");
      await expect(putFile(root, { path: "/out/c" }, text("c"))).rejects.toThrow("no folder");
      await expect(putFile(root, { path: "/etc/secret" }, text("c"))).rejects.toThrow("no folder");
      await putTree(root, "/out/tree", entries({ path: "d/e", content: text("e") }));
      expect(await readdir(outside)).toEqual(["root", "secret"]);
      expect(await readFile(join(outside, "secret"), "utf8")).toBe("outside");
      await expect(putFile(root, { path: "/etc" }, text(""))).rejects.toThrow("is a folder");
      await expect(putFile(root, { path: "/none/x" }, text(""))).rejects.toThrow('There is no folder "none"');
    }));

  test("are read through links inside, never outside", () =>
    withRoot(async (root) => {
      await putFile(root, { path: "/usr/lib/a" }, text("a"));
      let read = "";
      for await (const part of (await getFile(root, "/lib/../lib/a")).content) read += Buffer.from(part).toString();
      expect(read).toBe("a");
      await expect(getFile(root, "/etc/secret")).rejects.toThrow("no folder");
      await expect(getFile(root, "/etc")).rejects.toThrow("is not a file");
    }));

  test("go and come as trees with modes and links", () =>
    withRoot(async (root) => {
      const tree = entries(
        { path: "sub", kind: "directory", mode: 0o750 },
        { path: "sub/file", mode: 0o755, modifiedMs: 1_000_000, content: text("x") },
        { path: "sub/link", kind: "symlink", linkTarget: "../../.." },
        { path: "z", content: text("z") },
      );
      await putTree(root, "/opt/new", decodeEntries(encodeEntries(tree)));
      const seen: string[] = [];
      for await (const entry of decodeEntries(encodeEntries(getTree(root, "/opt/new", ["z"])))) {
        let content = "";
        for await (const part of entry.content ?? []) content += Buffer.from(part).toString();
        seen.push([entry.kind, entry.path, entry.mode?.toString(8), entry.linkTarget, content].join(" "));
      }
      expect(seen).toEqual(["directory sub 750  ", "file sub/file 755  x", "symlink sub/link 777 ../../.. "]);
      await putTree(root, "/opt/new", entries({ path: "sub/link", content: text("now a file") }));
      expect(await readFile(join(root, "opt/new/sub/link"), "utf8")).toBe("now a file");
      const bad = putTree(root, "/opt", entries({ path: "../x", content: text("") }));
      await expect(bad).rejects.toThrow("leads out of its folder");
    }));

  test("bring errors of the other side as they are", async () => {
    const failing = async function* (): AsyncGenerator<Buffer> {
      yield encodeError("no-file", "There is no such file.");
    };
    const read = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const entry of decodeEntries(chunks)) void entry;
    };
    await expect(read(failing())).rejects.toMatchObject({ code: "no-file", message: "There is no such file." });
    await expect(read(entries() as AsyncIterable<never>)).rejects.toThrow("broke off");
  });
});
