/**
 * A number of the language: a JS number when it is a safe integer or an infinity, else an exact binary fraction with at most
 * 512 bits of mantissa, as the reference computes. Build one with `parseNumber` or `numberFromJs`, never by hand.
 */
export type BigNumber = number | BinaryFraction;

/** `mantissa * 2^exponent` with an odd mantissa, or negative zero (mantissa 0, `negative`). */
export interface BinaryFraction {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}

const PRECISION = 512;

/** Beyond this power of two (over a hundred thousand digits) a number counts as infinite: no template may fill the memory, or take all the time. */
const MAX_EXPONENT = 400_000;

export const NEGATIVE_ZERO: BinaryFraction = { negative: true, mantissa: 0n, exponent: 0 };

function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const hex = value.toString(16);
  return hex.length * 4 - (Math.clz32(parseInt(hex.charAt(0), 16)) - 28);
}

function trailingZeros(value: bigint): number {
  let count = 0;
  while ((value & 0xffffffffn) === 0n) {
    value >>= 32n;
    count += 32;
  }
  const low = Number(value & 0xffffffffn);
  return count + 31 - Math.clz32(low & -low);
}

/** Rounds `±mantissa * 2^exponent` to 512 bits, half to even, and picks the smallest form. */
export function makeNumber(negative: boolean, mantissa: bigint, exponent: number): BigNumber {
  if (mantissa === 0n) return negative ? NEGATIVE_ZERO : 0;
  const excess = bitLength(mantissa) - PRECISION;
  if (excess > 0) {
    const shift = BigInt(excess);
    const rest = mantissa & ((1n << shift) - 1n);
    const half = 1n << (shift - 1n);
    mantissa >>= shift;
    exponent += excess;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
  }
  const zeros = trailingZeros(mantissa);
  if (zeros > 0) {
    mantissa >>= BigInt(zeros);
    exponent += zeros;
  }
  const magnitude = exponent + bitLength(mantissa);
  if (magnitude > MAX_EXPONENT) return negative ? -Infinity : Infinity;
  if (magnitude < -MAX_EXPONENT) return negative ? NEGATIVE_ZERO : 0;
  if (exponent >= 0 && magnitude <= 53) {
    const small = Number(mantissa) * 2 ** exponent;
    return negative ? -small : small;
  }
  return { negative, mantissa, exponent };
}

/** Gives an integer. */
export function numberFromBigInt(value: bigint): BigNumber {
  return value < 0n ? makeNumber(true, -value, 0) : makeNumber(false, value, 0);
}

/** The parts of any finite number. */
export function partsOf(value: BigNumber): BinaryFraction {
  if (typeof value !== "number") return value;
  return { negative: value < 0, mantissa: BigInt(Math.abs(value)), exponent: 0 };
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a decimal number with optional sign, fraction and exponent, or an infinity (`inf`, `Inf`, `+Inf`, `-inf`).
 * Gives undefined for anything else.
 */
export function parseNumber(text: string): BigNumber | undefined {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  const infinity = /^([+-]?)[iI]nf$/.exec(text);
  if (infinity) return infinity[1] === "-" ? -Infinity : Infinity;
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const negative = sign === "-";
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return negative ? NEGATIVE_ZERO : 0;
  const power = Number(exponentText) - fraction.length;
  if (power > MAX_EXPONENT / 3) return negative ? -Infinity : Infinity;
  if (power < -MAX_EXPONENT / 3) return negative ? NEGATIVE_ZERO : 0;
  if (power >= 0) return makeNumber(negative, digits * 5n ** BigInt(power), power);
  return divideParts(negative, digits, 5n ** BigInt(-power), power);
}

/** Gives the number whose shortest decimal text is that of the JS number: `0.1` becomes the decimal 0.1. NaN is a bug. */
export function numberFromJs(value: number): BigNumber {
  if (Number.isNaN(value)) throw new Error("bug: NaN is not a number of the language");
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value;
  if (value === Infinity || value === -Infinity) return value;
  return parseNumber(Object.is(value, -0) ? "-0" : String(value)) ?? 0;
}

/** Rounds `±numerator / denominator * 2^exponent`. */
export function divideParts(negative: boolean, numerator: bigint, denominator: bigint, exponent: number): BigNumber {
  const shift = Math.max(0, PRECISION + 2 - bitLength(numerator) + bitLength(denominator));
  const scaled = numerator << BigInt(shift);
  const quotient = scaled / denominator;
  const sticky = quotient * denominator !== scaled;
  // One extra low bit keeps "exactly half" apart from "a little more than half".
  return makeNumber(negative, (quotient << 1n) | (sticky ? 1n : 0n), exponent - shift - 1);
}

/** Tells whether the number is finite and has no fraction. */
export function isInteger(value: BigNumber): boolean {
  return typeof value === "number" ? Number.isFinite(value) : value.exponent >= 0 || value.mantissa === 0n;
}

/** Gives a whole number as a bigint, or undefined when the number has a fraction or is infinite. */
export function toBigInt(value: BigNumber): bigint | undefined {
  if (!isInteger(value)) return undefined;
  if (typeof value === "number") return BigInt(value);
  const magnitude = value.mantissa << BigInt(value.exponent);
  return value.negative ? -magnitude : magnitude;
}

/** Gives the nearest JS number. */
export function toJsNumber(value: BigNumber): number {
  if (typeof value === "number") return value;
  if (value.mantissa === 0n) return -0;
  const excess = bitLength(value.mantissa) - 1000;
  const [mantissa, exponent] =
    excess > 0 ? [value.mantissa >> BigInt(excess), value.exponent + excess] : [value.mantissa, value.exponent];
  if (exponent >= -1074 && exponent <= 0 && bitLength(mantissa) <= 53) {
    // Exact, or rounded once into a subnormal.
    return (value.negative ? -1 : 1) * scaleByPowerOfTwo(Number(mantissa), exponent);
  }
  return Number(numberText(value));
}

function scaleByPowerOfTwo(value: number, exponent: number): number {
  return exponent < -1000 ? value * 2 ** -1000 * 2 ** (exponent + 1000) : value * 2 ** exponent;
}

/**
 * Writes the shortest plain decimal that identifies the number at 512 bits: no exponent, `-0` for negative zero, `+Inf` and
 * `-Inf` for the infinities.
 */
export function numberText(value: BigNumber): string {
  if (typeof value === "number") {
    if (value === Infinity) return "+Inf";
    if (value === -Infinity) return "-Inf";
    return String(value);
  }
  const sign = value.negative ? "-" : "";
  if (value.mantissa === 0n) return sign + "0";
  return sign + plainDecimal(...shortestDigits(value));
}

/** More digits than any 512-bit number needs. */
const HEAD_DIGITS = 170;

/** The digits and the power of ten of the shortest decimal within half a unit in the last place. */
function shortestDigits({ mantissa, exponent }: BinaryFraction): [digits: bigint, power: number] {
  // Bring the mantissa to 513 bits: its neighbours are then half a unit of the 512-bit number away.
  const widen = PRECISION + 1 - bitLength(mantissa);
  const center = mantissa << BigInt(widen);
  const scale = exponent - widen;
  // As integers times 10^-places.
  const places = scale < 0 ? -scale : 0;
  const factor = scale < 0 ? 5n ** BigInt(places) : 1n << BigInt(scale);
  const exact = center * factor;
  // Both bounds count as the number itself only when the 512-bit mantissa is even.
  const reach = (center & 2n) === 0n ? factor : factor - 1n;
  // What comes after the head has too many digits to compute with, and only tells whether the head is all.
  const cut = Math.max(0, Math.floor(bitLength(exact) * Math.LOG10E * Math.LN2) - HEAD_DIGITS);
  const tail = 10n ** BigInt(cut);
  const head = exact / tail;
  const isCut = head * tail !== exact;
  const lowest = (exact - reach + tail - 1n) / tail;
  const highest = (exact + reach) / tail;
  for (let dropped = head.toString().length; dropped > 0; dropped--) {
    const unit = 10n ** BigInt(dropped);
    let digits = head / unit;
    const down = digits * unit >= lowest;
    const up = (digits + 1n) * unit <= highest;
    if (!down && !up) continue;
    const rest = (head - digits * unit) * 2n;
    if (up && (!down || rest > unit || (rest === unit && (isCut || (digits & 1n) === 1n)))) digits += 1n;
    return [digits, dropped + cut - places];
  }
  return [exact, -places];
}

function plainDecimal(digits: bigint, power: number): string {
  const text = digits.toString();
  if (power >= 0) return text + "0".repeat(power);
  const padded = text.padStart(1 - power, "0");
  const whole = padded.slice(0, padded.length + power);
  const fraction = padded.slice(padded.length + power).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
