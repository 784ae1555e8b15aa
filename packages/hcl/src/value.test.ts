import { describe, expect, test } from "@jest/globals";
import { compareBytes } from "./compare-bytes.js";
import { valuesEqual } from "./equality.js";
import { fromJs, toJs } from "./js-value.js";
import { boolType, dynamicType, numberType, objectType, stringType, typesEqual, typeText } from "./type.js";
import {
  boolValue,
  entriesOf,
  isWhollyKnown,
  listValue,
  mapValue,
  marksOf,
  nullValue,
  numberValue,
  objectValue,
  SENSITIVE,
  setValue,
  stringValue,
  tupleValue,
  unknownValue,
  unmarkDeep,
  withMark,
} from "./value.js";

describe("sets", () => {
  test("strings are in byte order without duplicates", () => {
    const set = setValue(stringType, ["b", "a", "b", "\u{1F600}", "\uFFFD"].map(stringValue));
    expect(toJs(set)).toEqual(["a", "b", "\uFFFD", "\u{1F600}"]);
  });

  test("numbers ascend, false comes before true, null comes last", () => {
    expect(toJs(setValue(numberType, [10, 9, -1, 10].map(numberValue)))).toEqual([-1, 9, 10]);
    expect(toJs(setValue(boolType, [boolValue(true), boolValue(false)]))).toEqual([false, true]);
    expect(toJs(setValue(stringType, [stringValue("a"), nullValue(stringType)]))).toEqual(["a", null]);
  });

  test("marks of elements go to the set", () => {
    const set = setValue(stringType, [withMark(stringValue("a"), SENSITIVE)]);
    expect([...set.marks]).toEqual([SENSITIVE]);
    expect(isWhollyKnown(set)).toBe(true);
  });
});

test("map keys are in byte order", () => {
  const map = mapValue(numberType, {
    b: numberValue(1),
    "\u{1F600}": numberValue(2),
    "\uFFFD": numberValue(3),
    a: numberValue(4),
  });
  expect([...entriesOf(map).keys()]).toEqual(["a", "b", "\uFFFD", "\u{1F600}"]);
  expect(Math.sign(compareBytes("a", "ab"))).toBe(-1);
});

test("strings are normalised to NFC", () => expect(stringValue("e\u0301").raw).toBe("é"));

test("marks are found and removed at any depth", () => {
  const value = objectValue({ a: tupleValue([withMark(stringValue("x"), SENSITIVE)]) });
  expect([...marksOf(value)]).toEqual([SENSITIVE]);
  expect(marksOf(unmarkDeep(value)).size).toBe(0);
  expect(valuesEqual(value, unmarkDeep(value))).toBe(true);
});

test("plain data survives the way through a value", () => {
  const data = { a: [1, "x", true, null, { b: 1.5 }], c: {}, d: 12345678901234567890n };
  expect(toJs(fromJs(data))).toEqual(data);
});

test("an unknown value has a plain form only on request", () => {
  expect(() => toJs(unknownValue())).toThrow("bug");
  expect(toJs(tupleValue([unknownValue()]), { unknown: "<unknown>" })).toEqual(["<unknown>"]);
});

test("types are equal by structure", () => {
  expect(typesEqual(listValue(stringType, []).type, listValue(stringType, []).type)).toBe(true);
  expect(typesEqual(objectType({ a: stringType }), objectType({ a: stringType }, ["a"]))).toBe(false);
  expect(typeText(objectType({ b: dynamicType, a: numberType }, ["a"]))).toBe("object({a=optional(number), b=any})");
});
