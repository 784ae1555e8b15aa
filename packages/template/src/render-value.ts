import { isNull, isWhollyKnown, numberFromJs, toBigInt, toJsNumber, type BigNumber, type Value } from "@ingot/hcl";
import { formatFloat } from "./functions/format-number.js";
import { goQuote } from "./functions/go-quote.js";

const INT64 = 1n << 63n;

/** Writes a value as the console and `inspect` show it: a string plain, collections over several lines. */
export function renderValue(value: Value): string {
  if (!isWhollyKnown(value)) return "<unknown>";
  return typeof value.raw === "string" ? value.raw : renderNested(value);
}

function renderNested(value: Value): string {
  const { raw } = value;
  if (raw === null) return "null";
  if (typeof raw === "boolean") return String(raw);
  if (typeof raw === "string") return goQuote(raw);
  if (Array.isArray(raw)) {
    const lines = (raw as readonly Value[]).map((element) => `${indented(renderNested(element))},\n`); // an array holds values
    return lines.length === 0 ? "[]" : `[\n${lines.join("")}]`;
  }
  if (raw instanceof Map) {
    const entries = [...(raw as ReadonlyMap<string, Value>)].filter(([, element]) => !isNull(element));
    const lines = entries.map(([key, element]) => `${indented(`${goQuote(key)} = ${renderNested(element)}`)}\n`);
    return lines.length === 0 ? "{}" : `{\n${lines.join("")}}`;
  }
  return renderNumber(raw as BigNumber); // nothing else is left
}

function renderNumber(number: BigNumber): string {
  const whole = toBigInt(number);
  if (whole !== undefined && whole >= -INT64 && whole < INT64) return whole.toString();
  return formatFloat(numberFromJs(toJsNumber(number)), "g", undefined);
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
