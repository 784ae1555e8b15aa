import {
  dynamicType,
  hasDynamic,
  isCollectionType,
  isPrimitiveType,
  listType,
  mapType,
  objectType,
  tupleType,
  typesEqual,
  withoutOptional,
  type ObjectType,
  type TupleType,
  type Type,
} from "./type.js";

/**
 * `safe` conversions succeed for every value and lose nothing; `unsafe` ones may fail for some values (string to number) or
 * drop something (list to set).
 */
export type ConversionMode = "safe" | "unsafe";

/** Tells whether values of one type can be converted to another, judged by the types alone. */
export function canConvert(from: Type, to: Type, mode: ConversionMode): boolean {
  if (to.kind === "dynamic" || typesEqual(from, withoutOptional(to))) return true;
  if (from.kind === "dynamic") return mode === "unsafe";
  if (isPrimitiveType(from) && isPrimitiveType(to)) {
    if (from.kind === to.kind || to.kind === "string") return true;
    return from.kind === "string" && mode === "unsafe";
  }
  switch (to.kind) {
    case "list":
      if (from.kind === "list" || from.kind === "set") return canConvert(from.element, to.element, mode);
      return from.kind === "tuple" && canConvertAll(from.elements, to.element, mode);
    case "set":
      if (from.kind === "list") return mode === "unsafe" && canConvert(from.element, to.element, mode);
      if (from.kind === "set") return canConvert(from.element, to.element, mode);
      return from.kind === "tuple" && canConvertAll(from.elements, to.element, mode);
    case "map":
      if (from.kind === "map") return canConvert(from.element, to.element, mode);
      return from.kind === "object" && canConvertAll([...from.attributes.values()], to.element, mode);
    case "tuple":
      return from.kind === "tuple" && canConvertTuple(from, to, mode);
    case "object":
      if (from.kind === "object") return canConvertObject(from, to, mode);
      return (
        from.kind === "map" &&
        mode === "unsafe" &&
        [...to.attributes.values()].every((type) => canConvert(from.element, type, mode))
      );
    default:
      return false;
  }
}

function canConvertAll(from: readonly Type[], to: Type, mode: ConversionMode): boolean {
  if (to.kind === "dynamic") return from.length === 0 || unifyTypes(from, mode) !== undefined;
  return from.every((type) => canConvert(type, to, mode));
}

function canConvertTuple(from: TupleType, to: TupleType, mode: ConversionMode): boolean {
  if (from.elements.length !== to.elements.length) return false;
  return from.elements.every((type, index) => canConvert(type, to.elements[index] ?? dynamicType, mode));
}

function canConvertObject(from: ObjectType, to: ObjectType, mode: ConversionMode): boolean {
  return [...to.attributes].every(([name, type]) => {
    const given = from.attributes.get(name);
    return given === undefined ? to.optional?.has(name) === true : canConvert(given, type, mode);
  });
}

/**
 * Finds one type that values of all the given types convert to; undefined when there is none. When the answer depends on a
 * type that is not known yet, it is `dynamic`.
 */
export function unifyTypes(types: readonly Type[], mode: ConversionMode = "unsafe"): Type | undefined {
  const [first] = types;
  if (first === undefined) return undefined;
  if (types.every((type) => typesEqual(type, first))) return first;
  const count = (kind: Type["kind"]): number => types.filter((type) => type.kind === kind).length;
  const dynamics = count("dynamic");
  const only = (...kinds: Type["kind"][]): boolean =>
    kinds.every((kind) => count(kind) > 0) && kinds.reduce((sum, kind) => sum + count(kind), dynamics) === types.length;

  if (only("map")) return unifyCollections("map", types, mode);
  if (only("map", "object")) return dynamics > 0 ? dynamicType : unifyAsMap(types, mode);
  if (only("list")) return unifyCollections("list", types, mode);
  if (only("list", "tuple")) return dynamics > 0 ? dynamicType : unifyAsList(types, mode);
  if (only("set")) return unifyCollections("set", types, mode);
  if (only("object")) return dynamics > 0 ? dynamicType : unifyObjects(types as ObjectType[], mode);
  if (only("tuple")) return dynamics > 0 ? dynamicType : unifyTuples(types as TupleType[], mode);
  if (count("object") > 0 && count("tuple") > 0) return undefined;
  const known = types.filter((type) => type.kind !== "dynamic");
  const common = byPreference(known).find((wanted) => known.every((type) => canConvert(type, wanted, mode)));
  return common !== undefined && dynamics > 0 && mode === "safe" ? dynamicType : common;
}

/** Types that others convert to safely come first, otherwise the order stays. */
function byPreference(types: readonly Type[]): Type[] {
  const rank = (type: Type): number => types.filter((other) => canConvert(other, type, "safe")).length;
  return [...types].sort((a, b) => rank(b) - rank(a));
}

function unifyCollections(
  kind: "list" | "set" | "map",
  types: readonly Type[],
  mode: ConversionMode,
): Type | undefined {
  if (types.some((type) => type.kind === "dynamic")) return dynamicType;
  const element = unifyTypes(types.map(elementType), mode);
  return element === undefined ? undefined : { kind, element };
}

function elementType(type: Type): Type {
  return isCollectionType(type) ? type.element : dynamicType;
}

function unifyAsMap(types: readonly Type[], mode: ConversionMode): Type | undefined {
  const elements = types.flatMap((type) =>
    type.kind === "object" ? [...type.attributes.values()] : [elementType(type)],
  );
  if (elements.length === 0) return mapType(dynamicType);
  const element = unifyTypes(elements, mode);
  return element && mapType(element);
}

function unifyAsList(types: readonly Type[], mode: ConversionMode): Type | undefined {
  const elements = types.flatMap((type) => (type.kind === "tuple" ? type.elements : [elementType(type)]));
  if (elements.length === 0) return listType(dynamicType);
  const element = unifyTypes(elements, mode);
  return element && listType(element);
}

function unifyObjects(types: readonly ObjectType[], mode: ConversionMode): Type | undefined {
  const names = [...(types[0]?.attributes.keys() ?? [])];
  const alike = types.every(
    (type) => type.attributes.size === names.length && names.every((name) => type.attributes.has(name)),
  );
  if (!alike) return unifyAsMap(types, mode);
  const attributes = new Map<string, Type>();
  for (const name of names) {
    const unified = unifyTypes(
      types.map((type) => type.attributes.get(name) ?? dynamicType),
      mode,
    );
    if (unified === undefined) return undefined;
    attributes.set(name, unified);
  }
  return objectType(attributes);
}

function unifyTuples(types: readonly TupleType[], mode: ConversionMode): Type | undefined {
  const length = types[0]?.elements.length ?? 0;
  if (!types.every((type) => type.elements.length === length)) return unifyAsList(types, mode);
  const elements: Type[] = [];
  for (let index = 0; index < length; index++) {
    const unified = unifyTypes(
      types.map((type) => type.elements[index] ?? dynamicType),
      mode,
    );
    if (unified === undefined) return undefined;
    elements.push(unified);
  }
  return tupleType(elements);
}

/**
 * The type that a value of type `from` has after its conversion to the constraint `to`: `any` is replaced by what the value
 * brings. Where that depends on values the answer keeps `dynamic`.
 */
export function resolveConstraint(from: Type, to: Type): Type {
  if (to.kind === "dynamic") return from;
  if (!hasDynamic(to) || from.kind === "dynamic") return withoutOptional(to);
  if (isCollectionType(to)) {
    if (isCollectionType(from)) return { kind: to.kind, element: resolveConstraint(from.element, to.element) };
    const parts = from.kind === "tuple" ? from.elements : from.kind === "object" ? [...from.attributes.values()] : [];
    const element = unifyTypes(parts.map((part) => resolveConstraint(part, to.element)));
    return { kind: to.kind, element: element ?? withoutOptional(to.element) };
  }
  if (to.kind === "tuple" && from.kind === "tuple") {
    return tupleType(to.elements.map((type, index) => resolveConstraint(from.elements[index] ?? dynamicType, type)));
  }
  if (to.kind === "object") {
    const given = (name: string): Type =>
      from.kind === "object" ? (from.attributes.get(name) ?? dynamicType) : elementType(from);
    return objectType(new Map([...to.attributes].map(([name, type]) => [name, resolveConstraint(given(name), type)])));
  }
  return withoutOptional(to);
}
