import {
  elementsOf,
  entriesOf,
  isKnown,
  isNull,
  objectValue,
  tupleValue,
  unmark,
  withMarks,
  type Value,
} from "./value.js";

/** The defaults of optional attributes, laid out like the type constraint that they were written in. */
export interface TypeDefaults {
  /** For every element of a list, set or map. */
  readonly element?: TypeDefaults;
  /** For an attribute of an object, or an element of a tuple. */
  readonly parts?: ReadonlyMap<string | number, TypeDefaults>;
  /** What absent and null attributes of an object become. */
  readonly values?: ReadonlyMap<string, Value>;
}

/**
 * Puts defaults in place of absent and null attributes, before the value is converted. Collections become tuples and objects where
 * that may change their elements' types; the conversion brings them back.
 */
export function applyDefaults(value: Value, defaults: TypeDefaults): Value {
  if (!isKnown(value) || isNull(value)) return value;
  return withMarks(applyKnown(unmark(value), defaults), value.marks);
}

function applyKnown(value: Value, defaults: TypeDefaults): Value {
  const { element, parts } = defaults;
  switch (value.type.kind) {
    case "list":
    case "set":
    case "tuple": {
      const applyTo = (child: Value, index: number): Value => {
        const own = element ?? parts?.get(index);
        return own === undefined ? child : applyDefaults(child, own);
      };
      return tupleValue(elementsOf(value).map(applyTo));
    }
    case "map":
    case "object":
      return element === undefined ? applyToAttributes(value, defaults) : applyToEntries(value, element);
    default:
      return value;
  }
}

function applyToEntries(value: Value, element: TypeDefaults): Value {
  return objectValue(new Map([...entriesOf(value)].map(([key, child]) => [key, applyDefaults(child, element)])));
}

function applyToAttributes(value: Value, { parts, values }: TypeDefaults): Value {
  const attributes = new Map(entriesOf(value));
  for (const [name, substitute] of values ?? []) {
    const given = attributes.get(name);
    if (given === undefined || isNull(given)) attributes.set(name, withMarks(substitute, given?.marks ?? []));
  }
  for (const [name, nested] of parts ?? []) {
    const given = typeof name === "string" ? attributes.get(name) : undefined;
    if (typeof name === "string" && given !== undefined) attributes.set(name, applyDefaults(given, nested));
  }
  return objectValue(attributes);
}
