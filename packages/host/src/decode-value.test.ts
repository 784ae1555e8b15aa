import { describe, expect, test } from "@jest/globals";
import {
  boolValue,
  dynamicType,
  listType,
  listValue,
  mapType,
  mapValue,
  nullValue,
  numberType,
  numberValue,
  objectType,
  objectValue,
  SENSITIVE,
  setType,
  setValue,
  stringType,
  stringValue,
  tupleType,
  tupleValue,
  typesEqual,
  typeText,
  unknownValue,
  withMark,
  type Type,
  type Value,
} from "@ingot/hcl";
import { Value as WireValue } from "@ingot/protocol";
import { bytesOf, bytesValue } from "./bytes-value.js";
import { decodeValue } from "./decode-value.js";
import { encodeValue } from "./encode-value.js";
import type { WireProblem } from "./wire-problem.js";

/** Through the wire's bytes and back. */
function travel(value: Value, type: Type = value.type): Value {
  const wire = WireValue.decode(WireValue.encode(encodeValue(value)).finish());
  return decodeValue(wire, type, ["v"]);
}

const secret = withMark(stringValue("hush"), SENSITIVE);

test.each<{ name: string; value: Value }>([
  { name: "bool", value: boolValue(false) },
  { name: "string", value: stringValue("Zoë") },
  { name: "empty string", value: stringValue("") },
  { name: "big number", value: numberValue("123456789012345678901234567890.000000000000000000001") },
  { name: "typed null", value: nullValue(listType(stringType)) },
  { name: "unknown", value: unknownValue(mapType(numberType)) },
  { name: "sensitive", value: secret },
  { name: "list", value: listValue(stringType, [stringValue("a"), secret, nullValue(stringType)]) },
  { name: "empty list", value: listValue(numberType, []) },
  { name: "set", value: setValue(numberType, [numberValue(2), numberValue(1), numberValue(2)]) },
  { name: "sensitive set", value: setValue(stringType, [secret]) },
  { name: "tuple", value: tupleValue([numberValue(1), stringValue("a")]) },
  { name: "map", value: mapValue(stringType, { "a b": stringValue("x") }) },
  { name: "object", value: objectValue({ a: numberValue(1), b: objectValue({ c: nullValue(stringType) }) }) },
])("a value comes back as it was: $name", ({ value }) => {
  expect(travel(value)).toEqual(value);
});

test.each<{ name: string; value: Value; want: string }>([
  {
    name: "nulls take the type of their neighbours",
    value: listValue(stringType, [nullValue(stringType), stringValue("a")]),
    want: "list(string)",
  },
  {
    name: "so do empty lists",
    value: listValue(listType(stringType), [listValue(stringType, []), listValue(stringType, [stringValue("a")])]),
    want: "list(list(string))",
  },
  {
    name: "a map of objects",
    value: mapValue(objectType({ a: stringType }), {
      x: objectValue({ a: nullValue(stringType) }),
      y: objectValue({ a: stringValue("z") }),
    }),
    want: "map(object({a=string}))",
  },
  { name: "nothing but nulls", value: listValue(stringType, [nullValue(stringType)]), want: "list(any)" },
])("without a type, it is found: $name", ({ value, want }) => {
  const back = travel(value, dynamicType);
  expect(typeText(back.type)).toBe(want);
  for (const element of Array.isArray(back.raw) ? (back.raw as Value[]) : []) {
    expect(back.type.kind === "list" && typesEqual(element.type, back.type.element)).toBe(true);
  }
});

test.each<{ name: string; value: Value; type: Type }>([
  { name: "a tuple for a list", value: tupleValue([stringValue("a")]), type: listType(stringType) },
  { name: "a tuple for a set", value: tupleValue([stringValue("a"), stringValue("a")]), type: setType(stringType) },
  { name: "an object for a map", value: objectValue({ a: stringValue("b") }), type: mapType(stringType) },
  { name: "an object without an attribute", value: objectValue({}), type: objectType({ a: stringType }) },
  { name: "a list for a tuple", value: listValue(stringType, [stringValue("a")]), type: tupleType([stringType]) },
])("what fits is taken: $name", ({ value, type }) => expect(travel(value, type).type).toEqual(type));

describe("what makes no sense is named", () => {
  const bytes: WireValue = { kind: { $case: "bytesValue", value: Buffer.from("x") }, sensitive: false };
  const number = (text: string): WireValue => ({ kind: { $case: "numberValue", value: text }, sensitive: false });
  const list = (...elements: WireValue[]): WireValue => ({
    kind: { $case: "listValue", value: { elements } },
    sensitive: false,
  });
  const nested = (depth: number): WireValue => (depth === 0 ? number("1") : list(nested(depth - 1)));
  const strange = { kind: { $case: "emoji", value: 1 }, sensitive: false } as unknown as WireValue;
  test.each<{ wire: WireValue; type: Type; says: string }>([
    { wire: number("0x10"), type: dynamicType, says: 'v is the number "0x10", which is no decimal number' },
    { wire: number(""), type: dynamicType, says: 'v is the number "", which is no decimal number' },
    { wire: number("1"), type: stringType, says: "v is a number; its schema wants a string" },
    { wire: bytes, type: stringType, says: "v is bytes; its schema wants a string" },
    {
      wire: list(number("1"), encodeValue(stringValue("a"))),
      type: dynamicType,
      says: "v has elements of different types",
    },
    { wire: list(number("1")), type: setType(numberType), says: "v is a list; its schema wants a set of number" },
    {
      wire: list(number("1")),
      type: tupleType([numberType, numberType]),
      says: "v has 1 elements; its schema wants 2",
    },
    { wire: nested(500), type: dynamicType, says: "is nested too deeply" },
    { wire: strange, type: dynamicType, says: "v has a value of an unknown kind" },
  ])("$says", ({ wire, type, says }) => {
    try {
      decodeValue(wire, type, ["v"]);
    } catch (error) {
      expect((error as WireProblem).sentence).toContain(says);
      return;
    }
    throw new Error("it was taken");
  });
});

test("bytes travel as an object that survives JSON", () => {
  const value = bytesValue(Buffer.from([0, 1, 255]));
  expect(encodeValue(value).kind).toEqual({ $case: "bytesValue", value: Buffer.from([0, 1, 255]) });
  expect(bytesOf(travel(value, dynamicType))).toEqual(Buffer.from([0, 1, 255]));
  expect(bytesOf(objectValue({ a: stringValue("b") }))).toBeUndefined();
});
