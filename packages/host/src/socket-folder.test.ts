import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { makeSocketFolder, removeSocketFolder, sweepSocketFolders } from "./socket-folder.js";

let base = "";
beforeEach(() => void (base = mkdtempSync(join(tmpdir(), "s-"))));
afterEach(() => rmSync(base, { recursive: true, force: true }));

test("a folder is fresh, private, and goes away with what is in it", () => {
  const folder = makeSocketFolder(base);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(makeSocketFolder(base)).not.toBe(folder);
  mkdirSync(join(folder, "x"));
  removeSocketFolder(folder);
  removeSocketFolder(folder);
  expect(existsSync(folder)).toBe(false);
});

test("a place with a long name is passed over: a socket's path must be short", () => {
  const long = join(base, "x".repeat(80));
  mkdirSync(long);
  const folder = makeSocketFolder(long);
  expect(folder.startsWith("/tmp/ingot-")).toBe(true);
  removeSocketFolder(folder);
});

test("old folders of hosts that are gone are swept away, and no others", async () => {
  const gone = 2 ** 22 + 1; // beyond the greatest process number of Linux
  const old = new Date(Date.now() - 48 * 60 * 60 * 1000);
  const make = (name: string, time?: Date): void => {
    mkdirSync(join(base, name));
    if (time) utimesSync(join(base, name), time, time);
  };
  make(`ingot-${gone}-aaaaaa`, old);
  make(`ingot-${gone}-bbbbbb`);
  make(`ingot-${process.pid}-cccccc`, old);
  make("ingot-other", old);
  await sweepSocketFolders(base);
  expect(readdirSync(base).sort()).toEqual(
    [`ingot-${process.pid}-cccccc`, `ingot-${gone}-bbbbbb`, "ingot-other"].sort(),
  );
  await sweepSocketFolders(join(base, "missing"));
});
