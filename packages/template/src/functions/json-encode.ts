import { compareBytes, FunctionError, numberText, type BigNumber, type Value } from "@ingot/hcl";

const ESCAPES: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

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
  return JSON.stringify(text)
    .replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character)
    .replace(/\\b|\\f|\\\\/g, (escape) => (escape === "\\b" ? "\\u0008" : escape === "\\f" ? "\\u000c" : escape));
}
