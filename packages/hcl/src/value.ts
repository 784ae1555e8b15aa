import { numberFromBigInt, numberFromJs, parseNumber, type BigNumber } from "./big-number.js";
import { compareBytes } from "./compare-bytes.js";
import { sortedDistinct } from "./set-order.js";
import {
  boolType,
  dynamicType,
  listType,
  mapType,
  numberType,
  setType,
  stringType,
  tupleType,
  type ObjectType,
  type Type,
} from "./type.js";

/** A tag that values carry along through every operation. "sensitive" is the only one that the language itself uses. */
export type Mark = string;

/** The mark of values that must not be shown. */
export const SENSITIVE: Mark = "sensitive";

/** Stands in `Value.raw` for a value that is not known yet. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/**
 * What a value holds: null, unknown, a scalar, the elements of a list, set or tuple in order (sets in cty's order and without
 * duplicates), or the entries of a map or object in bytewise order of their keys.
 */
export type RawValue =
  null | typeof UNKNOWN | boolean | string | BigNumber | readonly Value[] | ReadonlyMap<string, Value>;

/** An immutable value with its type, as in cty. Marks of elements stay with the elements; a set's elements have none. */
export interface Value {
  readonly type: Type;
  readonly raw: RawValue;
  readonly marks: ReadonlySet<Mark>;
}

/** Entries of a map or object: a Map, or a plain object for convenience. */
export type Entries = ReadonlyMap<string, Value> | Readonly<Record<string, Value>>;

const NO_MARKS: ReadonlySet<Mark> = new Set();

/** Makes a value of its parts, which must fit each other. Outside this package use the constructors below. */
export function makeValue(type: Type, raw: RawValue, marks: ReadonlySet<Mark> = NO_MARKS): Value {
  return { type, raw, marks };
}

export const trueValue: Value = makeValue(boolType, true);
export const falseValue: Value = makeValue(boolType, false);

export function boolValue(value: boolean): Value {
  return value ? trueValue : falseValue;
}

/** Nothing below the combining marks is changed by NFC. */
const MAY_CHANGE = /[\u0300-\uffff]/;

function normalise(text: string): string {
  return MAY_CHANGE.test(text) ? text.normalize("NFC") : text;
}

/** A string, normalised to Unicode NFC as all strings of the language are. */
export function stringValue(text: string): Value {
  return makeValue(stringType, normalise(text));
}

/**
 * A number. A JS number stands for its shortest decimal text (0.1 is the decimal 0.1); a text is a decimal number, and one
 * that is not throws.
 */
export function numberValue(value: number | bigint | string): Value {
  if (typeof value === "number") return makeValue(numberType, numberFromJs(value));
  if (typeof value === "bigint") return makeValue(numberType, numberFromBigInt(value));
  const number = parseNumber(value);
  if (number === undefined) throw new Error(`bug: not a decimal number: ${JSON.stringify(value)}`);
  return makeValue(numberType, number);
}

/** A number value of a number that is parsed or computed already. */
export function bigNumberValue(value: BigNumber): Value {
  return makeValue(numberType, value);
}

/** A null. Without a type it is the `null` literal, whose type is not known. */
export function nullValue(type: Type = dynamicType): Value {
  return makeValue(type, null);
}

/** A value that is not known yet. Without a type not even its type is known. */
export function unknownValue(type: Type = dynamicType): Value {
  return makeValue(type, UNKNOWN);
}

/** A list. All elements must have the element type. */
export function listValue(elementType: Type, elements: readonly Value[]): Value {
  return makeValue(listType(elementType), elements);
}

/**
 * A set: drops duplicates and puts the elements in order. All elements must have the element type. Marks of the elements, at
 * any depth, become marks of the set.
 */
export function setValue(elementType: Type, elements: readonly Value[]): Value {
  const marks = new Set<Mark>();
  const plain = elements.map((element) => unmarkDeepInto(element, marks));
  return makeValue(setType(elementType), sortedDistinct(plain), marks.size > 0 ? marks : NO_MARKS);
}

/** A map. All elements must have the element type. */
export function mapValue(elementType: Type, entries: Entries): Value {
  return makeValue(mapType(elementType), sortEntries(entries));
}

/** An object; its type is made of the types of its attributes. */
export function objectValue(attributes: Entries): Value {
  const raw = sortEntries(attributes);
  const types = new Map<string, Type>();
  for (const [name, value] of raw) types.set(name, value.type);
  return makeValue({ kind: "object", attributes: types }, raw);
}

/** A tuple; its type is made of the types of its elements. */
export function tupleValue(elements: readonly Value[]): Value {
  return makeValue(tupleType(elements.map((element) => element.type)), elements);
}

function sortEntries(entries: Entries): ReadonlyMap<string, Value> {
  const pairs =
    entries instanceof Map
      ? [...(entries as ReadonlyMap<string, Value>)]
      : Object.entries(entries as Record<string, Value>);
  const normal = pairs.map(([key, value]): [string, Value] => [normalise(key), value]);
  normal.sort(([a], [b]) => compareBytes(a, b));
  return new Map(normal);
}

export function typeOf(value: Value): Type {
  return value.type;
}

/** Tells whether the value itself is known; elements of it may be unknown still. */
export function isKnown(value: Value): boolean {
  return value.raw !== UNKNOWN;
}

export function isNull(value: Value): boolean {
  return value.raw === null;
}

/** Tells whether the value and everything in it is known. */
export function isWhollyKnown(value: Value): boolean {
  return isPlain(value) || (value.raw !== UNKNOWN && childrenOf(value).every(isWhollyKnown));
}

// Most collections are plain, and the same ones are asked for again and again; parts may be shared by many.
const plainCollections = new WeakSet<Value>();

/** Tells whether nothing in the value is unknown or marked, nor the value itself. */
function isPlain(value: Value): boolean {
  const { raw } = value;
  if (raw === UNKNOWN || value.marks.size > 0) return false;
  if (typeof raw !== "object" || raw === null || plainCollections.has(value)) return true;
  const children = childrenOf(value);
  if (!children.every(isPlain)) return false;
  if (children.length > 0) plainCollections.add(value);
  return true;
}

/** The elements of a list, set or tuple, or the values of a map or object; none for anything else. */
export function childrenOf(value: Value): readonly Value[] {
  if (Array.isArray(value.raw)) return value.raw as readonly Value[];
  if (value.raw instanceof Map) return [...(value.raw as ReadonlyMap<string, Value>).values()];
  return [];
}

/** The text of a known string. Anything else is a bug. */
export function stringOf(value: Value): string {
  if (typeof value.raw !== "string") throw new Error(`bug: a ${value.type.kind} without text`);
  return value.raw;
}

/** The number of a known number value. Anything else is a bug. */
export function numberOf(value: Value): BigNumber {
  if (value.type.kind !== "number" || value.raw === null || value.raw === UNKNOWN) {
    throw new Error(`bug: a ${value.type.kind} without a number`);
  }
  return value.raw as BigNumber;
}

/** The truth of a known bool. Anything else is a bug. */
export function boolOf(value: Value): boolean {
  if (typeof value.raw !== "boolean") throw new Error(`bug: a ${value.type.kind} without truth`);
  return value.raw;
}

/** The elements of a known list, set or tuple. Anything else is a bug. */
export function elementsOf(value: Value): readonly Value[] {
  if (!Array.isArray(value.raw)) throw new Error(`bug: a ${value.type.kind} without elements`);
  return value.raw as readonly Value[];
}

/** The entries of a known map or object, in bytewise order of the keys. Anything else is a bug. */
export function entriesOf(value: Value): ReadonlyMap<string, Value> {
  if (!(value.raw instanceof Map)) throw new Error(`bug: a ${value.type.kind} without entries`);
  return value.raw as ReadonlyMap<string, Value>;
}

/** The attributes of an object type. Anything else is a bug. */
export function attributesOf(type: Type): ObjectType["attributes"] {
  if (type.kind !== "object") throw new Error(`bug: a ${type.kind} has no attributes`);
  return type.attributes;
}

/** Adds marks to the value itself. */
export function withMarks(value: Value, marks: Iterable<Mark>): Value {
  let all: Set<Mark> | undefined;
  for (const mark of marks) if (!value.marks.has(mark)) (all ??= new Set(value.marks)).add(mark);
  return all === undefined ? value : makeValue(value.type, value.raw, all);
}

export function withMark(value: Value, mark: Mark): Value {
  return withMarks(value, [mark]);
}

/** Tells whether the value itself carries the mark. */
export function hasMark(value: Value, mark: Mark): boolean {
  return value.marks.has(mark);
}

/** The marks of the value and of everything in it. */
export function marksOf(value: Value): ReadonlySet<Mark> {
  if (isPlain(value)) return NO_MARKS;
  const marks = new Set(value.marks);
  for (const child of childrenOf(value)) for (const mark of marksOf(child)) marks.add(mark);
  return marks;
}

/** Gives the value without its own marks. */
export function unmark(value: Value): Value {
  return value.marks.size === 0 ? value : makeValue(value.type, value.raw);
}

/** Gives the value without any marks, also inside. */
export function unmarkDeep(value: Value): Value {
  return unmarkDeepInto(value, new Set());
}

function unmarkDeepInto(value: Value, marks: Set<Mark>): Value {
  if (isPlain(value)) return value;
  for (const mark of value.marks) marks.add(mark);
  return unmark(mapChildren(value, (child) => unmarkDeepInto(child, marks)));
}

/** Gives the same value with every element replaced by one of the same type. Keeps the object when nothing changes. */
export function mapChildren(value: Value, change: (child: Value, key: string | number) => Value): Value {
  let changed = false;
  const visit = (child: Value, key: string | number): Value => {
    const next = change(child, key);
    if (next !== child) changed = true;
    return next;
  };
  let raw = value.raw;
  if (Array.isArray(raw)) raw = (raw as readonly Value[]).map(visit);
  else if (raw instanceof Map)
    raw = new Map([...(raw as ReadonlyMap<string, Value>)].map(([key, child]) => [key, visit(child, key)]));
  return changed ? makeValue(value.type, raw, value.marks) : value;
}
