import {
  addNumbers,
  bigNumberValue,
  compareNumbers,
  FunctionError,
  isInteger,
  negateNumber,
  numberFromBigInt,
  numberFromJs,
  numberType,
  parseNumber,
  toJsNumber,
  type BigNumber,
  type FunctionSpec,
  type Value,
} from "@ingot/hcl";
import { arg, numberOf, param, textOf, wholeNumberOf } from "./define.js";

function unary(name: string, impl: (value: BigNumber) => BigNumber): FunctionSpec {
  return {
    name,
    params: [param.number("num")],
    returnType: numberType,
    impl: (args) => bigNumberValue(impl(numberOf(arg(args, 0)))),
  };
}

/** The next whole number below (-1) or above (+1), or the number itself when it is whole. */
function roundTo(value: BigNumber, direction: -1 | 1): BigNumber {
  if (typeof value === "number" || isInteger(value)) return value;
  const towardZero = value.mantissa >> BigInt(-value.exponent);
  const magnitude = value.negative === direction < 0 ? towardZero + 1n : towardZero;
  return numberFromBigInt(value.negative ? -magnitude : magnitude);
}

function overFloats(
  name: string,
  params: readonly [string, string],
  impl: (a: number, b: number) => number,
): FunctionSpec {
  return {
    name,
    params: params.map(param.number),
    returnType: numberType,
    impl: (args) => {
      const result = impl(toJsNumber(numberOf(arg(args, 0))), toJsNumber(numberOf(arg(args, 1))));
      if (Number.isNaN(result)) throw new FunctionError("the result is not a number");
      return bigNumberValue(numberFromJs(result));
    },
  };
}

function extreme(name: string, isBetter: (order: number) => boolean): FunctionSpec {
  return {
    name,
    params: [],
    varParam: param.number("numbers"),
    returnType: numberType,
    impl: (args) => {
      if (args.length === 0) throw new FunctionError("must pass at least one number");
      return args.reduce((best, value) => (isBetter(compareNumbers(numberOf(value), numberOf(best))) ? value : best));
    },
  };
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function parseDigits(text: string, base: number): bigint | undefined {
  const match = /^([+-]?)([0-9a-zA-Z]+)$/.exec(text);
  if (!match) return undefined;
  let result = 0n;
  for (const character of match[2] ?? "") {
    const digit = DIGITS.indexOf(base <= 36 ? character.toLowerCase() : character);
    if (digit >= base) return undefined;
    result = result * BigInt(base) + BigInt(digit);
  }
  return match[1] === "-" ? -result : result;
}

const MOST_DIGITS = 10_000;

const parseInteger: FunctionSpec = {
  name: "parseint",
  params: [param.any("number"), param.number("base")],
  returnType: (args) => {
    const { type } = arg(args, 0);
    if (type.kind !== "string" && type.kind !== "dynamic")
      throw new FunctionError(`first argument must be a string, not ${friendly(arg(args, 0))}`, 0);
    return numberType;
  },
  impl: (args) => {
    const text = textOf(arg(args, 0));
    const base = wholeNumberOf(arg(args, 1), { argIndex: 1 });
    if (base < 2 || base > 62) throw new FunctionError("base must be a whole number between 2 and 62 inclusive", 1);
    if (text.length > MOST_DIGITS) throw new FunctionError(`numbers have at most ${MOST_DIGITS} digits here`, 0);
    const value = parseDigits(text, base);
    if (value === undefined)
      throw new FunctionError(`cannot parse ${JSON.stringify(text)} as a base ${base} integer`, 0);
    return bigNumberValue(numberFromBigInt(value));
  },
};

function friendly(value: Value): string {
  return value.type.kind;
}

function summand(value: Value): BigNumber {
  const { raw } = value;
  const number =
    value.type.kind === "number" && raw !== null && typeof raw !== "symbol"
      ? (raw as BigNumber) // the type says so
      : typeof raw === "string"
        ? parseNumber(raw)
        : undefined;
  if (number === undefined) throw new FunctionError("argument must be list, set, or tuple of number values", 0);
  return number;
}

const sum: FunctionSpec = {
  name: "sum",
  params: [param.any("list")],
  returnType: numberType,
  impl: (args) => {
    const list = arg(args, 0);
    if (list.type.kind === "object" || list.type.kind === "map")
      throw new FunctionError(`argument must be list, set, or tuple. Received ${friendlyName(list)}`, 0);
    if (!Array.isArray(list.raw)) throw new FunctionError("cannot sum noniterable", 0);
    const elements = list.raw as readonly Value[]; // an array is the content of a sequence
    if (elements.length === 0) throw new FunctionError("cannot sum an empty list", 0);
    return bigNumberValue(
      elements.map(summand).reduce((total, value) => {
        const next = addNumbers(total, value);
        if (next === undefined) throw new FunctionError("can't compute sum of opposing infinities");
        return next;
      }),
    );
  },
};

function friendlyName(value: Value): string {
  return value.type.kind;
}

/** The functions that compute with numbers. */
export const numberFunctions: readonly FunctionSpec[] = [
  unary("abs", (value) => (compareNumbers(value, 0) < 0 ? negateNumber(value) : value)),
  unary("ceil", (value) => roundTo(value, 1)),
  unary("floor", (value) => roundTo(value, -1)),
  {
    name: "signum",
    params: [param.number("num")],
    returnType: numberType,
    impl: (args) => bigNumberValue(Math.sign(wholeNumberOf(arg(args, 0)))),
  },
  overFloats("log", ["num", "base"], (value, base) => Math.log(value) / Math.log(base)),
  overFloats("pow", ["num", "power"], (value, power) => value ** power),
  extreme("max", (order) => order > 0),
  extreme("min", (order) => order < 0),
  parseInteger,
  sum,
];
