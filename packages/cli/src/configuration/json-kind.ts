import type { JsonValue } from "@ingot/template";

export type { JsonValue };

/** What Packer's messages call the type of a JSON value. */
export function goKindOf(value: JsonValue): string {
  if (typeof value === "boolean") return "bool";
  if (typeof value !== "object" || value === null) return typeof value;
  return value instanceof Map ? "object" : "array";
}
