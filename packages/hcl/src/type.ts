/** The type of a value, as in cty. `dynamic` stands for "not known yet" in constraints and in unknown values. */
export type Type =
  | { readonly kind: "string" | "number" | "bool" | "dynamic" }
  | { readonly kind: "list" | "set" | "map"; readonly element: Type }
  | TupleType
  | ObjectType;

/** The type of a fixed sequence of values, each with its own type. */
export interface TupleType {
  readonly kind: "tuple";
  readonly elements: readonly Type[];
}

/** An object type. `optional` names the attributes that a constraint lets be absent (`optional(type, default)`). */
export interface ObjectType {
  readonly kind: "object";
  readonly attributes: ReadonlyMap<string, Type>;
  readonly optional?: ReadonlySet<string>;
}

/** A list, set or map type. */
export type CollectionType = Extract<Type, { element: Type }>;

export const stringType: Type = { kind: "string" };
export const numberType: Type = { kind: "number" };
export const boolType: Type = { kind: "bool" };
/** In a constraint: any type. Of a null or unknown value: the type is not known. */
export const dynamicType: Type = { kind: "dynamic" };

export function listType(element: Type): CollectionType {
  return { kind: "list", element };
}

export function setType(element: Type): CollectionType {
  return { kind: "set", element };
}

export function mapType(element: Type): CollectionType {
  return { kind: "map", element };
}

export function tupleType(elements: readonly Type[]): TupleType {
  return { kind: "tuple", elements };
}

/** Gives an object type. `optional` matters in constraints only; leave it out for the type of a value. */
export function objectType(
  attributes: ReadonlyMap<string, Type> | Readonly<Record<string, Type>>,
  optional?: Iterable<string>,
): ObjectType {
  const map =
    attributes instanceof Map ? (attributes as ReadonlyMap<string, Type>) : new Map(Object.entries(attributes));
  const names = optional === undefined ? undefined : new Set(optional);
  return names !== undefined && names.size > 0
    ? { kind: "object", attributes: map, optional: names }
    : { kind: "object", attributes: map };
}

export function isPrimitiveType(type: Type): boolean {
  return type.kind === "string" || type.kind === "number" || type.kind === "bool";
}

export function isCollectionType(type: Type): type is CollectionType {
  return type.kind === "list" || type.kind === "set" || type.kind === "map";
}

/** Tells whether the types are the same. The optional attributes of constraints count too. */
export function typesEqual(a: Type, b: Type): boolean {
  return a === b || (a.kind === b.kind && compareTypes(a, b, { steps: 0 }));
}

/** Parts of a type may be shared, so that they occur far more often than there are: a long comparison remembers what is equal. */
interface Comparison {
  steps: number;
  equal?: Map<Type, Set<Type>>;
}

const STEPS_WITHOUT_MEMORY = 1000;

function compareTypes(a: Type, b: Type, comparison: Comparison): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "list":
    case "set":
    case "map":
      return a.kind === b.kind && compareTypes(a.element, b.element, comparison);
    case "tuple":
    case "object": {
      if (++comparison.steps <= STEPS_WITHOUT_MEMORY) return compareParts(a, b, comparison);
      const { equal = new Map<Type, Set<Type>>() } = comparison;
      comparison.equal = equal;
      if (equal.get(a)?.has(b)) return true;
      if (!compareParts(a, b, comparison)) return false;
      equal.set(a, (equal.get(a) ?? new Set()).add(b));
      return true;
    }
    default:
      return a.kind === b.kind;
  }
}

function compareParts(a: TupleType | ObjectType, b: Type, comparison: Comparison): boolean {
  if (a.kind === "tuple") {
    if (b.kind !== "tuple" || a.elements.length !== b.elements.length) return false;
    return a.elements.every((element, index) => compareTypes(element, b.elements[index] ?? dynamicType, comparison));
  }
  if (b.kind !== "object" || a.attributes.size !== b.attributes.size) return false;
  for (const [name, type] of a.attributes) {
    const other = b.attributes.get(name);
    if (other === undefined || !compareTypes(type, other, comparison)) return false;
    if ((a.optional?.has(name) ?? false) !== (b.optional?.has(name) ?? false)) return false;
  }
  return true;
}

/** Tells whether `dynamic` occurs anywhere in the type. */
export function hasDynamic(type: Type): boolean {
  return traitsOf(type).hasDynamic;
}

interface Traits {
  readonly hasDynamic: boolean;
  readonly hasOptional: boolean;
}

const NO_TRAITS: Traits = { hasDynamic: false, hasOptional: false };
const DYNAMIC_TRAITS: Traits = { hasDynamic: true, hasOptional: false };

// Types share parts: those of a value that holds the same value in many places would take exponential time to walk through.
const knownTraits = new WeakMap<Type, Traits>();

function traitsOf(type: Type): Traits {
  switch (type.kind) {
    case "dynamic":
      return DYNAMIC_TRAITS;
    case "list":
    case "set":
    case "map":
      return traitsOf(type.element);
    case "tuple":
    case "object": {
      const known = knownTraits.get(type);
      if (known !== undefined) return known;
      const parts = (type.kind === "tuple" ? type.elements : [...type.attributes.values()]).map(traitsOf);
      const traits = {
        hasDynamic: parts.some((part) => part.hasDynamic),
        hasOptional: (type.kind === "object" && type.optional !== undefined) || parts.some((part) => part.hasOptional),
      };
      knownTraits.set(type, traits);
      return traits;
    }
    default:
      return NO_TRAITS;
  }
}

/** Gives the type without the marks of optional attributes, as values have it. */
export function withoutOptional(type: Type): Type {
  if (!traitsOf(type).hasOptional) return type;
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return { kind: type.kind, element: withoutOptional(type.element) };
    case "tuple":
      return tupleType(type.elements.map(withoutOptional));
    case "object":
      return objectType(new Map([...type.attributes].map(([name, attribute]) => [name, withoutOptional(attribute)])));
    default:
      return type;
  }
}

/** The name of a type in messages: "string", "list of string", "object". */
export function friendlyTypeName(type: Type): string {
  return isCollectionType(type) ? `${type.kind} of ${friendlyTypeName(type.element)}` : type.kind;
}

/** The name of a type constraint in messages: as `friendlyTypeName`, but "any type" and "list of any single type". */
export function friendlyConstraintName(type: Type): string {
  if (type.kind === "dynamic") return "any type";
  if (!isCollectionType(type)) return type.kind;
  return `${type.kind} of ${type.element.kind === "dynamic" ? "any single type" : friendlyConstraintName(type.element)}`;
}

/** Writes a type as a type expression: `list(object({a=string}))`. Attributes are sorted; optional ones are marked. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case "dynamic":
      return "any";
    case "list":
    case "set":
    case "map":
      return `${type.kind}(${typeText(type.element)})`;
    case "tuple":
      return `tuple([${type.elements.map(typeText).join(", ")}])`;
    case "object": {
      const attributes = [...type.attributes].sort(([a], [b]) => (a < b ? -1 : 1));
      const texts = attributes.map(([name, attribute]) => {
        const text = typeText(attribute);
        return `${name}=${type.optional?.has(name) ? `optional(${text})` : text}`;
      });
      return `object({${texts.join(", ")}})`;
    }
    default:
      return type.kind;
  }
}
