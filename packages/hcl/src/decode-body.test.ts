import { describe, expect, test } from "@jest/globals";
import type { AttributeSchema, BodySchema, NestedBlockSchema } from "./body-schema.js";
import { decodeBody, typeOfBody } from "./decode-body.js";
import { expandDynamic } from "./dynamic-body.js";
import { EvaluationBudget } from "./evaluation-context.js";
import { nativeBody } from "./native-body.js";
import { parseHcl } from "./parse-hcl.js";
import { showDiagnostic, showValue, testContext } from "./testing.js";
import { dynamicType, listType, mapType, numberType, stringType, typesEqual, type Type } from "./type.js";
import { entriesOf, hasMark, SENSITIVE } from "./value.js";
import { variablesOfBody } from "./variables-of-body.js";

function attribute(type: Type, more: Partial<AttributeSchema> = {}): AttributeSchema {
  return { type, required: false, sensitive: false, description: "", ...more };
}

function nested(nesting: NestedBlockSchema["nesting"], more: Partial<NestedBlockSchema> = {}): NestedBlockSchema {
  const schema: BodySchema = {
    attributes: new Map([
      ["size", attribute(numberType, { required: true })],
      ["name", attribute(stringType)],
    ]),
    blocks: new Map(nesting === "map" ? [] : [["inner", nestedLeaf]]),
  };
  return { nesting, schema, minItems: 0, description: "", ...more };
}

const nestedLeaf: NestedBlockSchema = {
  nesting: "list",
  schema: { attributes: new Map([["v", attribute(dynamicType)]]), blocks: new Map() },
  minItems: 0,
  description: "",
};

const schema: BodySchema = {
  attributes: new Map([
    ["region", attribute(stringType)],
    ["tags", attribute(mapType(stringType))],
    ["ports", attribute(listType(numberType))],
    ["password", attribute(stringType, { sensitive: true })],
    ["old", attribute(stringType, { deprecated: 'Use "region".' })],
  ]),
  blocks: new Map([
    ["one", nested("single")],
    ["disk", nested("list", { maxItems: 3 })],
    ["unique", nested("set")],
    ["keyed", nested("map")],
  ]),
};

function decode(source: string, options: { schema?: BodySchema; isDynamic?: boolean } = {}) {
  const { value: node, diagnostics } = parseHcl({ filename: "test.hcl", source });
  if (diagnostics.length > 0) throw new Error(`does not parse: ${diagnostics[0]?.detail ?? ""}`);
  const body = options.isDynamic ? expandDynamic(nativeBody(node), testContext) : nativeBody(node);
  return decodeBody(body, options.schema ?? schema, testContext);
}

function partOf(source: string, name: string, isDynamic = false): string {
  const { value, diagnostics } = decode(source, { isDynamic });
  expect(diagnostics.map(showDiagnostic)).toEqual([]);
  const part = entriesOf(value).get(name);
  return part === undefined ? "absent" : showValue(part);
}

const LEAF = "inner=list(object({v=any}))";
const BLOCK = `object({${LEAF}, name=string, size=number})`;

describe("values", () => {
  test.each([
    ["", "region", "null : string"],
    ["region = 1", "region", '"1" : string'],
    ["tags = { a = 1 }", "tags", '{"a":"1"} : map(string)'],
    ['ports = ["1", 2]', "ports", "[1,2] : list(number)"],
    ["region = u", "region", '"?" : string'],
    ["", "one", `null : ${BLOCK}`],
    ["one {\n size = 1 \n}", "one", `{"inner":[],"name":null,"size":1} : ${BLOCK}`],
    ["", "disk", `[] : list(${BLOCK})`],
    [
      "disk {\n size = 1\n}\ndisk {\n size = 2\n}",
      "disk",
      `[{"inner":[],"name":null,"size":1},{"inner":[],"name":null,"size":2}] : list(${BLOCK})`,
    ],
    ["unique {\n size = 1\n}\nunique {\n size = 1\n}", "unique", `[{"inner":[],"name":null,"size":1}] : set(${BLOCK})`],
    ['keyed "k" {\n size = 1\n}', "keyed", '{"k":{"name":null,"size":1}} : map(object({name=string, size=number}))'],
    ["keyed k {\n size = 1\n}", "keyed", '{"k":{"name":null,"size":1}} : map(object({name=string, size=number}))'],
    [
      'one {\n size = 1\n inner {\n v = 1\n }\n inner {\n v = "a"\n }\n}',
      "one",
      '{"inner":[{"v":1},{"v":"a"}],"name":null,"size":1} : object({inner=tuple([object({v=number}), object({v=string})]), name=string, size=number})',
    ],
  ])("%j gives %s", (source, name, want) => expect(partOf(source, name)).toBe(want));

  test("the type of an empty body is the type of its schema", () => {
    expect(typesEqual(decode("").value.type, typeOfBody(schema))).toBe(true);
  });

  test("a sensitive argument is marked", () => {
    const password = entriesOf(decode('password = "pw"').value).get("password");
    expect(password && hasMark(password, SENSITIVE)).toBe(true);
  });

  test("a deprecated argument gives a warning", () => {
    const { diagnostics } = decode('old = "x"');
    expect(diagnostics.map(({ severity, summary, detail }) => `${severity}: ${summary}: ${detail}`)).toEqual([
      'warning: Argument is deprecated: Use "region".',
    ]);
  });
});

describe("errors", () => {
  test.each([
    ["regin = 1", 'Unsupported argument: An argument named "regin" is not expected here. Did you mean "region"? @0-5'],
    [
      "disk = 1",
      'Unsupported argument: An argument named "disk" is not expected here. Did you mean to define a block of type "disk"? @0-4',
    ],
    ["foo = 1", 'Unsupported argument: An argument named "foo" is not expected here. @0-3'],
    ["dist {\n}", 'Unsupported block type: Blocks of type "dist" are not expected here. Did you mean "disk"? @0-4'],
    [
      "tags {\n}",
      'Unsupported block type: Blocks of type "tags" are not expected here. Did you mean to define argument "tags"? If so, use the equals sign to assign it a value. @0-4',
    ],
    ["one {\n}", 'Missing required argument: The argument "size" is required, but no definition was found. @4-4'],
    ["keyed {\n size = 1\n}", "Missing key for keyed: All keyed blocks must have 1 labels (key). @6-7"],
    ['one "x" {\n size = 1\n}', "Extraneous label for one: No labels are expected for one blocks. @4-7"],
    [
      'keyed "x" "y" {\n size = 1\n}',
      "Extraneous label for keyed: Only 1 labels (key) are expected for keyed blocks. @10-13",
    ],
    [
      "ports = 1",
      'Incorrect attribute value type: Inappropriate value for attribute "ports": list of number required. @8-9',
    ],
    [
      'ports = ["x"]',
      'Incorrect attribute value type: Inappropriate value for attribute "ports": a number is required. @8-13',
    ],
    ["region = foo", 'Unknown variable: There is no variable named "foo". @9-12'],
    [
      "one {\n size = 1\n}\none {\n size = 2\n}",
      'Duplicate one block: Only one block of type "one" is allowed. Previous definition was at test.hcl:1,1-4. @18-21',
    ],
    [
      "keyed k {\n size = 1\n}\nkeyed k {\n size = 2\n}",
      'Duplicate keyed block: Only one block of type "keyed" with the name "k" is allowed. Previous definition was at test.hcl:1,1-8. @22-29',
    ],
    ["disk {\n size = 1\n}\n".repeat(4), 'Too many disk blocks: No more than 3 "disk" blocks are allowed @57-61'],
    [
      "b = 1\none {\n c = 1\n size = foo\n}",
      'Unsupported argument: An argument named "b" is not expected here. @0-1\nUnsupported argument: An argument named "c" is not expected here. @13-14\nUnknown variable: There is no variable named "foo". @27-30',
    ],
  ])("%j", (source, want) => expect(decode(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want));

  test("a required block is missed", () => {
    const needing: BodySchema = {
      attributes: new Map(),
      blocks: new Map([["one", nested("single", { minItems: 1 })]]),
    };
    expect(decode("", { schema: needing }).diagnostics.map(showDiagnostic)).toEqual([
      'Missing one block: A block of type "one" is required here. @0-0',
    ]);
  });
});

describe("dynamic blocks", () => {
  test.each([
    ['dynamic "disk" {\n for_each = [1, 2]\n content {\n size = disk.value\n }\n}', "disk", "[1,2]"],
    ['dynamic "disk" {\n for_each = {a = 1}\n content {\n size = disk.value\n name = disk.key\n }\n}', "disk", "[1]"],
    ['dynamic "disk" {\n for_each = toset(["7"])\n iterator = it\n content {\n size = it.key\n }\n}', "disk", "[7]"],
    [
      'disk {\n size = 0\n}\ndynamic "disk" {\n for_each = [1]\n content {\n size = disk.value\n }\n}\ndisk {\n size = 2\n}',
      "disk",
      "[0,1,2]",
    ],
    ['dynamic "one" {\n for_each = [var.object.id]\n content {\n size = one.value\n }\n}', "one", "7"],
    ['dynamic "disk" {\n for_each = []\n content {\n size = disk.value\n }\n}', "disk", "[]"],
    ['dynamic "disk" {\n for_each = d\n content {\n size = 5\n }\n}', "disk", '["?"]'],
  ])("%j", (source, name, want) => {
    const { value, diagnostics } = decode(source, { isDynamic: true });
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    const blocks = entriesOf(value).get(name);
    const sizes = JSON.parse(blocks === undefined ? "null" : (showValue(blocks).split(" : ")[0] ?? "null")) as unknown;
    const sizeOf = (block: unknown): unknown => (block as { size: unknown }).size;
    expect(JSON.stringify(Array.isArray(sizes) ? sizes.map(sizeOf) : sizeOf(sizes))).toBe(want);
  });

  test("labels are computed for each round", () => {
    const source = 'dynamic "keyed" {\n for_each = ["a"]\n labels = ["k-${keyed.value}"]\n content {\n size = 1\n }\n}';
    expect(partOf(source, "keyed", true)).toBe(
      '{"k-a":{"name":null,"size":1}} : map(object({name=string, size=number}))',
    );
  });

  test("inner dynamic blocks see outer iterators", () => {
    const source =
      'dynamic "disk" {\n for_each = [1]\n content {\n size = 1\n dynamic "inner" {\n for_each = [disk.value, 2]\n content {\n v = disk.value + inner.value\n }\n }\n }\n}';
    expect(partOf(source, "disk", true)).toContain('"inner":[{"v":2},{"v":3}]');
  });

  test.each([
    [
      "for_each = null\n content {\n size = 1\n }",
      "Invalid dynamic for_each value: Cannot use a null value in for_each. @29-33",
    ],
    [
      'for_each = "x"\n content {\n size = 1\n }',
      "Invalid dynamic for_each value: Cannot use a string value in for_each. An iterable collection is required. @29-32",
    ],
    [
      "for_each = []",
      'Missing dynamic content block: A dynamic block must have a nested block of type "content" to describe the body of each generated block. @15-15',
    ],
    [
      "for_each = []\n content {\n size = 1\n }\n content {\n size = 1\n }",
      "Extraneous dynamic content block: Only one nested content block is allowed for each dynamic block. @57-64",
    ],
    [
      "for_each = []\n iterator = a.b\n content {\n size = 1\n }",
      "Invalid dynamic iterator name: Dynamic iterator must be a single variable name. @44-47",
    ],
    [
      "for_each = []\n labels = []\n content {\n size = 1\n }",
      'Unsupported argument: An argument named "labels" is not expected here. @33-39',
    ],
    [
      "content {\n size = 1\n }",
      'Missing required argument: The argument "for_each" is required, but no definition was found. @15-15',
    ],
    ["for_each = foo\n content {\n size = 1\n }", 'Unknown variable: There is no variable named "foo". @29-32'],
  ])("%j fails", (inside, want) => {
    const source = `dynamic "disk" {\n ${inside}\n}`;
    expect(decode(source, { isDynamic: true }).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });

  test.each([
    ["[]", 'Insufficient dynamic block labels: Blocks of type "keyed" require 1 label(s). @46-48'],
    ['["a", "b"]', 'Extraneous dynamic block label: Blocks of type "keyed" require 1 label(s). @52-55'],
    ["[null]", "Invalid dynamic block label: Cannot use a null value as a dynamic block label. @47-51"],
    [
      "[u]",
      "Invalid dynamic block label: This value is not yet known. Dynamic block labels must be immediately-known values. @47-48",
    ],
    ["[[]]", "Invalid dynamic block label: Cannot use this value as a dynamic block label: string required. @47-49"],
  ])("labels %s fail", (labels, want) => {
    const source = `dynamic "keyed" {\n for_each = [1]\n labels   = ${labels}\n content {\n size = 1\n }\n}`;
    expect(decode(source, { isDynamic: true }).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });

  test("an unknown type of block is refused, and dynamic blocks only where they are allowed", () => {
    const source = 'dynamic "nope" {\n for_each = []\n content {\n }\n}';
    expect(decode(source, { isDynamic: true }).diagnostics.map(showDiagnostic)).toEqual([
      'Unsupported block type: Blocks of type "nope" are not expected here. @8-14',
    ]);
    expect(decode(source).diagnostics.map(showDiagnostic)).toEqual([
      'Unsupported block type: Blocks of type "dynamic" are not expected here. @0-7',
    ]);
  });

  test("a partial read leaves the rest to a second one", () => {
    const source =
      'a = 1\nb = 2\ndynamic "x" {\n for_each = [1]\n content {\n }\n}\ndynamic "y" {\n for_each = [1, 2]\n content {\n }\n}';
    const body = expandDynamic(nativeBody(parseHcl({ filename: "t", source }).value), testContext);
    const first = body.partialContent({
      attributes: [{ name: "a", required: true }],
      blocks: [{ type: "x", labelNames: [] }],
    });
    expect([...first.value.content.attributes.keys()]).toEqual(["a"]);
    expect(first.value.content.blocks.map(({ type }) => type)).toEqual(["x"]);
    const second = first.value.rest.content({
      attributes: [{ name: "b", required: true }],
      blocks: [{ type: "y", labelNames: [] }],
    });
    expect([...second.value.attributes.keys()]).toEqual(["b"]);
    expect(second.value.blocks.map(({ type }) => type)).toEqual(["y", "y"]);
    expect([...first.diagnostics, ...second.diagnostics]).toEqual([]);
  });

  test("what the body refers to does not include iterators", () => {
    const source = `region = a
      one {
        size = b.c
      }
      dynamic "disk" {
        for_each = d
        iterator = it
        content {
          size = it.value + disk.x
          dynamic "inner" {
            for_each = it.value
            content {
              v = [inner.key, e]
            }
          }
        }
      }`;
    const { value: node } = parseHcl({ filename: "t", source });
    const references = variablesOfBody(nativeBody(node), schema);
    expect(references.map(({ file, span }) => file.text(span))).toEqual(["a", "b.c", "d", "disk.x", "e"]);
  });

  test("blocks without end are stopped", () => {
    const many = `[for a in [${"0,".repeat(1000)}] : 0]`;
    const inner = `dynamic "inner" {\n for_each = ${many}\n content {\n v = 1\n }\n}`;
    const source = `dynamic "disk" {\n for_each = ${many}\n content {\n size = 1\n ${inner}\n }\n}`;
    const context = { parent: testContext, budget: new EvaluationBudget(1_000_000) };
    const body = expandDynamic(nativeBody(parseHcl({ filename: "t", source }).value), context);
    const { diagnostics } = decodeBody(body, schema, context);
    expect(diagnostics.map(({ summary }) => summary)).toContain("Evaluation limit reached");
  });
});
