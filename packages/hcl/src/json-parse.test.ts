import { describe, expect, test } from "@jest/globals";
import { formatRange, type Diagnostic } from "@ingot/diag";
import type { Body, ContentSchema } from "./body.js";
import { parseHclJson, parseJsonExpression } from "./json-parse.js";
import { parseTemplateFile } from "./parse-template-file.js";
import { showTree } from "./show-tree.js";
import { SourceFile } from "./source-file.js";

const parse = (source: string) => parseHclJson({ filename: "x", source });
const expression = (source: string) => parseJsonExpression(new SourceFile("x", source));

function show({ summary, subject }: Diagnostic): string {
  return `${summary} ${subject ? formatRange(subject).slice(2) : ""}`;
}

describe("JSON values", () => {
  test.each([
    { source: "[1, -2.5e3, 0]", want: "[1 (- 2.5e3) 0]" },
    { source: "[true, false, null]", want: "[true false null]" },
    { source: '{"a": {"b": "${c}"}, "a": []}', want: '{"a"={"b"="${c}"} "a"=[]}' },
    { source: '"\\u00e9\\ud83d\\ude00\\n"', want: '"é😀\\n"' },
    { source: '"half of a pair: \\ud83d"', want: '"half of a pair: \ufffd"' },
    { source: "\ufeff[]", want: "[]" },
  ])("$source", ({ source, want }) => {
    const { value, diagnostics } = expression(source);
    expect(diagnostics).toEqual([]);
    expect(showTree(value)).toBe(want);
  });

  test.each([
    { source: "", want: "Missing value 1,1-1" },
    { source: "1", want: "Root value must be object 1,1-2" },
    { source: "{} x", want: "Extraneous data after value 1,4-5" },
    { source: '{"a"}', want: "Missing object value 1,5-6" },
    { source: '{"a" = 1}', want: "Missing property value colon 1,6-7" },
    { source: '{"a" 1}', want: "Missing property value colon 1,6-7" },
    { source: '{"a": 1,}', want: "Trailing comma in object 1,8-9" },
    { source: '{"a": [1,]}', want: "Trailing comma in array 1,9-10" },
    { source: '{"a": 1 "b": 2}', want: "Missing attribute seperator comma 1,9-12" },
    { source: "[1 2]", want: "Missing attribute seperator comma 1,4-5" },
    { source: "[1: 2]", want: "Invalid array value 1,3-4" },
    { source: '{"a": 1', want: "Unclosed object 1,1-2" },
    { source: "[1", want: "Unclosed object 1,1-2" },
    { source: '{"a": 1]', want: "Mismatched braces 1,8-9" },
    { source: "[1}", want: "Mismatched brackets 1,3-4" },
    { source: "{1: 2}", want: "Invalid object property name 1,2-3" },
    { source: '{"a": }', want: "Missing JSON value 1,7-8" },
    { source: "[1, , 2]", want: "Invalid start of value 1,5-6" },
    { source: "[01]", want: "Invalid JSON number 1,2-4" },
    { source: "[True]", want: "Invalid JSON keyword 1,2-6" },
    { source: "[NaN]", want: "Invalid JSON keyword 1,2-5" },
    { source: '["é\\q"]', want: "Invalid JSON string 1,4-5" },
    { source: '["a\nb"]', want: "Invalid JSON string 1,4-4" },
    { source: "['a']", want: "Invalid start of value 1,2-3" },
  ])("reports what is wrong in $source", ({ source, want }) => {
    expect(parse(source).diagnostics.map(show)[0]).toBe(want);
  });

  test("proposes a keyword", () => {
    expect(parse("[True]").diagnostics[0]?.detail).toBe('"True" is not a valid JSON keyword. Did you mean "true"?');
  });

  test("reports several mistakes of one file", () => {
    const { diagnostics } = parse('{\n"a": nul,\n"b" = 2,\n"c": [1, 2,],\n}');
    expect(diagnostics.map(({ subject }) => subject?.start.line)).toEqual([2, 3, 4, 4]);
  });

  test("finds the place in the file for mistakes in a template, also behind escapes", () => {
    const { value } = expression('{"a":\n "\\u00e9\\n\\ud83d\\ude00 ${b +}"}');
    if (value.kind !== "object") throw new Error("not an object");
    const string = value.items[0]?.value;
    if (string?.kind !== "json-string") throw new Error("not a string");
    const { diagnostics } = parseTemplateFile(string.file);
    expect(diagnostics.map(show)).toEqual(["Invalid expression 2,29-30"]);
  });
});

describe("JSON bodies", () => {
  const schema: ContentSchema = {
    attributes: [
      { name: "name", required: false },
      { name: "size", required: false },
    ],
    blocks: [
      { type: "source", labelNames: ["type", "name"] },
      { type: "build", labelNames: [] },
    ],
  };

  /** The arguments and blocks of a body, and the complaints. */
  function read(body: Body): { content: string; problems: string[] } {
    const { value, diagnostics } = body.content(schema);
    const attributes = [...value.attributes.values()].map((each) => `${each.name}=${showTree(each.expression)}`);
    const blocks = value.blocks.map(({ type, labels, body: inner }) => {
      const names = [...inner.justAttributes().value.keys()];
      return `${[type, ...labels].join(".")}{${names.join(" ")}}`;
    });
    return { content: [...attributes, ...blocks].join("; "), problems: diagnostics.map(show) };
  }

  test.each([
    { name: "arguments and a comment", source: '{"name": "a", "//": "b", "size": 1}', want: 'name="a"; size=1' },
    {
      name: "a level of properties per label",
      source: '{"source": {"t": {"a": {"x": 1}, "b": {}}}}',
      want: "source.t.a{x}; source.t.b{}",
    },
    {
      name: "arrays at every level",
      source: '[{"source": [{"t": [{"a": [{"x": 1}, {"y": 2}]}]}]}]',
      want: "source.t.a{x}; source.t.a{y}",
    },
    {
      name: "equal properties add up to blocks",
      source: '{"build": {}, "build": [{"x": 1}]}',
      want: "build{}; build{x}",
    },
    { name: "null is no block", source: '{"build": null}', want: "" },
  ])("$name", ({ source, want }) => {
    const { value, diagnostics } = parse(source);
    expect(diagnostics).toEqual([]);
    expect(read(value)).toEqual({ content: want, problems: [] });
  });

  test.each([
    { source: '{"nam": 1}', want: ["Extraneous JSON object property 1,2-7"] },
    { source: '{"name": 1, "name": 2}', want: ["Duplicate argument 1,13-19"] },
    { source: '{"build": 1}', want: ["Incorrect JSON value type 1,11-12"] },
    { source: '{"source": {}}', want: ["Missing block label 1,12-13"] },
    { source: '{"source": {"t": {}}}', want: ["Missing block label 1,18-19"] },
    { source: '{"source": [1]}', want: ["Incorrect JSON value type 1,13-14", "Missing block label 1,12-13"] },
    { source: "[1, {}]", want: ["Incorrect JSON value type 1,2-3"] },
  ])("complains about $source", ({ source, want }) => {
    expect(read(parse(source).value).problems).toEqual(want);
  });

  test("proposes names and names the first definition", () => {
    const [unknown] = parse('{"nam": 1}').value.content(schema).diagnostics;
    expect(unknown?.detail).toBe('No argument or block type is named "nam". Did you mean "name"?');
    const [twice] = parse('{"name": 1, "name": 2}').value.content(schema).diagnostics;
    expect(twice?.detail).toBe('The argument "name" was already set at x:1,2-11.');
  });

  test("asks for required arguments where they would be added", () => {
    const { diagnostics } = parse('{"a": 1}').value.partialContent({
      attributes: [{ name: "b", required: true }],
      blocks: [],
    });
    expect(diagnostics.map(show)).toEqual(["Missing required argument 1,8-9"]);
  });

  test("leaves to the rest what a partial read did not take", () => {
    const { value } = parse('{"name": 1, "other": 2}').value.partialContent(schema);
    expect([...value.content.attributes.keys()]).toEqual(["name"]);
    expect([...value.rest.justAttributes().value.keys()]).toEqual(["other"]);
  });
});
