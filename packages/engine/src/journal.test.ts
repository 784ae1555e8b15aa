import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { Journal } from "./journal.js";

test("keeps the order of lines, and a durable line is in the file when its promise resolves", async () => {
  const state = await mkdtemp(path.join(tmpdir(), "ingot-journal-"));
  const file = path.join(state, "runs", "r1", "journal.jsonl");
  try {
    const journal = Journal.start(state, "r1");
    journal.append("1");
    journal.append("2");
    const both = Promise.all([journal.appendDurable("3"), journal.appendDurable("4")]);
    journal.append("5");
    await both;
    expect((await readFile(file, "utf8")).split("\n").slice(0, 4)).toEqual(["1", "2", "3", "4"]);
    journal.append("6");
    await journal[Symbol.asyncDispose]();
    expect(await readFile(file, "utf8")).toBe("1\n2\n3\n4\n5\n6\n");
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  } finally {
    await rm(state, { recursive: true });
  }
});

test("rejects a durable line when the file can't be made", async () => {
  const journal = Journal.start("/dev/null", "r1");
  journal.append("lost");
  await expect(journal.appendDurable("1")).rejects.toMatchObject({ code: "ENOTDIR" });
});
