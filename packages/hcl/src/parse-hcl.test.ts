import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { formatRange, type Diagnostic } from "@ingot/diag";
import { parseHcl } from "./parse-hcl.js";
import { showBody } from "./show-tree.js";

const parse = (source: string | Uint8Array) => parseHcl({ filename: "x", source });

function show({ summary, subject }: Diagnostic): string {
  return `${summary} ${subject ? formatRange(subject).slice(2) : ""}`;
}

describe("bodies", () => {
  test.each([
    { name: "nothing", source: "", want: "" },
    { name: "blank lines and comments", source: "\n# a\n// b\n/* c\n d */\n", want: "" },
    { name: "an argument without a newline", source: "a = 1", want: "a=1" },
    { name: "a comment ends an argument", source: "a = 1 # x\nb = 2 // y\nc = 3 /* z */\n", want: "a=1; b=2; c=3" },
    { name: "Windows newlines", source: "a = 1\r\nb {\r\n}\r\n", want: "a=1; b{}" },
    { name: "a byte-order mark", source: "\ufeffa = 1\n", want: "a=1" },
    { name: "labels", source: 'a "b" c "d\\t$${e}" {\n}\n', want: 'a "b" c "d\\t${e}"{}' },
    { name: "short blocks", source: "a {}\nb { c = 1 }\n", want: "a{}; b{c=1}" },
    { name: "nested blocks", source: "a {\n  b = 1\n  c {\n    d = 2\n  }\n}", want: "a{b=1; c{d=2}}" },
    { name: "an argument over lines", source: "a = [\n  1,\n]\nb = {\n  c = 1\n}\n", want: "a=[1]; b={c=1}" },
  ])("$name", ({ source, want }) => {
    const { value, diagnostics } = parse(source);
    expect(diagnostics).toEqual([]);
    expect(showBody(value)).toBe(want);
  });

  test("keeps the places of a block's parts", () => {
    const { value } = parse('a "b" {\n  c = 1\n}\n');
    const [block] = value.blocks;
    expect(block).toMatchObject({ start: 0, end: 17, headerSpan: { start: 0, end: 5 } });
    expect(block).toMatchObject({ openBraceSpan: { start: 6, end: 7 }, closeBraceSpan: { start: 16, end: 17 } });
    expect(block?.labels).toEqual([{ start: 2, end: 5, value: "b", isQuoted: true }]);
    expect(block?.body.attributes[0]).toMatchObject({ start: 10, end: 15, nameSpan: { start: 10, end: 11 } });
    expect(block?.body.endOffset).toBe(16);
  });

  test.each([
    { source: "a = 1 +", want: ["Missing expression 1,8-8"] },
    { source: "a {", want: ["Unclosed configuration block 1,3-4"] },
    { source: 'a "b" "c', want: ["Unterminated string literal 1,9-9"] },
    { source: 'a "${b}" {}\n', want: ["Invalid string literal 1,4-6"] },
    {
      source: "a\n{\n  b = 1\n}\nc d\n",
      want: ["Argument or block definition required 1,1-2", "Invalid block definition 5,4-6,1"],
    },
    { source: "a = 1\r b = 2\n", want: ["Invalid character 1,6-7"] },
    { source: "/* a\nb = 1\n", want: ["Argument or block definition required 1,1-2"] },
    { source: new Uint8Array([0x61, 0x3d, 0x22, 0xff, 0x22]), want: ["Invalid character encoding 1,4-5"] },
    { source: new Uint8Array([0x61, 0xc3, 0x28]), want: ["Invalid character encoding 1,2-3"] },
    { source: "a = 1\n\0b = 2\n", want: ["Invalid character 2,1-2"] },
  ])("reports what is wrong in $source", ({ source, want }) => {
    expect(parse(source).diagnostics.slice(0, want.length).map(show)).toEqual(want);
  });

  test("names the place of the first definition", () => {
    expect(parse("a = 1\na = 2\n").diagnostics[0]?.detail).toBe(
      'The argument "a" was already set at x:1,1-2. Each argument may be set only once.',
    );
  });

  test("goes on after a mistake and keeps what is right", () => {
    const source = ["a = [1, 2", "b = 3", "source x {", "  c = {", "    d = 1 e", "  }", "  f = 2", "}", "g = 4", ""];
    const { value, diagnostics } = parse(source.join("\n"));
    expect(diagnostics.map(show)).toEqual(["Missing item separator 2,1-2", "Missing attribute separator 5,11-12"]);
    expect(showBody(value)).toBe("b=3; source x{f=2}; g=4");
  });

  test("reads on in the next line after a string that is not closed", () => {
    const { value, diagnostics } = parse('a = "x\nb = "y"\nc = "${d["e}\nf "g" {\n}\n');
    expect(diagnostics.map(({ summary }) => summary)).toContain("Invalid multi-line string");
    expect(showBody(value)).toBe('a=(quoted "x"); b=(quoted "y"); f "g"{}');
  });

  test("reports at most a hundred mistakes of structure", () => {
    expect(parse("a b c\n".repeat(100_000)).diagnostics).toHaveLength(100);
  });
});

/** The mistakes that the comments of a file announce: `# error: SUMMARY` on the same line, `# error below: SUMMARY` above it. */
function announced(source: string): string[] {
  return source.split("\n").flatMap((line, index) => {
    const match = /# error( below)?: (.*)$/.exec(line);
    return match === null ? [] : [`line ${index + (match[1] === undefined ? 1 : 2)}: ${match[2] ?? ""}`];
  });
}

const testdata = new URL("../testdata/syntax/", import.meta.url);

describe.each(["valid", "invalid"])("testdata/syntax/%s", (folder) => {
  test.each(readdirSync(new URL(`${folder}/`, testdata)))("%s", (name) => {
    const source = readFileSync(new URL(`${folder}/${name}`, testdata), "utf8");
    const found = parse(source).diagnostics.map(({ summary, subject }) => `line ${subject?.start.line}: ${summary}`);
    expect(found).toEqual(announced(source));
    expect(found.length > 0).toBe(folder === "invalid");
  });
});
