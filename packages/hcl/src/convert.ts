import type { AttributePath } from "@ingot/diag";
import { numberText, parseNumber, type BigNumber } from "./big-number.js";
import { mismatchReason } from "./convert-mismatch.js";
import {
  dynamicType,
  hasDynamic,
  isCollectionType,
  type CollectionType,
  type ObjectType,
  type TupleType,
  type Type,
} from "./type.js";
import { typesEqual, withoutOptional } from "./type.js";
import { canConvert, resolveConstraint, unifyTypes } from "./unify.js";
import {
  bigNumberValue,
  boolValue,
  elementsOf,
  entriesOf,
  isKnown,
  isNull,
  makeValue,
  mapValue,
  nullValue,
  objectValue,
  setValue,
  stringValue,
  tupleValue,
  unknownValue,
  unmark,
  withMarks,
  type Value,
} from "./value.js";

/** Says why a value has not the wanted type, without a full stop. `path` leads to the part of the value at fault. */
export class ConversionError extends Error {
  override readonly name = "ConversionError";
  readonly path: AttributePath;

  constructor(reason: string, path: AttributePath = []) {
    super(reason);
    this.path = path;
  }
}

/**
 * Converts a value to a type or type constraint, or throws ConversionError. `any` in the constraint takes what the value brings; in a
 * collection it means one type for all elements. Optional attributes that are absent become null. Marks stay.
 */
export function convert(value: Value, type: Type): Value {
  return convertAt(value, type, []);
}

function convertAt(value: Value, type: Type, path: AttributePath): Value {
  if (type === value.type || type.kind === "dynamic" || typesEqual(value.type, withoutOptional(type))) return value;
  if (!canConvert(value.type, type, "unsafe")) throw new ConversionError(mismatchReason(value.type, type), path);
  if (!isKnown(value)) return makeValue(resolveConstraint(value.type, type), value.raw, value.marks);
  if (isNull(value)) return withMarks(nullValue(resolveConstraint(value.type, type)), value.marks);
  return withMarks(convertKnown(unmark(value), type, path), value.marks);
}

function convertKnown(value: Value, type: Type, path: AttributePath): Value {
  switch (type.kind) {
    case "string":
      return stringValue(typeof value.raw === "boolean" ? String(value.raw) : numberText(value.raw as BigNumber));
    case "number":
      return stringToNumber(value.raw as string, path);
    case "bool":
      return stringToBool(value.raw as string, path);
    case "list":
    case "set":
      return convertSequence(value, type, path);
    case "map":
      return convertMap(value, type, path);
    case "tuple":
      return convertTuple(value, type, path);
    case "object":
      return convertObject(value, type, path);
    default:
      return value;
  }
}

function stringToNumber(text: string, path: AttributePath): Value {
  const number = parseNumber(text);
  if (number === undefined) throw new ConversionError("a number is required", path);
  return bigNumberValue(number);
}

function stringToBool(text: string, path: AttributePath): Value {
  if (text === "true" || text === "1") return boolValue(true);
  if (text === "false" || text === "0") return boolValue(false);
  const lower = text.toLowerCase();
  const hint = lower === "true" || lower === "false" ? `; to convert from string, use lowercase "${lower}"` : "";
  throw new ConversionError(`a bool is required${hint}`, path);
}

function convertSequence(value: Value, type: CollectionType, path: AttributePath): Value {
  const fromSet = value.type.kind === "set";
  const converted = elementsOf(value).map((element, index) =>
    convertAt(element, type.element, fromSet ? path : [...path, index]),
  );
  const [elementType, elements] = agree(converted, value.type, type, path);
  return type.kind === "set"
    ? setValue(elementType, elements)
    : makeValue({ kind: "list", element: elementType }, elements);
}

function convertMap(value: Value, type: CollectionType, path: AttributePath): Value {
  const keys = [...entriesOf(value).keys()];
  const converted = [...entriesOf(value)].map(([key, element]) => convertAt(element, type.element, [...path, key]));
  const [elementType, elements] = agree(converted, value.type, type, path);
  return mapValue(elementType, new Map(keys.map((key, index) => [key, elements[index] ?? unknownValue()])));
}

/** Brings the elements of a collection to one type when the constraint leaves it open. */
function agree(
  elements: readonly Value[],
  from: Type,
  to: CollectionType,
  path: AttributePath,
): [Type, readonly Value[]] {
  if (!hasDynamic(to.element)) return [withoutOptional(to.element), elements];
  if (elements.length === 0) {
    const isOpen = to.element.kind === "dynamic" && isCollectionType(from);
    return [isOpen ? from.element : withoutOptional(to.element), elements];
  }
  const unified = unifyTypes(
    elements.map((element) => element.type).filter((_, index) => !isUntypedNull(elements[index])),
  );
  if (elements.every(isUntypedNull)) return [dynamicType, elements];
  if (unified === undefined) throw new ConversionError(`all ${to.kind} elements must have the same type`, path);
  return [unified, elements.map((element, index) => convertAt(element, unified, [...path, index]))];
}

/** The literal `null` fits any type and so says nothing about the one type of all elements. */
function isUntypedNull(value: Value | undefined): boolean {
  return value !== undefined && value.type.kind === "dynamic" && isNull(value);
}

function convertTuple(value: Value, type: TupleType, path: AttributePath): Value {
  const convertElement = (element: Value, index: number): Value =>
    convertAt(element, type.elements[index] ?? dynamicType, [...path, index]);
  return tupleValue(elementsOf(value).map(convertElement));
}

function convertObject(value: Value, type: ObjectType, path: AttributePath): Value {
  const given = entriesOf(value);
  const attributes = new Map<string, Value>();
  for (const [name, attributeType] of type.attributes) {
    const attribute = given.get(name);
    if (attribute !== undefined) attributes.set(name, convertAt(attribute, attributeType, [...path, name]));
    else if (type.optional?.has(name)) attributes.set(name, nullValue(withoutOptional(attributeType)));
    else throw new ConversionError(`map has no element for required attribute ${JSON.stringify(name)}`, path);
  }
  return objectValue(attributes);
}

/** Converts, or gives undefined when that is not possible. */
export function tryConvert(value: Value, type: Type): Value | undefined {
  try {
    return convert(value, type);
  } catch (error) {
    if (error instanceof ConversionError) return undefined;
    throw error;
  }
}

/** Brings values to one type. Throws ConversionError when there is none; without values the type is `dynamic`. */
export function unifyValues(values: readonly Value[]): { readonly type: Type; readonly values: readonly Value[] } {
  if (values.length === 0) return { type: dynamicType, values };
  const type = unifyTypes(values.map((value) => value.type));
  if (type === undefined) throw new ConversionError("all values must have the same type");
  return { type, values: values.map((value) => convert(value, type)) };
}
