import {
  convert,
  dynamicType,
  entriesOf,
  friendlyTypeName,
  FunctionError,
  isKnown,
  isNull,
  mapValue,
  objectType,
  objectValue,
  tryConvert,
  typesEqual,
  unknownValue,
  type FunctionSpec,
  type Type,
  type Value,
} from "@ingot/hcl";
import { arg, param, textOf } from "./define.js";

/** `lookup(map, key, default)`. */
export const lookup: FunctionSpec = {
  name: "lookup",
  params: [{ name: "inputMap", type: dynamicType }, param.string("key"), param.partial("default")],
  returnType: (args) => {
    const { type } = arg(args, 0);
    if (type.kind === "object") {
      const { raw } = arg(args, 1);
      if (typeof raw !== "string") return dynamicType;
      return type.attributes.get(raw) ?? arg(args, 2).type;
    }
    if (type.kind !== "map") throw new FunctionError("lookup() requires a map as the first argument", 0);
    if (tryConvert(arg(args, 2), type.element) === undefined)
      throw new FunctionError(`the default value must have the same type as the map elements`, 2);
    return type.element;
  },
  impl: (args, returnType) => entriesOf(arg(args, 0)).get(textOf(arg(args, 1))) ?? convert(arg(args, 2), returnType),
};

function mergedType(args: readonly Value[]): Type {
  const given = args.filter((value) => value.type.kind !== "dynamic");
  for (const value of given) {
    if (value.type.kind === "map" || value.type.kind === "object") continue;
    const problem = `arguments must be maps or objects, got ${JSON.stringify(friendlyTypeName(value.type))}`;
    throw new FunctionError(problem);
  }
  const [first] = given;
  if (first === undefined) return args.some((value) => !isKnown(value)) ? dynamicType : objectType({});
  if (first.type.kind === "map" && given.every((value) => typesEqual(value.type, first.type))) return first.type;
  const attributes = new Map<string, Type>();
  for (const value of args) {
    if (isNull(value)) continue;
    if (value.type.kind === "object") for (const [name, type] of value.type.attributes) attributes.set(name, type);
    else if (!isKnown(value)) return dynamicType;
    else for (const [key, one] of entriesOf(value)) attributes.set(key, one.type);
  }
  return objectType(attributes);
}

/** `merge(maps...)`. */
export const merge: FunctionSpec = {
  name: "merge",
  params: [],
  varParam: { ...param.nullable("maps"), allowUnknown: true, allowDynamic: true },
  returnType: mergedType,
  impl: (args, returnType) => {
    const all = new Map<string, Value>();
    for (const value of args) {
      if (isNull(value)) continue;
      if (!isKnown(value)) return unknownValue(returnType);
      for (const [key, one] of entriesOf(value)) all.set(key, one);
    }
    return returnType.kind === "map" ? mapValue(returnType.element, all) : objectValue(all);
  },
};
