import { describe, expect, test } from "@jest/globals";
import type { AttributePath } from "@ingot/diag";
import type { AttributeSchema, BodySchema, NestedBlockSchema } from "./body-schema.js";
import { decodeBody } from "./decode-body.js";
import { expandDynamic } from "./dynamic-body.js";
import { toJs } from "./js-value.js";
import { parseHclJson } from "./json-parse.js";
import { rangeOfPath } from "./range-of-path.js";
import { showDiagnostic, testContext } from "./testing.js";
import { dynamicType, mapType, numberType, stringType, type Type } from "./type.js";
import { isNull } from "./value.js";

function attribute(type: Type, required = false): AttributeSchema {
  return { type, required, sensitive: false, description: "" };
}

function nested(nesting: NestedBlockSchema["nesting"], schema: BodySchema): NestedBlockSchema {
  return { nesting, schema, minItems: 0, description: "" };
}

const leaf: BodySchema = { attributes: new Map([["v", attribute(dynamicType)]]), blocks: new Map() };
const disk: BodySchema = {
  attributes: new Map([["size", attribute(numberType, true)]]),
  blocks: new Map([["inner", nested("list", leaf)]]),
};
const schema: BodySchema = {
  attributes: new Map([
    ["region", attribute(stringType)],
    ["tags", attribute(mapType(stringType))],
    ["any", attribute(dynamicType)],
  ]),
  blocks: new Map([
    ["one", nested("single", leaf)],
    ["disk", nested("list", disk)],
    ["keyed", nested("map", leaf)],
  ]),
};

function decode(source: string) {
  const { value: body } = parseHclJson({ filename: "test.json", source });
  return decodeBody(expandDynamic(body, testContext), schema, testContext);
}

describe("JSON bodies", () => {
  test.each([
    ['{"region": "${var.name}-x"}', { region: "n-x" }],
    ['{"tags": {"a": 1, "${var.name}": "b"}}', { tags: { a: "1", n: "b" } }],
    ['{"any": "${[1, 2]}"}', { any: [1, 2] }],
    ['{"one": {"v": 1}}', { one: { v: 1 } }],
    ['{"disk": {"size": 1}}', { disk: [{ size: 1, inner: [] }] }],
    [
      '{"disk": [{"size": "1"}, {"size": 2, "inner": {"v": true}}]}',
      {
        disk: [
          { size: 1, inner: [] },
          { size: 2, inner: [{ v: true }] },
        ],
      },
    ],
    ['{"keyed": {"k": {"v": 1}}}', { keyed: { k: { v: 1 } } }],
    [
      '{"dynamic": {"disk": {"for_each": [1, 2], "content": {"size": "${disk.value}"}}}}',
      {
        disk: [
          { size: 1, inner: [] },
          { size: 2, inner: [] },
        ],
      },
    ],
    [
      '{"dynamic": {"keyed": {"for_each": ["a"], "iterator": "it", "labels": ["x-${it.value}"], "content": {"v": "${it.key}"}}}}',
      { keyed: { "x-a": { v: 0 } } },
    ],
  ])("%s", (source, want) => {
    const { value, diagnostics } = decode(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(toJs(value)).toMatchObject(want);
  });

  test.each([
    [
      '{"region": [1]}',
      'Incorrect attribute value type: Inappropriate value for attribute "region": string required. @11-14',
    ],
    ['{"disk": {"size": "${foo}"}}', 'Unknown variable: There is no variable named "foo". @21-24'],
    [
      '{"tags": {"a": 1, "a": 2}}',
      'Duplicate object attribute: An attribute named "a" was already defined at test.json:1,11-14. @18-21',
    ],
    ['{"any": {"${null}": 1}}', "Invalid object key expression: Cannot use null value as an object key. @9-18"],
    [
      '{"any": {"${[]}": 1}}',
      "Invalid object key expression: Cannot use this expression as an object key: string required. @9-16",
    ],
  ])("%s fails", (source, want) => expect(decode(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want));

  test.each<[AttributePath, string]>([
    [["disk", 1, "size"], '"2"'],
    [["disk", 1, "inner", 0, "v"], "true"],
    [["one", "v"], "1"],
    [["keyed", "k", "v"], "3"],
  ])("%j is found", (path, want) => {
    const source =
      '{"one": {"v": 1}, "disk": [{"size": 1}, {"size": "2", "inner": {"v": true}}], "keyed": {"k": {"v": 3}}}';
    const range = rangeOfPath(parseHclJson({ filename: "test.json", source }).value, path);
    expect(range && source.slice(range.start.byte, range.end.byte)).toBe(want);
  });

  test("a string is taken as it is where nothing can be referred to", () => {
    const { value: body } = parseHclJson({ filename: "test.json", source: '{"region": "${x}"}' });
    const { value, diagnostics } = decodeBody(
      body,
      { attributes: new Map([["region", attribute(stringType)]]), blocks: new Map() },
      {},
    );
    expect(diagnostics).toEqual([]);
    expect(isNull(value)).toBe(false);
    expect(toJs(value)).toEqual({ region: "${x}" });
  });
});
