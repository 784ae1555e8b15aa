import {
  canonicalText,
  convert,
  dynamicType,
  elementsOf,
  FunctionError,
  isKnown,
  listType,
  listValue,
  setType,
  setValue,
  tupleType,
  tupleValue,
  unifyTypes,
  unknownValue,
  type FunctionSpec,
  type Type,
  type Value,
} from "@ingot/hcl";
import { elementTypes, param } from "./define.js";

function setOperation(name: string, combine: (a: readonly Value[], b: readonly Value[]) => Value[]): FunctionSpec {
  const set = (of: string) => ({ name: of, type: setType(dynamicType) });
  return {
    name,
    params: [set("first_set")],
    varParam: set("other_sets"),
    returnType: (args) => {
      // Empty sets of any type don't count, but when there is nothing else.
      const types = args.map((value) => elementTypes(value.type)?.[0] ?? dynamicType);
      const open = types.every(({ kind }, at) => kind !== "dynamic" || isEmptySet(args[at]));
      const typed = open ? types.filter(({ kind }) => kind !== "dynamic") : types;
      const type = typed.length === 0 ? dynamicType : unifyTypes(typed);
      if (type === undefined) throw new FunctionError("given sets must all have compatible element types");
      return setType(type);
    },
    impl: (args, returnType) => {
      const element = elementTypes(returnType)?.[0] ?? dynamicType;
      const sets = args.map((value) => elementsOf(convert(value, returnType)));
      return setValue(
        element,
        sets.reduce((all, next) => combine(all, next)),
      );
    },
  };
}

function isEmptySet(value: Value | undefined): boolean {
  return value !== undefined && Array.isArray(value.raw) && value.raw.length === 0;
}

/** The elements of `a` that `b` has too. What is not known equals nothing. */
function inBoth(a: readonly Value[], b: readonly Value[]): Value[] {
  const texts = new Set(b.map(canonicalText));
  texts.delete(undefined);
  return a.filter((value) => texts.has(canonicalText(value)));
}

/** The element type of one argument of `setproduct`. */
function factorType(value: Value, index: number): Type {
  const types = elementTypes(value.type);
  if (types === undefined) throw new FunctionError("a set or a list is required", index);
  const unified = types.length === 0 ? dynamicType : unifyTypes(types);
  if (unified === undefined) throw new FunctionError("all elements must be of the same type", index);
  return unified;
}

function productType(args: readonly Value[]): Type {
  if (args.length < 2) throw new FunctionError("at least two arguments are required");
  const tuple = tupleType(args.map(factorType));
  return args.every((value) => value.type.kind === "set") ? setType(tuple) : listType(tuple);
}

const MOST_CELLS = 4_000_000;

const setProduct: FunctionSpec = {
  name: "setproduct",
  params: [],
  varParam: param.any("sets"),
  returnType: productType,
  impl: (args, returnType) => {
    if (!args.every(isKnown)) return unknownValue(returnType);
    const tuple = elementTypes(returnType)?.[0] ?? dynamicType;
    const factors = args.map((value, index) => elementsOf(value).map((one) => convert(one, factorType(value, index))));
    const cells = factors.reduce((count, factor) => count * factor.length, factors.length);
    if (cells > MOST_CELLS) throw new FunctionError("the result would be too large");
    let rows: Value[][] = [[]];
    for (const factor of factors) rows = rows.flatMap((row) => factor.map((value) => [...row, value]));
    const tuples = rows.map(tupleValue);
    return returnType.kind === "set" ? setValue(tuple, tuples) : listValue(tuple, tuples);
  },
};

/** The functions of sets. */
export const setFunctions: readonly FunctionSpec[] = [
  setOperation("setintersection", inBoth),
  setOperation("setunion", (a, b) => [...a, ...b]),
  setProduct,
];
