import { compareBytes } from "@ingot/hcl";
import type { JsonObject, JsonValue } from "./go-json.js";

/** Tells whether a value is an object. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

/** Tells whether a value is an array. */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Writes a value as Go's `%v` does. */
export function goValueText(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (typeof value === "number") return goFloatText(value);
  if (isJsonArray(value)) return `[${value.map(goValueText).join(" ")}]`;
  if (!isJsonObject(value)) return String(value);
  const entries = [...value].sort(([a], [b]) => compareBytes(a, b));
  return `map[${entries.map(([key, item]) => `${key}:${goValueText(item)}`).join(" ")}]`;
}

/** Go's shortest form of a double, with an exponent below 1e-4 and from 1e21. */
function goFloatText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  return plainNumberText(value);
}

/** A double as plain decimals, as Go converts it to a string: no exponent, no needless digits. */
export function plainNumberText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", first = "", rest = "", exponent = "0"] = match;
  return `${sign}0.${"0".repeat(Number(exponent) - 1)}${first}${rest}`;
}

/** The name of a value's type in Go. */
export function goTypeName(value: JsonValue): string {
  if (value === null) return "nil";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (isJsonArray(value)) return "[]interface {}";
  return isJsonObject(value) ? "map[string]interface {}" : "string";
}

/** The kind of a value's type in Go. */
export function goKindName(value: JsonValue): string {
  if (isJsonArray(value)) return "slice";
  return isJsonObject(value) ? "map" : goTypeName(value);
}
