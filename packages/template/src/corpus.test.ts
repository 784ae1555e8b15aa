import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { hasErrors } from "@ingot/diag";
import { nativeBody, parseHcl } from "@ingot/hcl";
import { evaluateTemplate } from "./evaluate-template.js";
import type { TemplateWorld } from "./model.js";
import { parseTemplate, type ParsedTemplate } from "./parse-template.js";
import { diagnosticLine, fakeDataSources } from "./testing.js";

/** Real templates, kept beside the project for testing only. */
const CORPUS = fileURLToPath(new URL("../../../../shared/corpus", import.meta.url));

/** The real files, and the time. */
const diskWorld: TemplateWorld = {
  readFile: (file) => readFileSync(file),
  listFolder: (folder) => (statSync(folder).isDirectory() ? readdirSync(folder) : undefined),
  env: { HOME: "/home/me" },
  workingDirectory: CORPUS,
  now: () => Date.UTC(2024, 0, 1),
};

/** Files that are broken on purpose. */
const MALFORMED = /malformed\.pkr\.hcl$|bad_hcl_bad_packer\.pkr\.hcl$|bad_hcl_vars\.pkrvars\.hcl$/;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const inner = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(inner) : [inner];
  });
}

const describeWithCorpus = existsSync(CORPUS) ? describe : describe.skip;

describeWithCorpus("real templates (skipped where the corpus is absent)", () => {
  const files = existsSync(CORPUS) ? filesBelow(CORPUS).filter((file) => /\.pkr(?:vars)?\.hcl$/.test(file)) : [];

  test("all files can be read, but those that are broken on purpose", () => {
    const broken = files.filter((file) => {
      const { value, diagnostics } = parseHcl({ filename: file, source: readFileSync(file) });
      nativeBody(value);
      return hasErrors(diagnostics);
    });
    expect(broken.filter((file) => !MALFORMED.test(file))).toEqual([]);
    expect(broken).toHaveLength(3);
  });

  test("folders, and files that stand for themselves, can be evaluated as far as that goes without plugins", async () => {
    const folders = [...new Set(files.filter((file) => file.endsWith(".pkr.hcl")).map((file) => path.dirname(file)))];
    const counts = { fine: 0, needMore: 0, wrong: 0 };
    const wrong: string[] = [];
    for (const target of folders) {
      let results = [{ target, errors: await errorsOf(target) }];
      if (results[0]?.errors.some((line) => line.includes("uplicate"))) {
        const alone = readdirSync(target).filter((name) => name.endsWith(".pkr.hcl"));
        results = [];
        for (const name of alone) {
          const file = path.join(target, name);
          results.push({ target: file, errors: await errorsOf(file) });
        }
      }
      for (const { target: one, errors } of results) {
        const rest = errors.filter((line) => !NEEDS_MORE.test(line));
        if (errors.length === 0) counts.fine++;
        else if (rest.length === 0) counts.needMore++;
        else {
          counts.wrong++;
          wrong.push(`${path.relative(CORPUS, one)}\n    ${rest.slice(0, 3).join("\n    ")}`);
        }
      }
    }
    if (process.env["SHOW_CORPUS"]) process.stderr.write(`${JSON.stringify(counts)}\n${wrong.join("\n")}\n`);
    // The rest is wrong by itself, or needs settings that fit.
    expect(counts.fine).toBeGreaterThanOrEqual(230);
    expect(counts.wrong).toBeLessThanOrEqual(47);
  });
});

/** Errors of templates that are not complete here: plugins, other files, or settings are missing. */
const NEEDS_MORE =
  /Unknown data type|Unknown source |missing in template|Duplicate|no file exists|open .*: no such file/;

async function errorsOf(target: string): Promise<readonly string[]> {
  const first = parseTemplate({ path: target, world: diskWorld });
  const env = first.value.template ? placeholders(first.value.template) : {};
  const parsed = parseTemplate({ path: target, world: { ...diskWorld, env } });
  const lines = parsed.diagnostics.map(diagnosticLine);
  if (parsed.value.template) {
    const outcome = await evaluateTemplate(parsed.value.template, {
      world: diskWorld,
      dataSources: fakeDataSources(),
      executeDataSources: false,
    });
    lines.push(...outcome.diagnostics.map(diagnosticLine));
  }
  return lines.filter((line) => line.startsWith("error"));
}

const SAMPLES: Readonly<Record<string, string>> = { list: "[]", set: "[]", map: "{}", bool: "true", number: "1" };

/** Some value for each variable without one. */
function placeholders({ variables, variableValues }: ParsedTemplate): Readonly<Record<string, string>> {
  const unset = [...variables.values()].filter(({ name }) => !variableValues.has(name));
  return Object.fromEntries(
    unset.map(({ name, constraint }) => [`PKR_VAR_${name}`, SAMPLES[constraint.type.kind] ?? "x"]),
  );
}
