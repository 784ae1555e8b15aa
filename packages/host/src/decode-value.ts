import {
  bigNumberValue,
  boolValue,
  dynamicType,
  friendlyConstraintName,
  listValue,
  makeValue,
  mapValue,
  nullValue,
  objectValue,
  parseNumber,
  SENSITIVE,
  setValue,
  stringValue,
  tupleValue,
  unknownValue,
  withMark,
  type Type,
  type Value,
} from "@ingot/hcl";
import type { Value as WireValue } from "@ingot/protocol";
import { bytesValue } from "./bytes-value.js";
import { adoptType, unifyTypes } from "./unify-types.js";
import { WireProblem, type WirePath } from "./wire-problem.js";
import { decodeType } from "./wire-type.js";

/** Deeper values are refused, so that a defect can't exhaust the stack. */
const MAX_DEPTH = 200;

/** More digits than any number of the language has; reading longer texts takes seconds. */
const MAX_NUMBER_LENGTH = 100_000;

/**
 * Reads a value from the wire that must have the given type; "dynamic" stands for any. Nulls get the type. A tuple is taken for
 * a list or set and an object for a map when the elements fit, and an absent attribute for null. Throws WireProblem.
 */
export function decodeValue(wire: WireValue | undefined, type: Type, path: WirePath): Value {
  const value = decodeKind(wire?.kind, type, path);
  return wire?.sensitive === true ? withMark(value, SENSITIVE) : value;
}

/** Reads named values of any types. */
export function decodeValues(entries: Readonly<Record<string, WireValue>>, path: WirePath): ReadonlyMap<string, Value> {
  return new Map(
    Object.entries(entries).map(([name, value]) => [name, decodeValue(value, dynamicType, [...path, name])]),
  );
}

function decodeKind(kind: WireValue["kind"], type: Type, path: WirePath): Value {
  if (path.length > MAX_DEPTH) throw new WireProblem(path.slice(0, 3), "is nested too deeply");
  switch (kind?.$case) {
    case undefined: // the contract: an absent kind is null
    case "nullValue":
      return nullValue(type);
    case "unknownValue":
      return unknownValue(type.kind === "dynamic" && kind.value.type ? decodeType(kind.value.type, path) : type);
    case "boolValue":
      return expect(type, "bool", path) && boolValue(kind.value);
    case "numberValue":
      return expect(type, "number", path) && decodeNumber(kind.value, path);
    case "stringValue":
      return expect(type, "string", path) && stringValue(kind.value);
    case "bytesValue":
      if (type.kind !== "dynamic") throw mismatch(type, "bytes", path);
      return bytesValue(kind.value);
    case "listValue":
      return decodeElements("list", kind.value.elements, type, path);
    case "setValue":
      return decodeElements("set", kind.value.elements, type, path);
    case "tupleValue":
      return decodeElements("tuple", kind.value.elements, type, path);
    case "mapValue":
      return decodeEntries("map", kind.value.entries, type, path);
    case "objectValue":
      return decodeEntries("object", kind.value.entries, type, path);
    default:
      throw new WireProblem(path, "has a value of an unknown kind");
  }
}

function decodeNumber(text: string, path: WirePath): Value {
  const number = text.length > MAX_NUMBER_LENGTH ? undefined : parseNumber(text);
  if (number !== undefined) return bigNumberValue(number);
  throw new WireProblem(path, `is the number ${JSON.stringify(text.slice(0, 60))}, which is no decimal number`);
}

function decodeElements(got: "list" | "set" | "tuple", wires: readonly WireValue[], type: Type, path: WirePath): Value {
  const elements = (elementType: (index: number) => Type): Value[] =>
    wires.map((element, index) => decodeValue(element, elementType(index), [...path, index]));
  if (type.kind === "dynamic") {
    const values = elements(() => dynamicType);
    if (got === "tuple") return tupleValue(values);
    const element = commonType(values, path);
    const typed = values.map((value) => adoptType(value, element));
    return got === "list" ? listValue(element, typed) : setValue(element, typed);
  }
  if (type.kind === "tuple" && got !== "set") {
    if (type.elements.length !== wires.length) {
      throw new WireProblem(path, `has ${wires.length} elements; its schema wants ${type.elements.length}`);
    }
    const values = elements((index) => type.elements[index] ?? dynamicType);
    return makeValue(type, values);
  }
  const fits = type.kind === got || (got === "tuple" && (type.kind === "list" || type.kind === "set"));
  if (!fits || (type.kind !== "list" && type.kind !== "set")) throw mismatch(type, got, path);
  const values = elements(() => type.element);
  const element = type.element.kind === "dynamic" ? commonType(values, path) : type.element;
  const typed = values.map((value) => adoptType(value, element));
  return type.kind === "list" ? listValue(element, typed) : setValue(element, typed);
}

function decodeEntries(
  got: "map" | "object",
  wires: Readonly<Record<string, WireValue>>,
  type: Type,
  path: WirePath,
): Value {
  const entries = (entryType: Type): Map<string, Value> =>
    new Map(Object.entries(wires).map(([key, value]) => [key, decodeValue(value, entryType, [...path, key])]));
  if (type.kind === "object") {
    const unexpected = Object.keys(wires).find((name) => !type.attributes.has(name));
    if (unexpected !== undefined) {
      throw new WireProblem([...path, unexpected], "is not in its schema");
    }
    const attributes = [...type.attributes].map(([name, attribute]): [string, Value] => [
      name,
      decodeValue(Object.hasOwn(wires, name) ? wires[name] : undefined, attribute, [...path, name]),
    ]);
    return objectValue(new Map(attributes));
  }
  if (type.kind === "dynamic" && got === "object") return objectValue(entries(dynamicType));
  if (type.kind !== "dynamic" && type.kind !== "map") throw mismatch(type, got, path);
  const wanted = type.kind === "map" ? type.element : dynamicType;
  const values = entries(wanted);
  const element = wanted.kind === "dynamic" ? commonType([...values.values()], path) : wanted;
  return mapValue(element, new Map([...values].map(([key, value]) => [key, adoptType(value, element)])));
}

function commonType(values: readonly Value[], path: WirePath): Type {
  let common: Type = dynamicType;
  for (const { type } of values) {
    const next = unifyTypes(common, type);
    if (next === undefined) throw new WireProblem(path, "has elements of different types");
    common = next;
  }
  return common;
}

function expect(type: Type, got: "bool" | "number" | "string", path: WirePath): true {
  if (type.kind === got || type.kind === "dynamic") return true;
  throw mismatch(type, got, path);
}

function mismatch(type: Type, got: string, path: WirePath): WireProblem {
  return new WireProblem(
    path,
    `is ${got === "bytes" ? got : withArticle(got)}; its schema wants ${withArticle(friendlyConstraintName(type))}`,
  );
}

function withArticle(name: string): string {
  return name === "any type" ? name : `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}
