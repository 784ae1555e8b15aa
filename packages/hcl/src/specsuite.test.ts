import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { Diagnostic } from "@ingot/diag";
import type { BodyNode, BlockNode } from "./ast.js";
import type { BodySchema, NestedBlockSchema } from "./body-schema.js";
import { decodeBody } from "./decode-body.js";
import { evaluate } from "./evaluate.js";
import { valuesEqual } from "./equality.js";
import { nativeBody } from "./native-body.js";
import { parseHcl } from "./parse-hcl.js";
import { tryConvert } from "./convert.js";
import { decodeTypeConstraint } from "./type-constraint.js";
import { dynamicType, type Type } from "./type.js";
import { entriesOf, isNull, unknownValue, type Value } from "./value.js";
import { showValue } from "./testing.js";

/** The public HCL test suite: `x.hcl` decoded by the specification `x.hcldec` must give what `x.t` says. */
const suite = join(import.meta.dirname, "../../../../shared/corpus/hcl-specsuite/specsuite/tests");

function parse(path: string): { body: BodyNode; diagnostics: readonly Diagnostic[] } {
  const { value: body, diagnostics } = parseHcl({ filename: path, source: readFileSync(path) });
  return { body, diagnostics };
}

function attributeValue(body: BodyNode, name: string): Value | undefined {
  const attribute = body.attributes.find((candidate) => candidate.name === name);
  return attribute && evaluate(attribute.expression, body.file, {}).value;
}

function attributeType(body: BodyNode, name: string): Type | undefined {
  const attribute = body.attributes.find((candidate) => candidate.name === name);
  return attribute && decodeTypeConstraint(attribute.expression, { file: body.file, allowDefaults: false }).value.type;
}

function attributeText(body: BodyNode, name: string): string {
  const raw = attributeValue(body, name)?.raw;
  return typeof raw === "string" || typeof raw === "number" ? String(raw) : "?";
}

const EMPTY: BodySchema = { attributes: new Map(), blocks: new Map() };
const NESTING = new Map([
  ["block", "single"],
  ["block_list", "list"],
  ["block_map", "map"],
] as const);

/** A node of the specification language: what to decode, and how the wanted value is found in the result. */
interface Spec {
  readonly schema: BodySchema;
  readonly pick: (result: Value) => Value;
}

function readSpec(node: BlockNode): Spec {
  if (node.type === "literal") {
    const value = attributeValue(node.body, "value") ?? unknownValue();
    return { schema: EMPTY, pick: () => value };
  }
  if (node.type === "object") return { schema: readObject(node.body), pick: (result) => result };
  const block = readNested(node);
  const type = attributeText(node.body, "block_type");
  const schema = { attributes: new Map(), blocks: new Map([[type, block]]) };
  return { schema, pick: (result) => entriesOf(result).get(type) ?? unknownValue() };
}

function readObject(body: BodyNode): BodySchema {
  const attributes = new Map(
    body.blocks
      .filter(({ type }) => type === "attr")
      .map((node) => [
        node.labels[0]?.value ?? "",
        {
          type: attributeType(node.body, "type") ?? dynamicType,
          required: attributeValue(node.body, "required")?.raw === true,
          sensitive: false,
          description: "",
        },
      ]),
  );
  const nested = body.blocks.filter(({ type }) => type !== "attr");
  return { attributes, blocks: new Map(nested.map((node) => [node.labels[0]?.value ?? "", readNested(node)])) };
}

function readNested(node: BlockNode): NestedBlockSchema {
  const nesting = NESTING.get(node.type as "block");
  if (nesting === undefined) throw new Error(`the specification uses ${node.type}, which this runner lacks`);
  const object = node.body.blocks.find(({ type }) => type === "object");
  return { nesting, schema: object ? readObject(object.body) : EMPTY, minItems: 0, description: "" };
}

/** Start and end of each error, as `line:column@byte`. */
function wantedErrors(body: BodyNode): readonly string[] {
  const list = body.blocks.find(({ type }) => type === "diagnostics")?.body.blocks ?? [];
  const position = (error: BlockNode, name: string): string => {
    const place = error.body.blocks.find(({ type }) => type === name)?.body;
    const part = (key: string): string => (place === undefined ? "?" : attributeText(place, key));
    return `${part("line")}:${part("column")}@${part("byte")}`;
  };
  return list.map((error) => `${position(error, "from")} to ${position(error, "to")}`);
}

function foundErrors(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ subject }) => {
    if (subject === undefined) return "nowhere";
    const [start, end] = [subject.start, subject.end];
    return `${start.line}:${start.column}@${start.byte} to ${end.line}:${end.column}@${end.byte}`;
  });
}

function runCase(path: string): void {
  const wanted = parse(`${path}.t`).body;
  const specification = parse(`${path}.hcldec`).body;
  const file = parse(`${path}.hcl`);
  const root = specification.blocks.find(({ type }) => type !== "variables");
  if (root === undefined) throw new Error("the specification is empty");
  const variables = specification.blocks.find(({ type }) => type === "variables")?.body;
  const names = variables?.attributes.map(({ name }) => name) ?? [];
  const context = variables
    ? { variables: new Map(names.map((name) => [name, attributeValue(variables, name) ?? unknownValue()])) }
    : {};
  const spec = readSpec(root);
  const decoded = file.diagnostics.length > 0 ? undefined : decodeBody(nativeBody(file.body), spec.schema, context);
  expect(foundErrors([...file.diagnostics, ...(decoded?.diagnostics ?? [])])).toEqual(wantedErrors(wanted));
  if (decoded === undefined || decoded.diagnostics.length > 0) return;
  const result = spec.pick(decoded.value);
  const type = attributeType(wanted, "result_type");
  if (type !== undefined) expect(tryConvert(result, type)).toEqual(result);
  const value = attributeValue(wanted, "result");
  const expected = value && (tryConvert(value, result.type) ?? value);
  if (expected === undefined || (valuesEqual(result, expected) && !isNull(result))) return;
  expect(showValue(result)).toBe(showValue(expected));
}

describe("HCL specsuite", () => {
  if (!existsSync(suite)) {
    test.skip("not run: ../shared/corpus/hcl-specsuite is absent", () => undefined);
    return;
  }
  const files = readdirSync(suite, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".t"));
  test.each(files.map((name) => name.slice(0, -2)).sort())("%s", (name) => runCase(join(suite, name)));
});
