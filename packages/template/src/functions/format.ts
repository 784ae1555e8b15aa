import {
  FunctionError,
  isNull,
  listType,
  listValue,
  numberType,
  stringType,
  stringValue,
  toBigInt,
  tryConvert,
  boolType,
  type BigNumber,
  type FunctionSpec,
  type Value,
} from "@ingot/hcl";
import { charactersOf } from "./characters.js";
import { arg, elementTypes, numberOf, param, textOf } from "./define.js";
import { formatFloat } from "./format-number.js";
import { encodeJson } from "./json-encode.js";
import { parseFormat, type FormatVerb } from "./parse-format.js";
import { goQuote } from "./go-quote.js";
import { conversionReason } from "./conversion-reason.js";

/** Renders a format string with its arguments. */
function formatText(format: string, args: readonly Value[]): string {
  let out = "";
  let highest = 0;
  for (const part of parseFormat(format)) {
    if (typeof part === "string") {
      out += part;
      continue;
    }
    highest = Math.max(highest, part.argIndex);
    const value = args[part.argIndex - 1];
    if (value === undefined) {
      const have = `need index ${part.argIndex} but have ${args.length} total`;
      throw new FunctionError(`not enough arguments for ${goQuote(part.raw)} at ${part.offset}: ${have}`);
    }
    out += formatVerb(part, value);
  }
  if (highest < args.length) {
    const rest = highest === 0 ? "no verbs in format string" : `only ${highest} used by format string`;
    throw new FunctionError(`too many arguments; ${rest}`, highest + 1);
  }
  return out;
}

/** Wider texts end the evaluation anyway; it is better not to make them. */
const MOST_WIDTH = 16 * 1024 * 1024;

function formatVerb(verb: FormatVerb, value: Value): string {
  if (Math.max(verb.width, verb.precision ?? 0) > MOST_WIDTH)
    throw new FunctionError(`width or precision of ${goQuote(verb.raw)} at ${verb.offset} is too large`);
  const fail = (reason: string): FunctionError =>
    new FunctionError(`unsupported value for ${goQuote(verb.raw)} at ${verb.offset}: ${reason}`);
  if (verb.letter === "v") return pad(verb, formatAny(verb, value));
  if (isNull(value)) throw fail("null value cannot be formatted");
  switch (verb.letter) {
    case "t": {
      const bool = tryConvert(value, boolType);
      if (bool === undefined) throw fail(conversionReason(value, boolType));
      return bool.raw === true ? "true" : "false";
    }
    case "b":
    case "d":
    case "o":
    case "x":
    case "X":
      return formatInteger(verb, verb.letter, numberFor(value, fail), fail);
    case "e":
    case "E":
    case "f":
    case "g":
    case "G":
      return padNumber(verb, withSign(verb, formatFloat(numberFor(value, fail), verb.letter, verb.precision)));
    case "s":
    case "q": {
      const text = tryConvert(value, stringType);
      if (text === undefined) throw fail(conversionReason(value, stringType));
      const cut = verb.precision === undefined ? textOf(text) : cutTo(textOf(text), verb.precision);
      return pad(verb, verb.letter === "s" ? cut : encodeJson(stringValue(cut)));
    }
    default:
      throw new FunctionError(
        `unsupported format verb '${verb.letter}' in ${goQuote(verb.raw)} at offset ${verb.offset}`,
      );
  }
}

function formatAny(verb: FormatVerb, value: Value): string {
  if (verb.sharp) return encodeJson(value);
  if (isNull(value)) return "null";
  if (typeof value.raw === "string") return value.raw;
  if (value.type.kind === "number") return formatFloat(numberOf(value), "g", undefined);
  return encodeJson(value);
}

function numberFor(value: Value, fail: (reason: string) => FunctionError): BigNumber {
  const number = tryConvert(value, numberType);
  if (number === undefined) throw fail(conversionReason(value, numberType));
  return numberOf(number);
}

function formatInteger(
  verb: FormatVerb,
  letter: "b" | "d" | "o" | "x" | "X",
  number: BigNumber,
  fail: (reason: string) => FunctionError,
): string {
  const whole = toBigInt(number);
  if (whole === undefined) throw fail("an integer is required");
  const radix = { b: 2, d: 10, o: 8, x: 16, X: 16 }[letter];
  const prefix = verb.sharp ? { b: "0b", d: "", o: "0", x: "0x", X: "0X" }[letter] : "";
  const magnitude = (whole < 0n ? -whole : whole).toString(radix).padStart(verb.precision ?? 0, "0");
  const digits = letter === "X" ? magnitude.toUpperCase() : magnitude;
  return padNumber(verb, withSign(verb, `${whole < 0n ? "-" : ""}${prefix}${digits}`));
}

function withSign(verb: FormatVerb, text: string): string {
  if (text.startsWith("-")) return text;
  const plain = text.startsWith("+") ? text.slice(1) : text;
  if (verb.plus) return `+${plain}`;
  return verb.space ? ` ${plain}` : text;
}

function padNumber(verb: FormatVerb, text: string): string {
  if (!verb.zero || verb.minus || text.endsWith("Inf")) return pad({ ...verb, zero: false }, text);
  const sign = /^[+\- ]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(verb.width - sign.length, "0");
}

function pad(verb: FormatVerb, text: string): string {
  const missing = verb.width - (verb.width === 0 ? 0 : charactersOf(text).length);
  if (missing <= 0) return text;
  if (verb.minus) return text + " ".repeat(missing);
  return (verb.zero ? "0" : " ").repeat(missing) + text;
}

function cutTo(text: string, length: number): string {
  return charactersOf(text).slice(0, length).join("");
}

const format: FunctionSpec = {
  name: "format",
  params: [param.string("format")],
  varParam: { ...param.nullable("args"), allowUnknown: false },
  returnType: stringType,
  impl: ([pattern, ...args]) => stringValue(formatText(textOf(arg([pattern ?? stringValue("")], 0)), args)),
};

const formatList: FunctionSpec = {
  name: "formatlist",
  params: [param.string("format")],
  varParam: { ...param.nullable("args"), allowUnknown: false },
  returnType: listType(stringType),
  impl: ([pattern, ...args]) => {
    const text = textOf(arg([pattern ?? stringValue("")], 0));
    if (args.length === 0) return listValue(stringType, [stringValue(formatText(text, []))]);
    const lists = args.map(
      (value) =>
        isNull(value) || elementTypes(value.type) === undefined ? undefined : (value.raw as readonly Value[]), // a known sequence
    );
    const first = lists.findIndex((list) => list !== undefined);
    const length = first < 0 ? 1 : (lists[first]?.length ?? 0);
    for (const [index, list] of lists.entries()) {
      if (list === undefined || list.length === length) continue;
      const problem = `argument ${index + 1} has length ${list.length}, which is inconsistent with argument ${first + 1} of length ${length}`;
      throw new FunctionError(problem, index + 1);
    }
    const rows = Array.from({ length }, (_, row) => args.map((value, index) => lists[index]?.[row] ?? value));
    return listValue(
      stringType,
      rows.map((row, at) => {
        try {
          return stringValue(formatText(text, row));
        } catch (error) {
          if (!(error instanceof FunctionError)) throw error;
          throw new FunctionError(`error on format iteration ${at}: ${error.message}`);
        }
      }),
    );
  },
};

/** `format` and `formatlist`. */
export const formatFunctions: readonly FunctionSpec[] = [format, formatList];
