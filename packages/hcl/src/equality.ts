import type { BigNumber } from "./big-number.js";
import { numbersEqual } from "./big-number-math.js";
import { hasDynamic, typesEqual } from "./type.js";
import {
  boolValue,
  falseValue,
  isKnown,
  isNull,
  marksOf,
  trueValue,
  unknownValue,
  unmarkDeep,
  withMarks,
  type Value,
} from "./value.js";
import { boolType } from "./type.js";

/**
 * The `==` of the language: a bool that may be unknown and that carries the marks of both sides. Never converts: values of
 * different types are unequal, except that a null equals every null.
 */
export function equals(a: Value, b: Value): Value {
  const marks = new Set([...marksOf(a), ...marksOf(b)]);
  return withMarks(compare(unmarkDeep(a), unmarkDeep(b)), marks);
}

/** Tells whether two wholly known values are equal, whatever their marks. Unknown parts are never equal. */
export function valuesEqual(a: Value, b: Value): boolean {
  return equals(a, b).raw === true;
}

function compare(a: Value, b: Value): Value {
  if (!isKnown(a) && !isKnown(b)) return unknownValue(boolType);
  if (!isKnown(a) || !isKnown(b)) {
    const comparable = hasDynamic(a.type) || hasDynamic(b.type) || isNull(a) || isNull(b) || typesEqual(a.type, b.type);
    return comparable ? unknownValue(boolType) : falseValue;
  }
  if (isNull(a) || isNull(b)) return boolValue(isNull(a) && isNull(b));
  if (a.type.kind === "object" && b.type.kind === "object") {
    if (![...a.type.attributes.keys()].every((name) => attributesHave(b, name))) return falseValue;
  } else if (a.type.kind !== b.type.kind) return falseValue;
  else if (a.type.kind !== "tuple" && !typesEqual(a.type, b.type) && !hasDynamic(a.type) && !hasDynamic(b.type))
    return falseValue;
  if (a.type.kind === "number") return boolValue(numbersEqual(a.raw as BigNumber, b.raw as BigNumber));
  if (Array.isArray(a.raw) && Array.isArray(b.raw)) return compareElements(a.raw as Value[], b.raw as Value[]);
  if (a.raw instanceof Map && b.raw instanceof Map)
    return compareEntries(a.raw as Map<string, Value>, b.raw as Map<string, Value>);
  return boolValue(a.raw === b.raw);
}

function attributesHave(value: Value, name: string): boolean {
  return value.type.kind === "object" && value.type.attributes.has(name);
}

function compareElements(a: readonly Value[], b: readonly Value[]): Value {
  if (a.length !== b.length) return falseValue;
  let result = trueValue;
  for (const [index, element] of a.entries()) {
    const other = b[index];
    const same = other === undefined ? falseValue : compare(element, other);
    if (same.raw === false) return falseValue;
    if (!isKnown(same)) result = same;
  }
  return result;
}

function compareEntries(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): Value {
  if (a.size !== b.size) return falseValue;
  let result = trueValue;
  for (const [key, element] of a) {
    const other = b.get(key);
    const same = other === undefined ? falseValue : compare(element, other);
    if (same.raw === false) return falseValue;
    if (!isKnown(same)) result = same;
  }
  return result;
}
