import { randomBytes } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { sha256 } from "../../testing/greet-release.js";
import { makeTestFolder } from "../../testing/with-folder.js";
import { giveBytes } from "./byte-sink.js";
import { HashingWriter } from "./hashing-writer.js";

const MIB = 1 << 20;

test.each([
  { name: "nothing", sizes: [] },
  { name: "a little", sizes: [1, 2, 3] },
  { name: "exactly a block", sizes: [MIB] },
  { name: "pieces across blocks", sizes: Array.from({ length: 200 }, () => 16_384 + 7) },
  { name: "pieces larger than several blocks", sizes: [5 * MIB + 3, 1, 4 * MIB] },
])("$name is written and hashed", async ({ sizes }) => {
  await using folder = await makeTestFolder();
  const file = await open(path.join(folder.path, "x"), "wx");
  const chunks = sizes.map((size) => randomBytes(size));
  const writer = new HashingWriter(file);
  for (const chunk of chunks) await giveBytes(writer, chunk);
  await writer.flush();
  await file.close();
  const whole = Buffer.concat(chunks);
  expect(writer.size).toBe(whole.length);
  expect(writer.digest()).toBe(sha256(whole));
  expect((await readFile(path.join(folder.path, "x"))).equals(whole)).toBe(true);
});

test("what is flushed while bytes wait is whole, and can begin anew", async () => {
  await using folder = await makeTestFolder();
  const file = await open(path.join(folder.path, "x"), "wx");
  const writer = new HashingWriter(file);
  const first = randomBytes(3 * MIB + 5);
  void giveBytes(writer, first); // waited for by flush
  await writer.flush();
  expect((await readFile(path.join(folder.path, "x"))).equals(first)).toBe(true);
  await writer.restart();
  const second = randomBytes(10);
  await giveBytes(writer, second);
  await writer.flush();
  await file.close();
  expect(writer.digest()).toBe(sha256(second));
  expect((await readFile(path.join(folder.path, "x"))).equals(second)).toBe(true);
});
