import { elementsOf, entriesOf, hasMark, isKnown, isNull, numberValueText, SENSITIVE, type Value } from "@ingot/hcl";
import type { Value as WireValue } from "@ingot/protocol";
import { bytesOf } from "./bytes-value.js";
import { encodeType } from "./wire-type.js";

/** Writes a value for the wire. Marks other than "sensitive" stay behind. */
export function encodeValue(value: Value): WireValue {
  return { kind: encodeKind(value), sensitive: hasMark(value, SENSITIVE) };
}

function encodeKind(value: Value): WireValue["kind"] {
  const { type, raw } = value;
  if (isNull(value)) return { $case: "nullValue", value: {} };
  if (!isKnown(value)) return { $case: "unknownValue", value: { type: encodeType(type) } };
  switch (type.kind) {
    case "bool":
      return { $case: "boolValue", value: raw === true };
    case "string":
      return { $case: "stringValue", value: raw as string }; // its type says so
    case "number":
      return { $case: "numberValue", value: numberValueText(value) };
    case "list":
      return { $case: "listValue", value: { elements: elementsOf(value).map(encodeValue) } };
    case "set":
      return { $case: "setValue", value: { elements: elementsOf(value).map(encodeValue) } };
    case "tuple":
      return { $case: "tupleValue", value: { elements: elementsOf(value).map(encodeValue) } };
    case "map":
      return { $case: "mapValue", value: { entries: encodeValues(entriesOf(value)) } };
    case "object": {
      const bytes = bytesOf(value);
      if (bytes !== undefined) return { $case: "bytesValue", value: bytes };
      return { $case: "objectValue", value: { entries: encodeValues(entriesOf(value)) } };
    }
    case "dynamic":
      throw new Error("bug: a known value without a type");
  }
}

/** Writes named values for the wire. */
export function encodeValues(values: ReadonlyMap<string, Value>): Record<string, WireValue> {
  return Object.fromEntries([...values].map(([name, value]) => [name, encodeValue(value)]));
}
