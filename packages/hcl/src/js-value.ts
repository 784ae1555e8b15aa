import { numberText, toBigInt, toJsNumber, type BigNumber } from "./big-number.js";
import {
  boolValue,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  UNKNOWN,
  type Value,
} from "./value.js";

/** Plain data, as JSON has it, with bigint for whole numbers that a JS number cannot hold. */
export type JsValue =
  null | boolean | number | bigint | string | readonly JsValue[] | { readonly [key: string]: JsValue };

/**
 * Gives plain data: arrays for lists, sets and tuples, objects for maps and objects. Marks are dropped. An unknown value
 * becomes what `unknown` says, and throws when that is not given. A number with more digits than a JS number is rounded, a
 * whole one becomes a bigint.
 */
export function toJs(value: Value, options: { readonly unknown?: JsValue } = {}): JsValue {
  const { raw } = value;
  if (raw === UNKNOWN) {
    if (options.unknown === undefined) throw new Error("bug: an unknown value has no plain form");
    return options.unknown;
  }
  if (raw === null || typeof raw === "boolean" || typeof raw === "string") return raw;
  if (Array.isArray(raw)) return (raw as readonly Value[]).map((element) => toJs(element, options));
  if (raw instanceof Map) {
    const entries = [...(raw as ReadonlyMap<string, Value>)];
    return Object.fromEntries(entries.map(([key, element]) => [key, toJs(element, options)]));
  }
  return numberToJs(raw as BigNumber);
}

function numberToJs(number: BigNumber): number | bigint {
  if (typeof number === "number") return number;
  return number.mantissa === 0n ? -0 : (toBigInt(number) ?? toJsNumber(number));
}

/** Gives the value of plain data: tuples for arrays, objects for objects, an untyped null for null. */
export function fromJs(data: JsValue): Value {
  if (data === null) return nullValue();
  if (typeof data === "string") return stringValue(data);
  if (typeof data === "boolean") return boolValue(data);
  if (typeof data === "number" || typeof data === "bigint") return numberValue(data);
  if (Array.isArray(data)) return tupleValue((data as readonly JsValue[]).map(fromJs));
  const entries = Object.entries(data as Readonly<Record<string, JsValue>>);
  return objectValue(new Map(entries.map(([key, element]) => [key, fromJs(element)])));
}

/** The plain decimal text of a known number value, as `"${number}"` prints it. */
export function numberValueText(value: Value): string {
  return numberText(value.raw as BigNumber);
}
