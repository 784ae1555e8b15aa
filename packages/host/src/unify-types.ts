import { dynamicType, makeValue, mapChildren, objectType, tupleType, type Type, type Value } from "@ingot/hcl";

/** The type that both types are once the unknown parts ("dynamic": of nulls and empty lists) are filled in; undefined: none. */
export function unifyTypes(a: Type, b: Type): Type | undefined {
  if (a.kind === "dynamic") return b;
  if (b.kind === "dynamic") return a;
  switch (a.kind) {
    case "list":
    case "set":
    case "map": {
      const element = a.kind === b.kind ? unifyTypes(a.element, b.element) : undefined;
      return element && { kind: a.kind, element };
    }
    case "tuple": {
      if (b.kind !== "tuple" || a.elements.length !== b.elements.length) return undefined;
      const elements = a.elements.map((element, index) => unifyTypes(element, b.elements[index] ?? dynamicType));
      return elements.some((element) => element === undefined) ? undefined : tupleType(elements as Type[]); // checked
    }
    case "object": {
      if (b.kind !== "object" || a.attributes.size !== b.attributes.size) return undefined;
      const attributes = new Map<string, Type>();
      for (const [name, type] of a.attributes) {
        const other = b.attributes.get(name);
        const both = other && unifyTypes(type, other);
        if (!both) return undefined;
        attributes.set(name, both);
      }
      return objectType(attributes);
    }
    default:
      return a.kind === b.kind ? a : undefined;
  }
}

/** Gives the value with the parts of its type that were unknown filled in from `type`, which unifies with its own. */
export function adoptType(value: Value, type: Type): Value {
  if (value.type === type || type.kind === "dynamic") return value;
  const inner = mapChildren(value, (child, key) => adoptType(child, childType(type, key)));
  return makeValue(type, inner.raw, inner.marks);
}

function childType(type: Type, key: string | number): Type {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return type.element;
    case "tuple":
      return type.elements[Number(key)] ?? dynamicType;
    case "object":
      return type.attributes.get(String(key)) ?? dynamicType;
    default:
      return dynamicType;
  }
}
