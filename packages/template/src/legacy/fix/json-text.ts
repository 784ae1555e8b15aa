import { compareBytes } from "@ingot/hcl";
import type { DraftValue } from "./template-draft.js";

const INDENT = "  ";
const ESCAPES: Readonly<Record<string, string>> = { "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029" };

/** Writes JSON as Go prints it with an indent of two, keys sorted, `<` and `>` as they are. Ends with a line feed. */
export function jsonText(value: DraftValue): string {
  return `${valueText(value, "")}\n`;
}

function valueText(value: DraftValue, indent: string): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value === null || typeof value === "boolean") return String(value);
  const inner = indent + INDENT;
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${valueText(item, inner)}`);
    return items.length === 0 ? "[]" : `[\n${items.join(",\n")}\n${indent}]`;
  }
  const entries = [...value]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([key, item]) => `${inner}${stringText(key)}: ${valueText(item, inner)}`);
  return entries.length === 0 ? "{}" : `{\n${entries.join(",\n")}\n${indent}}`;
}

function stringText(text: string): string {
  const plain = JSON.stringify(text).replace(/[&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character);
  // The reference turns escapes of < and > back in the finished text, and with them what only looks like one.
  return plain.replaceAll("\\u003c", "<").replaceAll("\\u003e", ">");
}
