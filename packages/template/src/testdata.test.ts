import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseTemplate } from "./parse-template.js";
import { evaluateTemplate } from "./evaluate-template.js";
import { fakeDataSources, memoryWorld } from "./testing.js";

const VALID = new URL("../testdata/valid/", import.meta.url);
const INVALID = new URL("../testdata/invalid/", import.meta.url);

/** What is wrong in a file: `LINE: SUMMARY` in order of the lines. */
async function problemsOf(path: string, source: string): Promise<readonly string[]> {
  const world = memoryWorld({ [path]: source });
  const parsed = parseTemplate({ path, world });
  const evaluated = parsed.value.template
    ? await evaluateTemplate(parsed.value.template, { world, dataSources: fakeDataSources(), executeDataSources: true })
    : { diagnostics: [] };
  const problems = [...parsed.diagnostics, ...evaluated.diagnostics];
  return problems
    .map(({ subject, summary }) => [subject?.start.line ?? 0, summary] as const)
    .sort(([a], [b]) => a - b)
    .map(([line, summary]) => `${line}: ${summary}`);
}

/** The problems that comments announce. */
function announced(source: string): readonly string[] {
  return source.split("\n").flatMap((line, at) => {
    const summary = /# error: (.*)$/.exec(line)?.[1];
    return summary === undefined ? [] : [`${at + 1}: ${summary}`];
  });
}

describe("valid templates", () => {
  test.each(readdirSync(VALID))("%s", async (name) =>
    expect(await problemsOf(name, readFileSync(new URL(name, VALID), "utf8"))).toEqual([]),
  );
});

describe("invalid templates", () => {
  test.each(readdirSync(INVALID))("%s", async (name) => {
    const source = readFileSync(new URL(name, INVALID), "utf8");
    expect(await problemsOf(name, source)).toEqual(announced(source));
  });
});
