import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { formatHcl } from "./format.js";
import { formatTokens } from "./format-tokens.js";
import { scanFile } from "./scan.js";
import { SourceFile } from "./source-file.js";

jest.setTimeout(60_000); // the corpus is large; other tests run beside

const fixtures = join(import.meta.dirname, "../testdata/format");
const corpus = join(import.meta.dirname, "../../../../shared/corpus");

function formatted(source: Uint8Array | string): string {
  const { value, diagnostics } = formatHcl({ filename: "test.pkr.hcl", source });
  expect(diagnostics).toEqual([]);
  return value;
}

/** What is left of a text without the spaces and tabs between its tokens. */
function withoutGaps(source: Uint8Array): string {
  const file = new SourceFile("x", source);
  return [...scanFile(file)].map((token) => file.text(token)).join("\u0000");
}

// The expected texts are what Packer 1.16.0 makes of the same files: see scripts/compare-fmt.mjs.
describe("as the reference", () => {
  const names = readdirSync(fixtures).filter((name) => name.endsWith(".hcl"));

  test.each(names)("%s", (name) => {
    const source = readFileSync(join(fixtures, name));
    const golden = readFileSync(join(fixtures, name.replace(/\.hcl$/, ".golden")), "utf8");
    expect(formatted(source)).toBe(golden);
  });

  test.each(names)("%s stays as it is when it is formatted again", (name) => {
    const once = formatted(readFileSync(join(fixtures, name)));
    expect(formatted(once)).toBe(once);
  });

  test.each(names)("%s keeps its tokens", (name) => {
    const source = readFileSync(join(fixtures, name));
    expect(withoutGaps(Buffer.from(formatted(source)))).toBe(withoutGaps(source));
  });
});

test.each([
  { name: "a call has no space before its parenthesis", source: "a=f ( x )", want: "a = f(x)" },
  { name: "a name with a dash is one name", source: "a=b-1", want: "a = b-1" },
  { name: "a minus after an operator is a sign", source: "a=1*- 2", want: "a = 1 * -2" },
  {
    name: "a minus at the beginning of a sequence is taken for a subtraction",
    source: 'a="${-x}"',
    want: 'a = "${- x}"',
  },
  { name: "an argument that opens a bracket is not aligned", source: "a=1\nbcd=[\n]\n", want: "a = 1\nbcd = [\n]\n" },
  { name: "a byte-order mark goes", source: "\ufeffa = 1\n", want: "a = 1\n" },
  { name: "spaces at the end of a file without a last newline stay", source: "a=1  ", want: "a = 1  " },
  { name: "nothing stays nothing", source: "", want: "" },
])("$name", ({ source, want }) => expect(formatted(source)).toBe(want));

test("a text with errors is given back as it is", () => {
  const { value, diagnostics } = formatHcl({ filename: "t", source: "\ufeffa=\nb  =  1" });
  expect(value).toBe("\ufeffa=\nb  =  1");
  expect(diagnostics).toMatchObject([{ summary: "Invalid expression", subject: { start: { line: 1, column: 3 } } }]);
});

test("tokens can be formatted while the text is not complete", () => {
  const tokens = scanFile(new SourceFile("t", "a {\nb=[1,\nc"));
  expect(Buffer.from(formatTokens(tokens) ?? []).toString()).toBe("a {\n  b = [1,\n    c");
});

test("a text that alignment would blow up is refused", () => {
  const source = `x = {\n${"n".repeat(200_000)} = 1\n${"a = 1\n".repeat(3_000)}}\n`;
  const { value, diagnostics } = formatHcl({ filename: "t", source });
  expect(value).toBe(source);
  expect(diagnostics).toMatchObject([{ summary: "Formatted text too large" }]);
});

describe("corpus", () => {
  if (!existsSync(corpus)) {
    test.skip("not run: ../shared/corpus is absent", () => undefined);
    return;
  }

  test("formatting keeps every token, and formatting again changes nothing", () => {
    let count = 0;
    for (const name of readdirSync(corpus, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".hcl")) continue;
      const source = readFileSync(join(corpus, name));
      const { value, diagnostics } = formatHcl({ filename: name, source });
      if (diagnostics.length > 0) continue;
      count++;
      if (withoutGaps(Buffer.from(value)) !== withoutGaps(source)) throw new Error(`${name} has other tokens`);
      if (formatHcl({ filename: name, source: value }).value !== value) throw new Error(`${name} changes again`);
    }
    expect(count).toBeGreaterThan(700);
  });
});
