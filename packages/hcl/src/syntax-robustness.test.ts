import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { parseHclJson } from "./json-parse.js";
import { parseHcl } from "./parse-hcl.js";
import { scanFile } from "./scan.js";
import { SourceFile } from "./source-file.js";

jest.setTimeout(60_000); // many inputs; other tests run beside

const corpus = join(import.meta.dirname, "../../../../shared/corpus");

/** What the reference refuses, too; the last is a template of another language. */
const BROKEN = [
  "packer-fixtures/hashicorp__packer/command/test-fixtures/fmt_errs/malformed.pkr.hcl",
  "real/mschuchard__linter-packer-validate/spec/fixtures/bad_hcl_bad_packer.pkr.hcl",
  "real/mschuchard__linter-packer-validate/spec/fixtures/bad_hcl_vars.pkrvars.hcl",
  "hcl-specsuite/specsuite/tests/structure/attributes/singleline_bad.hcl",
  "hcl-specsuite/specsuite/tests/structure/blocks/single_oneline_invalid.hcl",
  "hcl-specsuite/specsuite/tests/structure/blocks/single_unclosed.hcl",
];

function filesIn(folder: string, suffix: RegExp): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => suffix.test(name) && !name.endsWith(".pkrtpl.hcl")).sort();
}

/** All token texts with the gaps between them; throws when a gap holds more than spaces. */
function rebuild(source: Uint8Array): Buffer {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end } of scanFile(new SourceFile("x", source))) {
    const gap = source.subarray(at, start);
    const isMark = at === 0 && gap[0] === 0xef;
    if (!isMark && gap.some((byte) => byte !== 0x20 && byte !== 0x09)) throw new Error(`lost text before ${start}`);
    pieces.push(gap, source.subarray(start, end));
    at = end;
  }
  return Buffer.concat(pieces);
}

describe("corpus", () => {
  const files = filesIn(corpus, /\.hcl$/);
  if (files.length === 0) {
    test.skip("not run: ../shared/corpus is absent", () => undefined);
    return;
  }

  test("parses what the reference parses, and nothing else", () => {
    const refused = files.filter((name) => {
      const source = readFileSync(join(corpus, name));
      expect(rebuild(source).equals(source)).toBe(true);
      return parseHcl({ filename: name, source }).diagnostics.length > 0;
    });
    expect(refused.sort()).toEqual([...BROKEN].sort());
    expect(files.length).toBeGreaterThan(700);
  });

  test("parses all templates in JSON syntax", () => {
    for (const name of filesIn(corpus, /\.pkr\.json$/)) {
      const source = readFileSync(join(corpus, name));
      expect(parseHclJson({ filename: name, source }).diagnostics).toEqual([]);
    }
  });
});

describe("nasty input", () => {
  const many = (text: string, count = 10_000): string => text.repeat(count);
  const deep = [
    { name: "brackets", source: `a = ${many("[")}1${many("]")}` },
    { name: "parentheses", source: `a = ${many("(")}1${many(")")}` },
    { name: "objects", source: `a = ${many("{a=")}` },
    { name: "negations", source: `a = ${many("-")}1` },
    { name: "templates", source: `a = ${many('"${')}1${many('}"')}` },
    { name: "blocks", source: many("a {\n") + many("}\n") },
    { name: "calls", source: `a = ${many("f(")}${many(")")}` },
    { name: "conditionals", source: `a = ${many("true ? 1 : ")}1` },
    { name: "sums", source: `a = ${many("1 + ")}1` },
    { name: "indexes", source: `a = b${many("[c]")}` },
    { name: "splats", source: `a = b${many("[*]")}` },
    { name: "directives", source: `a = "${many("%{if b}")}${many("%{endif}")}"` },
    { name: "for expressions", source: `a = ${many("[for b in c: ")}` },
  ];
  test.each(deep)("$name nested ten thousand deep give one error", ({ source }) => {
    const { diagnostics } = parseHcl({ filename: "x", source });
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["Nesting too deep"]);
  });

  test("JSON nested ten thousand deep gives one error", () => {
    const { diagnostics } = parseHclJson({ filename: "x", source: many('{"a":[') });
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["Nesting too deep"]);
  });

  test.each([
    { name: "a long traversal", source: `a = b${many(".c", 100_000)}` },
    { name: "a hundred thousand labels", source: `a ${many('"b" ', 100_000)}{}` },
    { name: "a megabyte of dollars", source: `a = "${many("$", 1_000_000)}"` },
    { name: "a long heredoc", source: `a = <<-E\n${many("  ${b}\n", 50_000)}E\n` },
  ])("$name is no problem", ({ source }) => {
    expect(parseHcl({ filename: "x", source }).diagnostics).toEqual([]);
  });

  test.each([
    { name: "null bytes", source: many("\0", 500_000) },
    { name: "quotes", source: many('"\n', 200_000) },
    { name: "strings that do not end", source: many('a = "b\n', 100_000) },
    { name: "wrong escapes", source: `a = "${many("\\q", 100_000)}"` },
    { name: "interpolations that do not end", source: many('a = "${\n', 100_000) },
    { name: "heredocs that do not end", source: many("a = <<E\n", 100_000) },
    { name: "comments that do not end", source: many("/* ", 200_000) },
    { name: "arguments set twice", source: many("a = 1\n", 100_000) },
    { name: "unbalanced brackets", source: many("a = [\n", 50_000) + many("}\n", 50_000) },
  ])("$name give a bounded number of errors in time", ({ source }) => {
    const started = performance.now();
    const { diagnostics } = parseHcl({ filename: "x", source });
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics.length).toBeLessThanOrEqual(200);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
