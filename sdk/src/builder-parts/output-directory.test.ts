import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createOutputDirectory } from "./output-directory.js";
import { destroyParts, OUTPUT_KIND } from "./destroy-parts.js";
import { makeFolder, partContext } from "./testing/part-session.js";

test("is made with its parents, recorded, and kept when it is released", async () => {
  using folder = makeFolder();
  const context = partContext({ folder: folder.path });
  const made = await createOutputDirectory("out/one", context);
  expect(made.path).toBe(join(folder.path, "out", "one"));
  expect(readdirSync(made.path)).toEqual([]);
  await made.release();
  await made[Symbol.asyncDispose]();
  expect(existsSync(made.path)).toBe(true);
  expect(context.said).toEqual([]);
});

test("is removed with what is in it when the build fails", async () => {
  using folder = makeFolder();
  const context = partContext({ folder: folder.path });
  const made = await createOutputDirectory("out", context);
  writeFileSync(join(made.path, "disk"), "x");
  await made[Symbol.asyncDispose]();
  expect(existsSync(made.path)).toBe(false);
  expect(context.said).toEqual(["Deleting output directory..."]);
});

test("one that exists is an error and stays, with -force it is deleted first", async () => {
  using folder = makeFolder();
  mkdirSync(join(folder.path, "out"));
  writeFileSync(join(folder.path, "out", "old"), "x");
  const context = partContext({ folder: folder.path });
  await expect(createOutputDirectory("out", context)).rejects.toThrow(
    "Output directory exists: out\n\nUse the force flag to delete it prior to building.",
  );
  expect(existsSync(join(folder.path, "out", "old"))).toBe(true);
  const forced = partContext({ folder: folder.path, build: { force: true } });
  await using made = await createOutputDirectory("out", forced);
  expect(readdirSync(made.path)).toEqual([]);
  expect(forced.said).toEqual(["Deleting previous output directory..."]);
});

test("another one with its path is left alone", async () => {
  using folder = makeFolder();
  const context = partContext({ folder: folder.path });
  const path = join(folder.path, "out");
  const made = await createOutputDirectory("out", context);
  const [record] = context.open;
  if (record === undefined) throw new Error("nothing was recorded");
  rmSync(path, { recursive: true });
  mkdirSync(join(folder.path, "other")); // so that the folder's number is not used again
  mkdirSync(path);
  writeFileSync(join(path, "precious"), "x");
  await made[Symbol.asyncDispose]();
  await destroyParts[OUTPUT_KIND]({ ...record, locator: {} }, context); // as recorded before it was made
  expect(existsSync(join(path, "precious"))).toBe(true);
});

test("one that cannot be made is an error", async () => {
  using folder = makeFolder();
  writeFileSync(join(folder.path, "file"), "");
  chmodSync(join(folder.path, "file"), 0o444);
  const making = createOutputDirectory("file/out", partContext({ folder: folder.path }));
  await expect(making).rejects.toThrow(/^Couldn't create output directory: /);
});
