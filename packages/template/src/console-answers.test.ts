import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Diagnostic } from "@ingot/diag";
import { evaluateLine } from "./evaluate-line.js";
import { evaluateValues, type TemplateValues } from "./evaluate-values.js";
import type { TemplateWorld } from "./model.js";
import { parseTemplate } from "./parse-template.js";
import { renderValue } from "./render-value.js";
import { fakeDataSources, memoryWorld } from "./testing.js";

/**
 * What Packer 1.16.0 answers to an expression, recorded by scripts/record/packer-console.mjs: a value, or problems. Expressions of
 * several lines stand in the template console-lines.txt, others see the variables of the folder console.
 */
interface Entry {
  readonly expression: string;
  readonly value?: string;
  readonly problems?: readonly string[];
  /** Why we answer otherwise, on purpose, and what. */
  readonly differs?: string;
  readonly ours?: string | readonly string[];
}

const FIXTURE = fileURLToPath(new URL("../testdata/console", import.meta.url));
const LINES = readFileSync(new URL("../testdata/console-lines.txt", import.meta.url), "utf8");
const entries = JSON.parse(
  readFileSync(new URL("../testdata/console.json", import.meta.url), "utf8"),
) as readonly Entry[];

/** The folder of the fixture, as /work. */
const world: TemplateWorld = {
  readFile: (file) => readFileSync(real(file)),
  listFolder: (folder) => (statSync(real(folder)).isDirectory() ? readdirSync(real(folder)) : undefined),
  isFile: (file) => statSync(real(file), { throwIfNoEntry: false })?.isFile() ?? false,
  env: { HOME: "/home/me" },
  workingDirectory: "/work",
  now: () => Date.UTC(2026, 0, 1),
};

function real(file: string): string {
  const absolute = path.resolve("/work", file);
  return absolute === "/work" || absolute.startsWith("/work/") ? path.join(FIXTURE, absolute.slice(5)) : absolute;
}

let values: TemplateValues | undefined;

beforeAll(async () => {
  const { template } = parseTemplate({ path: ".", world }).value;
  if (template === undefined) throw new Error("the fixture has errors");
  const options = { world, dataSources: fakeDataSources(), executeDataSources: true, loadAllFunctions: true };
  ({ value: values } = await evaluateValues(template, options));
});

async function answer({ expression }: Entry): Promise<string | readonly string[]> {
  if (expression.includes("\n")) return await answerInTemplate(expression);
  if (values === undefined) throw new Error("bug: not ready");
  const { value, diagnostics } = evaluateLine(expression.trim(), values);
  return value ?? diagnostics.map(problemText).sort();
}

async function answerInTemplate(expression: string): Promise<string | readonly string[]> {
  const files = memoryWorld({ "it.pkr.hcl": LINES.replace("EXPRESSION", () => expression) });
  const parsed = parseTemplate({ path: ".", world: files });
  if (parsed.value.template === undefined) return parsed.diagnostics.map(problemText).sort();
  const options = { world: files, dataSources: fakeDataSources(), executeDataSources: true };
  const { value, diagnostics } = await evaluateValues(parsed.value.template, options);
  const it = value.locals.get("it");
  return it === undefined ? diagnostics.map(problemText).sort() : renderValue(it);
}

function problemText({ summary, detail, subject, values: shown }: Diagnostic): string {
  const line = subject !== undefined && subject.start.line !== 1 ? `line ${subject.start.line}: ` : "";
  const rest = detail.replace(/\s+/g, " ").trim();
  const suffix = shown === undefined || shown.length === 0 ? "" : `; with ${shown.join(", ")}`;
  return `${line}${summary}${rest === "" ? "" : `; ${rest}`}${suffix}`;
}

/** Several problems are in no order that matters. */
function wanted({ value, problems, ours }: Entry): string | readonly string[] {
  return ours ?? value ?? [...(problems ?? [])].sort();
}

if (process.env["SHOW_DIFFERENCES"]) {
  test("show", async () => {
    const lines: string[] = [];
    for (const entry of entries) {
      const got = await answer(entry).catch((error: unknown) => `THROWN ${String(error)}`);
      if (JSON.stringify(got) !== JSON.stringify(wanted(entry)))
        lines.push(JSON.stringify({ e: entry.expression, want: wanted(entry), got }, null, 1));
    }
    process.stderr.write(`${lines.join("\n")}\n${lines.length} of ${entries.length}\n`);
  });
} else {
  describe("as Packer 1.16 answers", () => {
    const same = entries.filter(({ differs }) => differs === undefined);
    test.each(same.map((entry) => ({ ...entry, title: JSON.stringify(entry.expression) })))("$title", async (entry) =>
      expect(await answer(entry)).toEqual(wanted(entry)),
    );
  });

  describe("otherwise, on purpose", () => {
    const different = entries.filter(({ differs }) => differs !== undefined);
    test.each(different.map((entry) => ({ ...entry, title: JSON.stringify(entry.expression) })))(
      "$title: $differs",
      async (entry) => {
        if (entry.ours !== undefined) expect(await answer(entry)).toEqual(entry.ours);
      },
    );
  });
}

test("at least 600 expressions are compared", () => expect(entries.length).toBeGreaterThan(600));
