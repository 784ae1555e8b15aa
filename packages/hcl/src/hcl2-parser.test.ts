import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import type { BodyNode } from "./ast.js";
import { evaluate } from "./evaluate.js";
import { toJs } from "./js-value.js";
import { parseHcl } from "./parse-hcl.js";
import { variablesOf } from "./variables-of.js";

jest.setTimeout(120_000); // the other parser takes long to load

/** Another reader of HCL: the reference's own parser, compiled to JavaScript. It gives expressions with names as text. */
interface OtherParser {
  parseToObject(source: string): readonly [unknown, unknown];
}

const corpus = join(import.meta.dirname, "../../../../shared/corpus");

/** Constant arguments by their path, as far as both readers say it alike: blocks are arrays, beside one another. */
function* constants(body: BodyNode, path: readonly string[]): Iterable<readonly [string, unknown]> {
  for (const { name, expression } of body.attributes) {
    if (variablesOf(expression, body.file).length > 0) continue;
    const { value, diagnostics } = evaluate(expression, body.file, {});
    if (diagnostics.length > 0) continue;
    yield [[...path, name].join("/"), plain(toJs(value))];
  }
  const counts = new Map<string, number>();
  for (const { type, labels, body: inner } of body.blocks) {
    const names = [type, ...labels.map(({ value }) => value)].join("/");
    const index = counts.get(names) ?? 0;
    counts.set(names, index + 1);
    yield* constants(inner, [...path, names, String(index)]);
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? Number(part) : part)));
}

function valueAt(root: unknown, path: string): unknown {
  let at = root;
  for (const step of path.split("/")) at = (at as Record<string, unknown> | undefined)?.[step];
  return at;
}

if (!existsSync(corpus)) {
  test.skip("not run: ../shared/corpus is absent", () => undefined);
} else {
  test("constants of the corpus have the values that hcl2-parser gives", () => {
    const other = createRequire(import.meta.url)("hcl2-parser") as OtherParser;
    const names = readdirSync(corpus, { recursive: true, encoding: "utf8" });
    const files = names.filter((name) => /\.pkr(vars)?\.hcl$/.test(name)).sort();
    const differences: unknown[] = [];
    let compared = 0;
    for (const name of files) {
      const source = readFileSync(join(corpus, name), "utf8");
      const { value: body, diagnostics } = parseHcl({ filename: name, source });
      if (diagnostics.length > 0) continue;
      const [theirs] = other.parseToObject(source);
      if (typeof theirs !== "object" || theirs === null) continue;
      for (const [path, ours] of constants(body, [])) {
        const their = valueAt(theirs, path);
        // It leaves what must be computed as text.
        if (their === undefined || JSON.stringify(their).includes("${")) continue;
        compared++;
        if (JSON.stringify(their) !== JSON.stringify(ours)) differences.push({ name, path, ours, their });
      }
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(5000);
  });
}
