import { numberText, toBigInt, type BigNumber } from "@ingot/hcl";

/** Decimal digits without leading zeros, and where the point stands: the value is 0.DIGITS * 10^point. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

export type NumberVerb = "e" | "E" | "f" | "g" | "G";

/** Writes a number like C's printf. Without a precision `e` and `f` use 6 and `g` the shortest exact text. */
export function formatFloat(value: BigNumber, verb: NumberVerb, precision: number | undefined): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  const isShortest = precision === undefined && (verb === "g" || verb === "G");
  const decimal = isShortest ? decimalOf(numberText(value)) : exactDecimal(value);
  const sign = decimal.negative ? "-" : "";
  if (verb === "f") return sign + fixed(decimal, precision ?? 6);
  if (verb === "e" || verb === "E") return sign + exponential(decimal, precision ?? 6, verb);
  return sign + general(decimal, precision, verb);
}

function general(decimal: Decimal, precision: number | undefined, verb: "g" | "G"): string {
  const wanted = precision === 0 ? 1 : precision;
  const rounded = wanted === undefined ? decimal : roundDigits(decimal, wanted);
  const digits = rounded.digits.replace(/0+$/, "");
  const shown = { ...rounded, digits };
  let limit = wanted ?? 6;
  if (wanted !== undefined && limit > digits.length && digits.length >= shown.point) limit = digits.length;
  const exponent = digits === "" ? 0 : shown.point - 1;
  if (exponent < -4 || exponent >= Math.max(limit, 1))
    return exponential(shown, Math.max(digits.length - 1, 0), verb === "g" ? "e" : "E");
  return fixed(shown, Math.max(digits.length - shown.point, 0));
}

function fixed(decimal: Decimal, places: number): string {
  const { digits, point } = roundDigits(decimal, Math.max(decimal.point + places, 0), true);
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const leading = point < 0 ? "0".repeat(Math.min(-point, places)) : "";
  const fraction = (leading + digits.slice(Math.max(point, 0))).padEnd(places, "0").slice(0, places);
  return places === 0 ? whole : `${whole}.${fraction}`;
}

function exponential(decimal: Decimal, places: number, letter: "e" | "E"): string {
  const { digits, point } = roundDigits(decimal, places + 1);
  const exponent = digits === "" ? 0 : point - 1;
  const first = digits.charAt(0) || "0";
  const rest = digits.slice(1).padEnd(places, "0");
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${first}${places > 0 ? `.${rest}` : ""}${letter}${exponent < 0 ? "-" : "+"}${size}`;
}

/** Keeps so many digits, rounding half to even. `mayVanish`: with none to keep the result may still round up to one. */
function roundDigits(decimal: Decimal, keep: number, mayVanish = false): Decimal {
  const { digits } = decimal;
  if (digits.length <= keep) return decimal;
  if (keep === 0 && (!mayVanish || decimal.point < 0)) return { ...decimal, digits: "" };
  const next = digits.charAt(keep);
  const isHalf = next === "5" && /^0*$/.test(digits.slice(keep + 1));
  const last = keep > 0 ? Number(digits.charAt(keep - 1)) : 0;
  const up = isHalf ? last % 2 === 1 : next >= "5";
  const kept = digits.slice(0, keep);
  if (!up) return { ...decimal, digits: kept };
  const raised = (BigInt(kept === "" ? "0" : kept) + 1n).toString().padStart(keep, "0");
  return raised.length > keep
    ? { ...decimal, digits: raised, point: decimal.point + 1 }
    : { ...decimal, digits: raised };
}

function decimalOf(text: string): Decimal {
  const negative = text.startsWith("-");
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const all = whole + fraction;
  const digits = all.replace(/^0+/, "");
  return { negative, digits, point: whole.length - (all.length - digits.length) };
}

function exactDecimal(value: BigNumber): Decimal {
  const whole = toBigInt(value);
  if (whole !== undefined || typeof value === "number") return decimalOf(numberText(value));
  const digits = (value.mantissa * 5n ** BigInt(-value.exponent)).toString();
  return { negative: value.negative, digits, point: digits.length + value.exponent };
}
