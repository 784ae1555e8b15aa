import {
  boolValue,
  dynamicType,
  elementsOf,
  FunctionError,
  numberType,
  numberValue,
  stringType,
  stringValue,
  toBigInt,
  type BigNumber,
  type FunctionParam,
  type FunctionSpec,
  type Type,
  type Value,
} from "@ingot/hcl";

/** Parameters of the common kinds. */
export const param = {
  string: (name: string): FunctionParam => ({ name, type: stringType }),
  number: (name: string): FunctionParam => ({ name, type: numberType }),
  any: (name: string): FunctionParam => ({ name, type: dynamicType }),
  /** Known itself, but perhaps with unknown elements. */
  partial: (name: string): FunctionParam => ({ name, type: dynamicType, allowUnknown: "elements" }),
  nullable: (name: string): FunctionParam => ({ name, type: dynamicType, allowNull: true }),
};

/** A function of strings that gives a string. */
export function stringFunction(
  name: string,
  params: readonly string[],
  impl: (...args: string[]) => string,
): FunctionSpec {
  return {
    name,
    params: params.map(param.string),
    returnType: stringType,
    impl: (args) => stringValue(impl(...args.map(textOf))),
  };
}

/** A function of strings that gives a bool. */
export function stringTest(
  name: string,
  params: readonly string[],
  impl: (...args: string[]) => boolean,
): FunctionSpec {
  return {
    name,
    params: params.map(param.string),
    returnType: { kind: "bool" },
    impl: (args) => boolValue(impl(...args.map(textOf))),
  };
}

/** The argument at an index. A missing one is a bug: the evaluator has counted them. */
export function arg(args: readonly Value[], index: number): Value {
  const value = args[index];
  if (value === undefined) throw new Error(`bug: argument ${index} is missing`);
  return value;
}

/** The text of a known string value. */
export function textOf(value: Value): string {
  if (typeof value.raw !== "string") throw new Error(`bug: a ${value.type.kind} where a string was promised`);
  return value.raw;
}

/** The number of a known number value. */
export function numberOf(value: Value): BigNumber {
  if (value.type.kind !== "number" || value.raw === null || typeof value.raw === "symbol")
    throw new Error(`bug: a ${value.type.kind} where a number was promised`);
  return value.raw as BigNumber; // the type says so
}

const INT64 = 1n << 63n;

/** A whole number of 64 bits, with the reference's error for anything else. */
export function wholeNumberOf(value: Value, options: { prefix?: string; argIndex?: number } = {}): number {
  const whole = toBigInt(numberOf(value));
  if (whole === undefined || whole < -INT64 || whole >= INT64)
    throw new FunctionError(
      `${options.prefix ?? ""}value must be a whole number, between ${-INT64} and ${INT64 - 1n}`,
      options.argIndex,
    );
  return Number(whole);
}

export function textValueList(texts: readonly string[]): Value {
  return { ...emptyList, raw: texts.map(stringValue) };
}

const emptyList: Value = { type: { kind: "list", element: stringType }, raw: [], marks: new Set() };

export function integerValue(value: number): Value {
  return numberValue(value);
}

/** The types of the elements of a list, set or tuple type; `undefined` for any other. A collection gives one type. */
export function elementTypes(type: Type): readonly Type[] | undefined {
  if (type.kind === "tuple") return type.elements;
  return type.kind === "list" || type.kind === "set" ? [type.element] : undefined;
}

/** The elements of a known list, set or tuple; the argument is at fault when it is something else. */
export function sequenceOf(value: Value): readonly Value[] {
  return elementsOf(value);
}
