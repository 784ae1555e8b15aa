import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { pruneRuns } from "./prune-runs.js";

const DAY_S = 86_400;
const NOW_S = 2_000_000_000;
const END = '{"seq":2,"type":"run-finished"}\n';

test("the newest journals stay, runs that broke off longer, and runs that go on always", async () => {
  const state = await mkdtemp(path.join(tmpdir(), "ingot-prune-"));
  try {
    await addRun(state, "current", { ageDays: 0, text: "" });
    for (const age of [1, 2, 3, 4]) await addRun(state, `ended-${age}`, { ageDays: age, text: `{"seq":1}\n${END}` });
    await addRun(state, "broken-10", { ageDays: 10, text: '{"seq":1}\n' });
    await addRun(state, "broken-100", { ageDays: 100, text: '{"seq":1}\n' });
    pruneRuns(state, { keep: "current", keptRuns: 3, spareRuns: 4 });
    expect(await readdir(path.join(state, "runs"))).toHaveLength(7);
    pruneRuns(state, { keep: "current", keptRuns: 3, spareRuns: 3, now: () => NOW_S * 1000 });
    expect((await readdir(path.join(state, "runs"))).sort()).toEqual(["broken-10", "current", "ended-1", "ended-2"]);
  } finally {
    await rm(state, { recursive: true });
  }
});

test("without runs there is nothing to do", () => {
  expect(() => pruneRuns("/nowhere", { keep: "x" })).not.toThrow();
});

async function addRun(
  state: string,
  name: string,
  { ageDays, text }: { readonly ageDays: number; readonly text: string },
): Promise<void> {
  const folder = path.join(state, "runs", name);
  await mkdir(folder, { recursive: true });
  const journal = path.join(folder, "journal.jsonl");
  await writeFile(journal, text);
  await utimes(journal, NOW_S - ageDays * DAY_S, NOW_S - ageDays * DAY_S);
}
