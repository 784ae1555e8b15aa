import { Type_Kind, type Type, type Value } from "@ingot/protocol";
import { makeType } from "../value.js";
import { makeAttribute, wrongType, type KnownKind } from "./attribute.js";
import type { CheckResult, DecodeScope } from "./decode-scope.js";
import type { AttributeField, AttributeOptions, Fields, InferFields, ObjectSchema, Presence } from "./field.js";

/** Options of a list or set. */
export interface ListOptions<T> extends AttributeOptions<readonly T[]> {
  /** The least number of elements. */
  readonly minItems?: number;
  /** The greatest number of elements. */
  readonly maxItems?: number;
}

/** A list of elements of one type. */
export function list<T, const O extends ListOptions<T>>(
  element: AttributeField<T>,
  options?: O,
): AttributeField<Presence<readonly T[], O>> {
  return sequence(Type_Kind.LIST, element, options) as AttributeField<Presence<readonly T[], O>>;
}

/** A set of elements of one type: an array without duplicates, in no meaningful order. */
export function set<T, const O extends ListOptions<T>>(
  element: AttributeField<T>,
  options?: O,
): AttributeField<Presence<readonly T[], O>> {
  return sequence(Type_Kind.SET, element, options) as AttributeField<Presence<readonly T[], O>>;
}

function sequence<T>(
  kind: Type_Kind,
  element: AttributeField<T>,
  options: ListOptions<T> | undefined,
): AttributeField<readonly T[]> {
  return makeAttribute<readonly T[]>({
    type: makeType(kind, element.type),
    options,
    decodeKnown: (value, scope) => {
      const elements = elementsOf(value);
      if (elements === undefined) return wrongType(scope, kind === Type_Kind.LIST ? "a list" : "a set");
      const { minItems, maxItems } = options ?? {};
      if (minItems !== undefined && elements.length < minItems) {
        return scope.error("Invalid value", `The argument "${scope.name}" must have at least ${minItems} element(s).`);
      }
      if (maxItems !== undefined && elements.length > maxItems) {
        return scope.error("Invalid value", `The argument "${scope.name}" must have at most ${maxItems} element(s).`);
      }
      return elements.map((item, index) => element.decode(item, scope.at(index)));
    },
  });
}

/** A map from strings to values of one type. */
export function map<T, const O extends AttributeOptions<Readonly<Record<string, T>>>>(
  element: AttributeField<T>,
  options?: O,
): AttributeField<Presence<Readonly<Record<string, T>>, O>> {
  const field = makeAttribute<Readonly<Record<string, T>>>({
    type: makeType(Type_Kind.MAP, element.type),
    options,
    decodeKnown: (value, scope) => {
      const entries = entriesOf(value);
      if (entries === undefined) return wrongType(scope, "a map");
      return Object.fromEntries(
        Object.entries(entries).map(([key, item]) => [scope.render(key) ?? key, element.decode(item, scope.at(key))]),
      );
    },
  });
  return field as AttributeField<Presence<Readonly<Record<string, T>>, O>>;
}

/** Options of an object. */
export interface ObjectOptions<T> extends Omit<AttributeOptions<T>, "check"> {
  /** Looks at the object as a whole. Runs when every field is known and free of errors; paths are relative to the object. */
  readonly check?: (value: T) => CheckResult;
  /** Stands in front of what is said about strings that are no templates. */
  readonly templateErrorPrefix?: string;
}

/**
 * An object with the given fields. At the top it is a component's configuration, where fields may also be nested blocks and
 * groups; inside it is the type of an attribute.
 */
export function object<const F extends Fields, const O extends ObjectOptions<InferFields<F>>>(
  fields: F,
  options?: O,
): ObjectSchema<Presence<InferFields<F>, O>> {
  const field = makeAttribute<InferFields<F>>({
    type: objectType(fields),
    options,
    decodeKnown: (value, scope) => {
      const entries = entriesOf(value);
      if (entries === undefined) return wrongType(scope, "an object");
      return decodeFields(fields, entries, scope.withPrefix(options?.templateErrorPrefix ?? ""));
    },
  });
  return { ...(field as AttributeField<Presence<InferFields<F>, O>>), fields };
}

/** Decodes the fields of an object and reports what has no field. */
export function decodeFields<F extends Fields>(
  fields: F,
  entries: Readonly<Record<string, Value>>,
  scope: DecodeScope,
): InferFields<F> {
  const decoded: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    decoded[name] =
      field.kind === "group" ? field.decodeGroup(entries, scope) : field.decode(entries[name], scope.at(name));
  }
  const known = new Set(fieldNames(fields));
  for (const [name, value] of Object.entries(entries)) {
    if (known.has(name) || value.kind === undefined || value.kind.$case === "nullValue") continue;
    scope.at(name).error("Unsupported argument", `An argument named "${name}" is not expected here.`);
  }
  return decoded as InferFields<F>; // one entry a field, of the field's type
}

/** The names of attributes and blocks, those of groups included. */
export function fieldNames(fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    field.kind === "group" ? fieldNames(field.fields) : [name],
  );
}

/** The type of an object with these fields. Blocks have the type of their value. */
function objectType(fields: Fields): Type {
  const type = makeType(Type_Kind.OBJECT);
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === "attribute") {
      type.attributes[name] = field.type;
      if (field.options.optional === true || field.options.default !== undefined) type.optionalAttributes.push(name);
    } else if (field.kind === "block") {
      type.attributes[name] = blockType(field.options.nesting, field.fields);
      type.optionalAttributes.push(name);
    } else {
      const group = objectType(field.fields);
      Object.assign(type.attributes, group.attributes);
      type.optionalAttributes.push(...group.optionalAttributes);
    }
  }
  return type;
}

function blockType(nesting: "single" | "list" | "set" | "map" | undefined, fields: Fields): Type {
  const inner = objectType(fields);
  if (nesting === undefined || nesting === "single") return inner;
  return makeType({ list: Type_Kind.LIST, set: Type_Kind.SET, map: Type_Kind.MAP }[nesting], inner);
}

/** The elements of a list, set or tuple. */
export function elementsOf(kind: KnownKind): readonly Value[] | undefined {
  const isSequence = kind.$case === "listValue" || kind.$case === "setValue" || kind.$case === "tupleValue";
  return isSequence ? kind.value.elements : undefined;
}

/** The entries of a map or object. */
export function entriesOf(kind: KnownKind): Readonly<Record<string, Value>> | undefined {
  return kind.$case === "mapValue" || kind.$case === "objectValue" ? kind.value.entries : undefined;
}
