import { Type_Kind, type Type, type Value } from "@ingot/protocol";

/** A wire value as ordinary JavaScript: maps and objects are plain objects; lists, sets and tuples are arrays. */
export type PlainValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

/** The wire value null. */
export const NULL_VALUE: Value = { kind: { $case: "nullValue", value: {} }, sensitive: false };

/**
 * Turns ordinary JavaScript into a wire value: arrays become tuples, Sets become sets, Maps become maps, byte arrays become
 * bytes, other objects become objects. Throws a TypeError for functions, symbols and numbers that are not finite.
 */
export function toValue(plain: unknown): Value {
  return { kind: toKind(plain), sensitive: false };
}

function toKind(plain: unknown): Exclude<Value["kind"], undefined> {
  switch (typeof plain) {
    case "undefined":
      return { $case: "nullValue", value: {} };
    case "boolean":
      return { $case: "boolValue", value: plain };
    case "string":
      return { $case: "stringValue", value: plain };
    case "number":
      return { $case: "numberValue", value: formatNumber(plain) };
    case "bigint":
      return { $case: "numberValue", value: plain.toString() };
    case "object":
      return plain === null ? { $case: "nullValue", value: {} } : objectToKind(plain);
    default:
      throw new TypeError(`a ${typeof plain} cannot be sent as a value`);
  }
}

function objectToKind(plain: object): Exclude<Value["kind"], undefined> {
  if (ArrayBuffer.isView(plain)) {
    return { $case: "bytesValue", value: Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength) };
  }
  if (Array.isArray(plain)) return { $case: "tupleValue", value: { elements: plain.map(toValue) } };
  if (plain instanceof Set) return { $case: "setValue", value: { elements: [...plain].map(toValue) } };
  if (plain instanceof Map) {
    const entries = [...plain].map(([key, value]) => [String(key), toValue(value)] as const);
    return { $case: "mapValue", value: { entries: Object.fromEntries(entries) } };
  }
  const entries = Object.entries(plain).filter(([, value]) => value !== undefined);
  return {
    $case: "objectValue",
    value: { entries: Object.fromEntries(entries.map(([name, value]) => [name, toValue(value)])) },
  };
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be sent as a number`);
  return String(value);
}

/**
 * Turns a wire value into ordinary JavaScript. Numbers become `number`, or `bigint` for whole numbers that a `number` does
 * not hold exactly. Null and unknown values both become null.
 */
export function fromValue(value: Value | undefined): PlainValue {
  const kind = value?.kind;
  switch (kind?.$case) {
    case undefined:
    case "nullValue":
    case "unknownValue":
      return null;
    case "boolValue":
    case "stringValue":
    case "bytesValue":
      return kind.value;
    case "numberValue":
      return parseNumber(kind.value);
    case "listValue":
    case "setValue":
    case "tupleValue":
      return kind.value.elements.map(fromValue);
    case "mapValue":
    case "objectValue":
      return fromEntries(kind.value.entries);
  }
}

/** Turns named wire values into a plain object. */
export function fromEntries(entries: Readonly<Record<string, Value>>): Record<string, PlainValue> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, fromValue(value)]));
}

/** Turns a plain object into named wire values. Absent values are left out. */
export function toEntries(plain: Readonly<Record<string, unknown>> | undefined): Record<string, Value> {
  const entries = Object.entries(plain ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, toValue(value)]));
}

function parseNumber(text: string): number | bigint {
  const number = Number(text);
  return !Number.isSafeInteger(number) && /^-?\d+$/.test(text) ? BigInt(text) : number;
}

/**
 * Turns ordinary JavaScript into a wire value of a given type, so that arrays become lists or sets and objects become maps
 * where the type says so. Attributes of an object type that are absent become null. Throws a TypeError that names the place
 * when something does not fit.
 */
export function toTypedValue(plain: unknown, type: Type, place = "the value"): Value {
  if (plain === null || plain === undefined) return NULL_VALUE;
  const value = toValue(plain);
  const misfit = (wanted: string): TypeError => new TypeError(`${place} must be ${wanted}`);
  switch (type.kind) {
    case Type_Kind.BOOL:
      if (value.kind?.$case !== "boolValue") throw misfit("a boolean");
      return value;
    case Type_Kind.NUMBER:
      if (value.kind?.$case !== "numberValue") throw misfit("a number");
      return value;
    case Type_Kind.STRING:
      if (value.kind?.$case !== "stringValue") throw misfit("a string");
      return value;
    case Type_Kind.LIST:
    case Type_Kind.SET: {
      if (ArrayBuffer.isView(plain)) return value;
      if (!Array.isArray(plain) && !(plain instanceof Set)) throw misfit("an array");
      const elementType = type.element ?? dynamicType();
      const elements = [...(plain as Iterable<unknown>)].map((element, index) =>
        toTypedValue(element, elementType, `${place}[${index}]`),
      );
      const kind = type.kind === Type_Kind.LIST ? "listValue" : "setValue";
      return { kind: { $case: kind, value: { elements } }, sensitive: false };
    }
    case Type_Kind.MAP: {
      if (typeof plain !== "object") throw misfit("an object");
      const source = plain instanceof Map ? [...plain] : Object.entries(plain);
      const elementType = type.element ?? dynamicType();
      const entries = source.map(
        ([key, element]) => [String(key), toTypedValue(element, elementType, `${place}.${String(key)}`)] as const,
      );
      return { kind: { $case: "mapValue", value: { entries: Object.fromEntries(entries) } }, sensitive: false };
    }
    case Type_Kind.OBJECT: {
      if (typeof plain !== "object") throw misfit("an object");
      const source = plain as Readonly<Record<string, unknown>>;
      const entries = Object.entries(type.attributes).map(
        ([name, attribute]) => [name, toTypedValue(source[name], attribute, `${place}.${name}`)] as const,
      );
      return { kind: { $case: "objectValue", value: { entries: Object.fromEntries(entries) } }, sensitive: false };
    }
    default:
      return value;
  }
}

/** The type that any value fits. */
export function dynamicType(): Type {
  return makeType(Type_Kind.DYNAMIC);
}

/** Makes a type of a kind, with an element type where the kind has one. */
export function makeType(kind: Type_Kind, element?: Type): Type {
  return { kind, element, attributes: {}, optionalAttributes: [], elements: [] };
}
