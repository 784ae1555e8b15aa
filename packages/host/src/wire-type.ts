import { boolType, dynamicType, numberType, objectType, stringType, tupleType, type Type } from "@ingot/hcl";
import { Type_Kind, type Type as WireType } from "@ingot/protocol";
import { WireProblem, type WirePath } from "./wire-problem.js";

const KINDS = {
  dynamic: Type_Kind.DYNAMIC,
  bool: Type_Kind.BOOL,
  number: Type_Kind.NUMBER,
  string: Type_Kind.STRING,
  list: Type_Kind.LIST,
  set: Type_Kind.SET,
  map: Type_Kind.MAP,
  object: Type_Kind.OBJECT,
  tuple: Type_Kind.TUPLE,
} as const;

/** Writes a type for the wire. */
export function encodeType(type: Type): WireType {
  const wire: WireType = {
    kind: KINDS[type.kind],
    element: undefined,
    attributes: {},
    optionalAttributes: [],
    elements: [],
  };
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return { ...wire, element: encodeType(type.element) };
    case "tuple":
      return { ...wire, elements: type.elements.map(encodeType) };
    case "object":
      return {
        ...wire,
        attributes: Object.fromEntries([...type.attributes].map(([name, attribute]) => [name, encodeType(attribute)])),
        optionalAttributes: [...(type.optional ?? [])],
      };
    default:
      return wire;
  }
}

/** Reads a type from the wire. Throws WireProblem when it makes no sense. */
export function decodeType(wire: WireType | undefined, path: WirePath): Type {
  switch (wire?.kind) {
    case undefined:
      throw new WireProblem(path, "has no type");
    case Type_Kind.DYNAMIC:
      return dynamicType;
    case Type_Kind.BOOL:
      return boolType;
    case Type_Kind.NUMBER:
      return numberType;
    case Type_Kind.STRING:
      return stringType;
    case Type_Kind.LIST:
      return { kind: "list", element: decodeType(wire.element, path) };
    case Type_Kind.SET:
      return { kind: "set", element: decodeType(wire.element, path) };
    case Type_Kind.MAP:
      return { kind: "map", element: decodeType(wire.element, path) };
    case Type_Kind.OBJECT: {
      const attributes = Object.entries(wire.attributes).map(([name, attribute]): [string, Type] => [
        name,
        decodeType(attribute, [...path, name]),
      ]);
      return objectType(new Map(attributes), wire.optionalAttributes);
    }
    case Type_Kind.TUPLE:
      return tupleType(wire.elements.map((element, index) => decodeType(element, [...path, index])));
    default:
      throw new WireProblem(path, `has a type of an unknown kind (${wire?.kind})`);
  }
}
