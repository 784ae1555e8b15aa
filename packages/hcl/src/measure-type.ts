import type { Type } from "./type.js";

export interface TypeMeasure {
  /** How many types it is made of, itself too. A part that is shared counts as often as it occurs. */
  readonly size: number;
  /** How deep it nests; 0 for a type without parts. */
  readonly depth: number;
}

const SIMPLE: TypeMeasure = { size: 1, depth: 0 };

// Types share parts, so the measure of each is remembered.
const measures = new WeakMap<Type, TypeMeasure>();

/** Tells how large a type is, which is what it costs to compare or convert it. */
export function measureType(type: Type): TypeMeasure {
  const parts = partsOf(type);
  if (parts === undefined) return SIMPLE;
  const known = measures.get(type);
  if (known !== undefined) return known;
  let size = 1;
  let depth = 0;
  for (const part of parts) {
    const of = measureType(part);
    size += of.size;
    depth = Math.max(depth, of.depth + 1);
  }
  const measure = { size, depth };
  measures.set(type, measure);
  return measure;
}

function partsOf(type: Type): Iterable<Type> | undefined {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return [type.element];
    case "tuple":
      return type.elements;
    case "object":
      return type.attributes.values();
    default:
      return undefined;
  }
}
