import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { memoryWorld } from "../testing.js";
import { evaluateLegacyTemplate } from "./evaluate-legacy-template.js";
import { checkFixedTemplate, fixTemplate } from "./fix/fix-template.js";
import { parseLegacyTemplate } from "./parse-legacy-template.js";
import { upgradeHeader, upgradeTemplate } from "./upgrade/upgrade-template.js";

// The goldens hold what packer 1.16.0 gives: scripts/compare-legacy.mjs wrote them.
const FOLDER = new URL("../../testdata/legacy/", import.meta.url);

function casesIn(part: string): readonly { readonly name: string; readonly bytes: Buffer; readonly want: string }[] {
  const folder = new URL(`${part}/`, FOLDER);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({
      name,
      bytes: readFileSync(new URL(name, folder)),
      want: readFileSync(new URL(name.replace(/\.json$/, ".golden"), folder), "utf8"),
    }));
}

describe("documents", () => {
  test.each(casesIn("parse"))("$name", ({ name, bytes, want }) => {
    const world = { ...memoryWorld({}), readFile: () => bytes };
    const { diagnostics } = parseLegacyTemplate({ path: name, world });
    const good = "Syntax-only check passed. Everything looks okay.\n";
    const texts = diagnostics.map(({ summary }) => `${summary}\n`).join("");
    expect(`status ${diagnostics.length}\n${texts === "" ? good : texts}`).toBe(want);
  });
});

describe("fix", () => {
  test.each(casesIn("fix"))("$name", ({ bytes, want }) => {
    const { value, diagnostics } = fixTemplate(bytes);
    const problem = value === undefined ? diagnostics[0]?.summary : checkFixedTemplate(value);
    const texts = [...(value === undefined ? [] : [value]), ...(problem === undefined ? [] : [problem])];
    const status = problem === undefined ? 0 : 1;
    expect(`status ${status}\n${texts.map((text) => `${text}\n`).join("")}`).toBe(want);
  });
});

describe("hcl2_upgrade", () => {
  test.each(casesIn("upgrade"))("$name", ({ name, bytes, want }) => {
    const world = { ...memoryWorld({}), readFile: () => bytes };
    const { template } = parseLegacyTemplate({ path: name, world }).value;
    if (template === undefined) throw new Error("the fixture must be a template");
    const [first] = evaluateLegacyTemplate(template, { world, only: [], except: [] }).diagnostics;
    const { text, problems } = upgradeTemplate(template.template, { annotate: true });
    const messages = [
      ...(first?.summary === "" ? [`initialization error: <nil>: ; ${first.detail}`] : []),
      ...problems,
    ].map((message) => `Ignoring following ${message}\n`);
    const status = problems.length > 0 ? 1 : 0;
    expect(`status ${status}\n${messages.join("")}${upgradeHeader({ annotate: true })}${text}`).toBe(want);
  });
});
