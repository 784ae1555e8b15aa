import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { globPaths } from "./glob-paths.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "glob-"));
  for (const sub of ["a", "b"]) {
    mkdirSync(join(folder, sub));
    for (const name of ["1.txt", "2.txt", "x-y", "[z]"]) writeFileSync(join(folder, sub, name), "");
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  { name: "a plain path that exists", pattern: "a/1.txt", want: ["a/1.txt"] },
  { name: "a plain path that doesn't", pattern: "a/9", want: [] },
  { name: "a star in the last part", pattern: "a/*.txt", want: ["a/1.txt", "a/2.txt"] },
  { name: "a star in a folder", pattern: "*/1.txt", want: ["a/1.txt", "b/1.txt"] },
  { name: "a set", pattern: "a/[1-1].txt", want: ["a/1.txt"] },
  { name: "a negated set", pattern: "a/[^1].txt", want: ["a/2.txt"] },
  { name: "a question mark", pattern: "a/x?y", want: ["a/x-y"] },
  { name: "an escape", pattern: "a/\\[z]", want: ["a/[z]"] },
  { name: "an escape alone", pattern: "a/\\1.txt", want: ["a/1.txt"] },
])("$name", async ({ pattern, want }) => {
  expect(await globPaths(join(folder, pattern), "/")).toEqual(want.map((path) => join(folder, path)));
  expect(await globPaths(pattern, folder)).toEqual(want);
});

test("folders are written as Go writes them", async () => {
  expect(await globPaths("./a//1*", folder)).toEqual(["a/1.txt"]);
});

test("a malformed pattern is an error", async () => {
  await expect(globPaths("a/[", folder)).rejects.toThrow("syntax error in pattern");
});
