import {
  divideParts,
  isInteger,
  makeNumber,
  NEGATIVE_ZERO,
  numberText,
  partsOf,
  type BigNumber,
  type BinaryFraction,
} from "./big-number.js";

/** Tells whether the number is below zero or is negative zero. */
function isNegative(value: BigNumber): boolean {
  return typeof value === "number" ? value < 0 : value.negative;
}

function isInfinite(value: BigNumber): value is number {
  return value === Infinity || value === -Infinity;
}

function isZero(value: BigNumber): boolean {
  return typeof value === "number" ? value === 0 : value.mantissa === 0n;
}

export function negateNumber(value: BigNumber): BigNumber {
  if (typeof value === "number") return value === 0 ? NEGATIVE_ZERO : -value;
  return value.mantissa === 0n ? 0 : { ...value, negative: !value.negative };
}

/** Adds. Gives undefined for infinities of opposite sign. */
export function addNumbers(a: BigNumber, b: BigNumber): BigNumber | undefined {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isNaN(sum)) return undefined;
    if (Number.isSafeInteger(sum) || isInfinite(sum)) return sum;
  }
  if (isInfinite(a)) return a;
  if (isInfinite(b)) return b;
  const left = partsOf(a);
  const right = partsOf(b);
  if (left.mantissa === 0n || right.mantissa === 0n) {
    if (left.mantissa !== 0n) return a;
    if (right.mantissa !== 0n) return b;
    return left.negative && right.negative ? NEGATIVE_ZERO : 0;
  }
  const [exponent, x, y] = align(left, right);
  const sum = x + y;
  return sum < 0n ? makeNumber(true, -sum, exponent) : makeNumber(false, sum, exponent);
}

/** Signed mantissas over one exponent. A number too small to touch the other's 512 bits is cut to a sticky bit. */
function align(a: BinaryFraction, b: BinaryFraction): [exponent: number, a: bigint, b: bigint] {
  const gap = a.exponent - b.exponent;
  if (gap < 0) {
    const [exponent, y, x] = align(b, a);
    return [exponent, x, y];
  }
  if (gap > 4096 && a.mantissa !== 0n && b.mantissa !== 0n)
    return [a.exponent - 2048, signed(a) << 2048n, b.negative ? -1n : 1n];
  return [b.exponent, signed(a) << BigInt(a.mantissa === 0n ? 0 : gap), signed(b)];
}

function signed(parts: BinaryFraction): bigint {
  return parts.negative ? -parts.mantissa : parts.mantissa;
}

/** Subtracts. Gives undefined for equal infinities. */
export function subtractNumbers(a: BigNumber, b: BigNumber): BigNumber | undefined {
  if (isZero(b) && !isNegative(b)) return a;
  return addNumbers(a, negateNumber(b));
}

/** Multiplies. Gives undefined for zero times infinity. */
export function multiplyNumbers(a: BigNumber, b: BigNumber): BigNumber | undefined {
  const negative = isNegative(a) !== isNegative(b);
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isNaN(product)) return undefined;
    if (product !== 0 && (Number.isSafeInteger(product) || isInfinite(a) || isInfinite(b))) return product;
  }
  if (isInfinite(a) || isInfinite(b)) {
    if (isZero(a) || isZero(b)) return undefined;
    return negative ? -Infinity : Infinity;
  }
  const left = partsOf(a);
  const right = partsOf(b);
  return makeNumber(negative, left.mantissa * right.mantissa, left.exponent + right.exponent);
}

/** Divides; a finite number by zero is infinite. Gives undefined for zero by zero and infinity by infinity. */
export function divideNumbers(a: BigNumber, b: BigNumber): BigNumber | undefined {
  const negative = isNegative(a) !== isNegative(b);
  if (isInfinite(a)) return isInfinite(b) ? undefined : negative ? -Infinity : Infinity;
  if (isInfinite(b)) return negative ? NEGATIVE_ZERO : 0;
  if (isZero(b)) return isZero(a) ? undefined : negative ? -Infinity : Infinity;
  const left = partsOf(a);
  const right = partsOf(b);
  return divideParts(negative, left.mantissa, right.mantissa, left.exponent - right.exponent);
}

/**
 * The remainder of a division that truncates toward zero, rounded at each step as the reference does. By zero it gives `a`; with an
 * infinity it gives what the product gives.
 */
export function moduloNumbers(a: BigNumber, b: BigNumber): BigNumber | undefined {
  if (isInfinite(a) || isInfinite(b)) return multiplyNumbers(a, b);
  if (isZero(b)) return a;
  const quotient = divideNumbers(a, b);
  const product = quotient === undefined ? undefined : multiplyNumbers(truncateNumber(quotient), b);
  return product === undefined ? undefined : subtractNumbers(a, product);
}

/** Drops the fraction. */
export function truncateNumber(value: BigNumber): BigNumber {
  if (typeof value === "number" || value.exponent >= 0) return value;
  return makeNumber(value.negative, value.mantissa >> BigInt(-value.exponent), 0);
}

/** Compares: negative when `a` is smaller, 0 when equal, positive when larger. Negative zero equals zero. */
export function compareNumbers(a: BigNumber, b: BigNumber): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  if (isInfinite(a)) return a > 0 ? 1 : -1;
  if (isInfinite(b)) return b > 0 ? -1 : 1;
  const left = partsOf(a);
  const right = partsOf(b);
  if (left.mantissa === 0n && right.mantissa === 0n) return 0;
  const [, x, y] = align(left, right);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Equality of the language: exact for integers, else by the shortest decimal text. */
export function numbersEqual(a: BigNumber, b: BigNumber): boolean {
  if (typeof a === "number" && typeof b === "number") return a === b;
  if (compareNumbers(a, b) === 0) return true;
  if (isInteger(a) && isInteger(b)) return false;
  return numberText(a) === numberText(b);
}
