import {
  boolType,
  boolValue,
  canonicalText,
  convert,
  dynamicType,
  elementsOf,
  entriesOf,
  equals,
  FunctionError,
  friendlyTypeName,
  isKnown,
  isNull,
  isWhollyKnown,
  listType,
  listValue,
  mapType,
  mapValue,
  numberType,
  objectType,
  objectValue,
  stringType,
  stringValue,
  tupleType,
  tupleValue,
  unifyTypes,
  UNKNOWN,
  unknownValue,
  type FunctionParam,
  type FunctionSpec,
  type Type,
  type Value,
} from "@ingot/hcl";
import { arg, elementTypes, integerValue, param, textOf, textValueList, wholeNumberOf } from "./define.js";
import { lookup, merge } from "./map-functions.js";
import { rangeOf } from "./range.js";
import { setFunctions } from "./set-functions.js";

const anyList = (name: string): FunctionParam => ({ name, type: listType(dynamicType), allowUnknown: "elements" });

function boolTest(name: string, isEvery: boolean): FunctionSpec {
  return {
    name,
    params: [{ name: "list", type: listType(boolType), allowUnknown: "elements" }],
    returnType: boolType,
    impl: (args) => {
      const elements = elementsOf(arg(args, 0));
      // A null counts as false. What is unknown stops `alltrue` at once, but a true in any place decides `anytrue`.
      const decisive = elements.findIndex((one) => (one.raw === true) !== isEvery && (isEvery || isKnown(one)));
      if (decisive < 0) return elements.every(isKnown) ? boolValue(isEvery) : unknownValue(boolType);
      return elements[decisive]?.raw === UNKNOWN ? unknownValue(boolType) : boolValue(!isEvery);
    },
  };
}

const chunkList: FunctionSpec = {
  name: "chunklist",
  params: [anyList("list"), param.number("size")],
  returnType: (args) => listType(arg(args, 0).type),
  impl: (args) => {
    const list = arg(args, 0);
    const elements = elementsOf(list);
    const size = wholeNumberOf(arg(args, 1), { prefix: "invalid size: " });
    if (size < 0) throw new FunctionError("the size argument must be positive");
    const step = size === 0 ? Math.max(elements.length, 1) : size;
    const chunks: Value[] = [];
    for (let at = 0; at < elements.length; at += step) chunks.push({ ...list, raw: elements.slice(at, at + step) });
    return listValue(list.type, chunks);
  },
};

const coalesce: FunctionSpec = {
  name: "coalesce",
  params: [],
  varParam: { ...param.nullable("vals"), allowUnknown: true, allowDynamic: true },
  returnType: (args) => {
    const type = unifyTypes(args.map((value) => value.type));
    if (type === undefined) throw new FunctionError("all arguments must have the same type");
    return type;
  },
  impl: (args, returnType) => {
    for (const value of args) {
      if (isNull(value)) continue;
      const converted = convert(value, returnType);
      if (!isKnown(converted)) return unknownValue(returnType);
      if (converted.raw !== "") return converted;
    }
    throw new FunctionError("no non-null, non-empty-string arguments");
  },
};

/** The first list or tuple that is not empty; `undefined` while that is unknown. */
function firstFilled(args: readonly Value[]): Value | undefined {
  if (args.length === 0) throw new FunctionError("at least one argument is required");
  for (const value of args) {
    if (elementTypes(value.type) === undefined || value.type.kind === "set")
      throw new FunctionError("coalescelist arguments must be lists or tuples");
    if (isNull(value)) continue;
    if (!isKnown(value)) return undefined;
    if (elementsOf(value).length > 0) return value;
  }
  throw new FunctionError("no non-null arguments");
}

const coalesceList: FunctionSpec = {
  name: "coalescelist",
  params: [],
  varParam: { ...param.nullable("lists"), allowUnknown: true, allowDynamic: true },
  returnType: (args) => firstFilled(args)?.type ?? dynamicType,
  impl: (args, returnType) => firstFilled(args) ?? unknownValue(returnType),
};

const compact: FunctionSpec = {
  name: "compact",
  params: [{ name: "list", type: listType(stringType) }],
  returnType: listType(stringType),
  impl: (args) =>
    textValueList(
      elementsOf(arg(args, 0)).flatMap((element) => (isNull(element) || element.raw === "" ? [] : [textOf(element)])),
    ),
};

/** What `flatMap` does, which is several times slower for long lists. */
function joined<T>(args: readonly Value[], itemsOf: (value: Value) => readonly T[]): readonly T[] {
  const all: T[] = [];
  for (const value of args) for (const item of itemsOf(value)) all.push(item);
  return all;
}

const concat: FunctionSpec = {
  name: "concat",
  params: [],
  varParam: param.partial("seqs"),
  returnType: (args) => {
    if (args.length === 0) throw new FunctionError("at least one argument is required");
    for (const [index, { type }] of args.entries()) {
      if (type.kind === "list" || type.kind === "tuple") continue;
      const problem = `all arguments must be lists or tuples; got ${friendlyTypeName(type)}`;
      throw new FunctionError(problem, index);
    }
    if (args.every((value) => value.type.kind === "list")) {
      const element = unifyTypes(args.map((value) => elementTypes(value.type)?.[0] ?? dynamicType));
      if (element) return listType(element);
    }
    if (args.some((value) => value.type.kind === "list" && !isKnown(value))) return dynamicType;
    return tupleType(
      joined(args, (value) =>
        value.type.kind === "tuple" ? value.type.elements : elementsOf(value).map((element) => element.type),
      ),
    );
  },
  impl: (args, returnType) => {
    const elements = joined(args, elementsOf);
    if (returnType.kind !== "list") return tupleValue(elements);
    return listValue(
      returnType.element,
      elements.map((element) => convert(element, returnType.element)),
    );
  },
};

const contains: FunctionSpec = {
  name: "contains",
  params: [param.partial("list"), { ...param.partial("value"), allowUnknown: true }],
  returnType: boolType,
  impl: (args) => {
    const list = arg(args, 0);
    if (elementTypes(list.type) === undefined) throw new FunctionError("argument must be list, tuple, or set");
    const results = elementsOf(list).map((element) => equals(element, arg(args, 1)));
    if (results.some((result) => result.raw === true)) return boolValue(true);
    return results.every(isKnown) ? boolValue(false) : unknownValue(boolType);
  },
};

const distinct: FunctionSpec = {
  name: "distinct",
  params: [anyList("list")],
  returnType: (args) => arg(args, 0).type,
  impl: (args) => {
    const list = arg(args, 0);
    const seen = new Set<string>();
    const kept = elementsOf(list).filter((element) => {
      const text = canonicalText(element);
      // What is not known equals nothing.
      return text === undefined || (!seen.has(text) && seen.add(text));
    });
    return { ...list, raw: kept };
  },
};

/** The index of `element`, wrapped around at the end; the function's argument errors where there is none. */
function wrappedIndex(index: Value, length: number): number {
  const whole = wholeNumberOf(index, { prefix: "invalid index: " });
  if (length === 0) throw new FunctionError("cannot use element function with an empty list");
  if (whole < 0) throw new FunctionError("cannot use element function with a negative index");
  return whole % length;
}

const element: FunctionSpec = {
  name: "element",
  params: [param.partial("list"), param.number("index")],
  returnType: (args) => {
    const { type } = arg(args, 0);
    if (type.kind === "list") return type.element;
    if (type.kind !== "tuple") throw new FunctionError(`cannot read elements from ${friendlyTypeName(type)}`);
    if (!isKnown(arg(args, 1))) return dynamicType;
    return type.elements[wrappedIndex(arg(args, 1), type.elements.length)] ?? dynamicType;
  },
  impl: (args) => {
    const elements = elementsOf(arg(args, 0));
    return arg(elements, wrappedIndex(arg(args, 1), elements.length));
  },
};

function flattenInto(value: Value, flat: Value[]): boolean {
  for (const one of elementsOf(value)) {
    if (elementTypes(one.type) === undefined || isNull(one)) flat.push(one);
    else if (!isKnown(one) || !flattenInto(one, flat)) return false;
  }
  return true;
}

const flatten: FunctionSpec = {
  name: "flatten",
  params: [{ ...param.any("list"), allowUnknown: true }],
  returnType: (args) => {
    const list = arg(args, 0);
    if (elementTypes(list.type) === undefined) throw new FunctionError("can only flatten lists, sets and tuples");
    const flat: Value[] = [];
    return isKnown(list) && flattenInto(list, flat) ? tupleType(flat.map((one) => one.type)) : dynamicType;
  },
  impl: (args, returnType) => {
    const flat: Value[] = [];
    if (!isKnown(arg(args, 0)) || !flattenInto(arg(args, 0), flat)) return unknownValue(returnType);
    return tupleValue(flat);
  },
};

const index: FunctionSpec = {
  name: "index",
  params: [param.partial("list"), { ...param.partial("value"), allowUnknown: true }],
  returnType: numberType,
  impl: (args) => {
    const list = arg(args, 0);
    if (list.type.kind !== "list" && list.type.kind !== "tuple")
      throw new FunctionError("argument must be a list or tuple");
    const elements = elementsOf(list);
    if (elements.length === 0) throw new FunctionError("cannot search an empty list");
    for (const [at, one] of elements.entries()) {
      const same = equals(one, arg(args, 1));
      if (!isKnown(same)) return unknownValue(numberType);
      if (same.raw === true) return integerValue(at);
    }
    throw new FunctionError("item not found");
  },
};

const range: FunctionSpec = {
  name: "range",
  params: [],
  varParam: param.number("params"),
  returnType: listType(numberType),
  impl: (args) => rangeOf(args),
};

const zipMap: FunctionSpec = {
  name: "zipmap",
  params: [{ name: "keys", type: listType(stringType) }, param.partial("values")],
  returnType: (args) => {
    const [keys, values] = [arg(args, 0), arg(args, 1)];
    if (values.type.kind === "list") return mapType(values.type.element);
    if (values.type.kind !== "tuple") throw new FunctionError("values argument must be a list or tuple value");
    if (!isWhollyKnown(keys)) return dynamicType;
    return objectType(new Map(zip(keys, values.type.elements)));
  },
  impl: (args, returnType) => {
    const entries = new Map(zip(arg(args, 0), elementsOf(arg(args, 1))));
    return returnType.kind === "map" ? mapValue(returnType.element, entries) : objectValue(entries);
  },
};

function zip<T extends Value | Type>(keys: Value, values: readonly T[]): [string, T][] {
  const names = elementsOf(keys);
  const nullAt = names.findIndex(isNull);
  if (nullAt >= 0) throw new FunctionError(`keys list has null value at index ${nullAt}`);
  if (names.length !== values.length)
    throw new FunctionError(`number of keys (${names.length}) does not match number of values (${values.length})`);
  return names.map((name, at) => [textOf(name), values[at] as T]); // equally many
}

const reverse: FunctionSpec = {
  name: "reverse",
  params: [param.partial("list")],
  returnType: (args) => {
    const { type } = arg(args, 0);
    if (type.kind === "tuple") return tupleType([...type.elements].reverse());
    if (type.kind === "list" || type.kind === "set") return listType(type.element);
    throw new FunctionError(`can only reverse list or tuple values, not ${friendlyTypeName(type)}`, 0);
  },
  impl: (args, returnType) => {
    const reversed = [...elementsOf(arg(args, 0))].reverse();
    return returnType.kind === "list" ? listValue(returnType.element, reversed) : tupleValue(reversed);
  },
};

function sliceBounds(args: readonly Value[], length: number | undefined): [number, number] {
  const start = wholeNumberOf(arg(args, 1), { prefix: "invalid start index: ", argIndex: 1 });
  const end = wholeNumberOf(arg(args, 2), { prefix: "invalid end index: ", argIndex: 2 });
  if (start < 0) throw new FunctionError("start index must not be less than zero", 1);
  if (end < 0) throw new FunctionError("end index must not be less than zero", 2);
  if (length !== undefined && start > length)
    throw new FunctionError("start index must not be greater than the length of the list", 1);
  if (length !== undefined && end > length)
    throw new FunctionError("end index must not be greater than the length of the list", 2);
  if (start > end) throw new FunctionError("start index must not be greater than end index", 1);
  return [start, end];
}

const slice: FunctionSpec = {
  name: "slice",
  params: [param.partial("list"), param.number("start_index"), param.number("end_index")],
  returnType: (args) => {
    const { type } = arg(args, 0);
    if (type.kind === "set")
      throw new FunctionError(
        "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the result is not important",
        0,
      );
    if (type.kind === "list") return type;
    if (type.kind !== "tuple") throw new FunctionError("must be a list or tuple value", 0);
    if (!isKnown(arg(args, 1)) || !isKnown(arg(args, 2))) return dynamicType;
    return tupleType(type.elements.slice(...sliceBounds(args, type.elements.length)));
  },
  impl: (args, returnType) => {
    const elements = elementsOf(arg(args, 0));
    const part = elements.slice(...sliceBounds(args, elements.length));
    return returnType.kind === "list" ? listValue(returnType.element, part) : tupleValue(part);
  },
};

const keys: FunctionSpec = {
  name: "keys",
  params: [{ ...param.any("inputMap"), allowUnknown: true }],
  returnType: (args) => {
    const { type } = arg(args, 0);
    if (type.kind === "map") return listType(stringType);
    if (type.kind !== "object") throw new FunctionError("must have map or object type", 0);
    return tupleType(Array.from(type.attributes.keys(), () => stringType));
  },
  impl: (args, returnType) => {
    const map = arg(args, 0);
    if (!isKnown(map)) return unknownValue(returnType);
    const names = [...entriesOf(map).keys()].map(stringValue);
    return returnType.kind === "list" ? listValue(stringType, names) : tupleValue(names);
  },
};

const values: FunctionSpec = {
  name: "values",
  params: [param.partial("mapping")],
  returnType: (args) => {
    const { type } = arg(args, 0);
    if (type.kind === "map") return listType(type.element);
    if (type.kind !== "object") throw new FunctionError("values() requires a map as the first argument");
    const names = [...type.attributes.keys()].sort();
    return tupleType(names.map((name) => type.attributes.get(name) ?? dynamicType));
  },
  impl: (args, returnType) => {
    const elements = [...entriesOf(arg(args, 0)).values()];
    return returnType.kind === "list" ? listValue(returnType.element, elements) : tupleValue(elements);
  },
};

/** The functions of lists, maps and sets. */
export const collectionFunctions: readonly FunctionSpec[] = [
  boolTest("alltrue", true),
  boolTest("anytrue", false),
  chunkList,
  coalesce,
  coalesceList,
  compact,
  concat,
  contains,
  distinct,
  element,
  flatten,
  index,
  keys,
  lookup,
  merge,
  range,
  reverse,
  slice,
  values,
  zipMap,
  ...setFunctions,
];
