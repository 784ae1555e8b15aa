import { compareBytes, FunctionError, numberText, type BigNumber, type Value } from "@ingot/hcl";

/** What is escaped although JSON does not demand it. */
const ESCAPES = [
  ["<", "\\u003c"],
  [">", "\\u003e"],
  ["&", "\\u0026"],
  ["\u2028", "\\u2028"],
  ["\u2029", "\\u2029"],
] as const;

/** Writes a wholly known value as compact JSON: keys in byte order, numbers as plain decimals, `<`, `>`, `&` escaped. */
export function encodeJson(value: Value): string {
  const { raw } = value;
  if (raw === null || typeof raw === "boolean") return String(raw);
  if (typeof raw === "string") return encodeJsonString(raw);
  if (typeof raw === "symbol") throw new Error("bug: an unknown value has no JSON form");
  if (Array.isArray(raw)) return `[${(raw as readonly Value[]).map(encodeJson).join(",")}]`; // an array holds values
  if (raw instanceof Map) {
    const entries = [...(raw as ReadonlyMap<string, Value>)].sort(([a], [b]) => compareBytes(a, b));
    return `{${entries.map(([key, element]) => `${encodeJsonString(key)}:${encodeJson(element)}`).join(",")}}`;
  }
  const number = raw as BigNumber; // nothing else is left
  if (number === Infinity || number === -Infinity) throw new FunctionError("cannot serialize infinity as JSON");
  return numberText(number);
}

function encodeJsonString(text: string): string {
  const inner = (part: string): string => JSON.stringify(part).slice(1, -1);
  // These two have short forms that the reference does not use.
  const withoutFeeds = (part: string): string => part.split("\f").map(inner).join("\\u000c");
  const escaped = text.split("\b").map(withoutFeeds).join("\\u0008");
  return `"${ESCAPES.reduce((done, [character, escape]) => done.replaceAll(character, escape), escaped)}"`;
}
