import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jest, test } from "@jest/globals";
import fc from "fast-check";
import { testContext } from "./testing.js";
import { bodyTexts, damagedFiles, expressionTexts, junk } from "./testing/fuzz-inputs.js";
import { checkExpression, checkSyntax } from "./testing/fuzz-properties.js";

jest.setTimeout(120_000); // many inputs; other tests run beside

// The long run with other seeds is scripts/fuzz/hcl.mjs.
const options = { seed: 20260701, endOnFailure: false } as const;
const encoder = new TextEncoder();

/** Templates to damage: those of the corpus, or our own where it is absent. */
function seedFiles(): readonly Uint8Array[] {
  const corpus = join(import.meta.dirname, "../../../../shared/corpus");
  const folder = existsSync(corpus) ? corpus : join(import.meta.dirname, "../testdata/syntax");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => /\.(hcl|json)$/.test(name)).sort();
  return files.map((name) => readFileSync(join(folder, name)));
}

test("damaged files give diagnostics and nothing worse", () => {
  fc.assert(fc.property(damagedFiles(seedFiles()), checkSyntax), { ...options, numRuns: 600 });
});

test("junk gives diagnostics and nothing worse", () => {
  fc.assert(fc.property(junk(), checkSyntax), { ...options, numRuns: 200 });
});

test("bodies keep their meaning when they are formatted", () => {
  const bodies = bodyTexts().map((text) => encoder.encode(text));
  fc.assert(fc.property(bodies, checkSyntax), { ...options, numRuns: 600 });
});

test("expressions can be evaluated", () => {
  fc.assert(
    fc.property(expressionTexts(), (text) => void checkExpression(text, testContext)),
    { ...options, numRuns: 600 },
  );
});
