import { numberText } from "./big-number.js";
import { compareNumbers } from "./big-number-math.js";
import type { BigNumber } from "./big-number.js";
import { compareBytes } from "./compare-bytes.js";
import type { Value } from "./value.js";

/**
 * Puts unmarked elements of one type in the order of a set and drops duplicates: strings by bytes, numbers ascending, false
 * before true, everything else by a canonical text. Null comes after these; unknown elements come last and are never duplicates.
 */
export function sortedDistinct(elements: readonly Value[]): Value[] {
  const known = new Map<string, Value>();
  const unknown: Value[] = [];
  for (const element of elements) {
    const key = canonicalText(element);
    if (key === undefined) unknown.push(element);
    else if (!known.has(key)) known.set(key, element);
  }
  const sorted = [...known].sort(([keyA, a], [keyB, b]) => compareElements(a, b) || compareBytes(keyA, keyB));
  return [...sorted.map(([, element]) => element), ...unknown];
}

function compareElements(a: Value, b: Value): number {
  if (a.raw === null || b.raw === null) return Number(a.raw === null) - Number(b.raw === null);
  if (a.type.kind === "number" && b.type.kind === "number")
    return compareNumbers(a.raw as BigNumber, b.raw as BigNumber);
  if (a.type.kind === "string" && b.type.kind === "string") return compareBytes(a.raw as string, b.raw as string);
  return 0;
}

/** A text that is equal for equal values of one type, or undefined when something in the value is unknown. */
export function canonicalText(value: Value): string | undefined {
  const { type, raw } = value;
  if (raw === null) return "null";
  if (typeof raw === "symbol") return undefined;
  if (typeof raw === "string") return JSON.stringify(raw);
  if (typeof raw === "boolean") return raw ? "true" : "false";
  if (type.kind === "number") {
    const text = numberText(raw as BigNumber);
    return text === "-0" ? "0" : text;
  }
  const parts: string[] = [];
  if (Array.isArray(raw)) {
    for (const element of raw as readonly Value[]) {
      const text = canonicalText(element);
      if (text === undefined) return undefined;
      parts.push(text);
    }
    return `[${parts.join(",")}]`;
  }
  for (const [key, element] of raw as ReadonlyMap<string, Value>) {
    const text = canonicalText(element);
    if (text === undefined) return undefined;
    parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(",")}}`;
}
