import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { makeFolders, makeFoldersSync } from "./make-folders.js";

let root: string;
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), "folders-"))));
afterAll(() => rmSync(root, { recursive: true }));

test("makes folders, and leaves what is there", async () => {
  await makeFolders(join(root, "a", "b", "c"), 0o700);
  await makeFolders(join(root, "a", "b", "c", "/"));
  expect((statSync(join(root, "a", "b")).mode & 0o777).toString(8)).toBe("700");
  symlinkSync("a", join(root, "link"));
  await makeFolders(join(root, "link", "d"));
  expect(statSync(join(root, "a", "d")).isDirectory()).toBe(true);
});

test("many at a time do not disturb each other", async () => {
  await Promise.all(Array.from({ length: 20 }, () => makeFolders(join(root, "x", "y", "z"))));
  expect(statSync(join(root, "x", "y", "z")).isDirectory()).toBe(true);
});

test.each([
  { name: "below a file", path: "file/a/b", code: "ENOTDIR" },
  { name: "on a file", path: "file", code: "EEXIST" },
  { name: "at a link to nowhere", path: "nowhere/a", code: "EEXIST" },
])("fails $name", async ({ path, code }) => {
  writeFileSync(join(root, "file"), "");
  rmSync(join(root, "nowhere"), { force: true });
  symlinkSync("missing", join(root, "nowhere"));
  await expect(makeFolders(join(root, path))).rejects.toMatchObject({ code });
});

(process.platform === "linux" ? test : test.skip)("fails below /proc, where nobody can make one", async () => {
  await expect(makeFolders("/proc/ingot/a/b")).rejects.toMatchObject({ code: "ENOENT" });
});

test("tell which folder was missing", async () => {
  expect(await makeFolders(join(root, "m", "n", "o"))).toBe(join(root, "m"));
  expect(await makeFolders(join(root, "m", "n", "o"))).toBeUndefined();
  expect(makeFoldersSync(join(root, "m", "p", "q"))).toBe(join(root, "m", "p"));
  expect(makeFoldersSync(join(root, "m", "p"))).toBeUndefined();
});

(process.platform === "linux" ? test : test.skip)("at once: fails below /proc and below a file", () => {
  expect(() => makeFoldersSync("/proc/ingot/a/b")).toThrow("ENOENT");
  writeFileSync(join(root, "plain"), "");
  expect(() => makeFoldersSync(join(root, "plain", "a"))).toThrow("ENOTDIR");
  makeFoldersSync(join(root, "private", "inside"), 0o700);
  expect((statSync(join(root, "private")).mode & 0o777).toString(8)).toBe("700");
});
