import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { buildForComparison, goldenFile, readComparedBuilds } from "./testing/compared-build.js";
import { PROGRAM } from "./testing/run-ingot.js";

const RUNNING = 2;

/** What scripts/compare-builds.mjs kept of the reference counts, for texts, items, exit codes and files. */
test("builds are as in the reference, but for explained differences", async () => {
  const waiting = [...(await readComparedBuilds())];
  expect(waiting.length).toBeGreaterThan(145);
  const differences: { name: string; got: string; wanted: string }[] = [];
  const work = async (): Promise<void> => {
    for (let compared = waiting.shift(); compared !== undefined; compared = waiting.shift()) {
      const wanted = await readFile(goldenFile(compared, "ingot"), "utf8");
      const got = await buildForComparison(compared, { command: [process.execPath, PROGRAM], env: {} });
      if (got !== wanted) differences.push({ name: compared.name, got, wanted });
    }
  };
  await Promise.all(Array.from({ length: RUNNING }, work));
  const show = (which: "got" | "wanted"): string =>
    differences.map((difference) => `# ${difference.name}\n${difference[which]}`).join("\n");
  expect(show("got")).toBe(show("wanted"));
}, 600_000);
