import type { Span, TraversalExpression, TraversalStep } from "./ast.js";
import { parseNumber, toBigInt, isInteger, type BigNumber } from "./big-number.js";
import { compareNumbers } from "./big-number-math.js";
import { compareBytes } from "./compare-bytes.js";
import { ConversionError, convert } from "./convert.js";
import { EvaluationBudget, type EvaluationContext } from "./evaluation-context.js";
import { makeScene, reportError, type Scene } from "./evaluation-scene.js";
import { suggestionSentence } from "./suggest-name.js";
import { dynamicType, friendlyTypeName, isPrimitiveType, numberType, stringType, type Type } from "./type.js";
import {
  bigNumberValue,
  elementsOf,
  entriesOf,
  isKnown,
  isNull,
  stringValue,
  unknownValue,
  unmark,
  withMarks,
  type Value,
} from "./value.js";
import type { VariableReference } from "./variables-of.js";

export function evaluateTraversal(expression: TraversalExpression, scene: Scene): Value {
  const root = lookUp(expression.name, scene.context);
  if (typeof root !== "string") return followSteps(root, expression.steps, scene);
  const [summary = "", detail = ""] = root.split("\n");
  reportError(scene, summary, detail, expression.nameSpan);
  return unknownValue();
}

/** The value that a reference leads to, or undefined when it leads nowhere. */
export function resolveReference(reference: VariableReference, context: EvaluationContext): Value | undefined {
  const root = lookUp(reference.name, context);
  if (typeof root === "string") return undefined;
  const scene = makeScene({ file: reference.file, context, budget: new EvaluationBudget(), diagnostics: [] });
  const value = followSteps(root, reference.steps, scene);
  return scene.diagnostics.length > 0 ? undefined : value;
}

/** The value of a root name, or summary and detail of the complaint in two lines. */
function lookUp(name: string, context: EvaluationContext): Value | string {
  for (let at: EvaluationContext | undefined = context; at !== undefined; at = at.parent) {
    const value = at.variables?.get(name);
    if (value !== undefined) return value;
  }
  const names: string[] = [];
  let areAllowed = false;
  for (let at: EvaluationContext | undefined = context; at !== undefined; at = at.parent) {
    if (at.variables === undefined) continue;
    areAllowed = true;
    names.push(...at.variables.keys());
  }
  if (!areAllowed) return "Variables not allowed\nVariables may not be used here.";
  const suggestion = suggestionSentence(name, names.sort(compareBytes));
  return `Unknown variable\nThere is no variable named ${JSON.stringify(name)}.${suggestion}`;
}

/** Applies constant steps one after the other and stops at the first error. */
export function followSteps(value: Value, steps: readonly TraversalStep[], scene: Scene): Value {
  for (const step of steps) {
    const before = scene.diagnostics.length;
    value =
      step.kind === "attribute"
        ? attributeOf(value, step.name, step, scene)
        : indexValue(value, keyOf(step), step, scene);
    if (scene.diagnostics.length > before) return unknownValue();
  }
  return value;
}

function keyOf(step: Extract<TraversalStep, { kind: "index" }>): Value {
  return step.key.kind === "string" ? stringValue(step.key.text) : bigNumberValue(parseNumber(step.key.text) ?? 0);
}

function attributeOf(marked: Value, name: string, span: Span, scene: Scene): Value {
  const value = unmark(marked);
  const { type } = value;
  const fail = (detail: string, summary = "Unsupported attribute"): Value => {
    reportError(scene, summary, detail, span);
    return unknownValue();
  };
  if (isNull(value)) {
    return fail("This value is null, so it does not have any attributes.", "Attempt to get attribute from null value");
  }
  const quoted = JSON.stringify(name);
  if (type.kind === "dynamic") return withMarks(unknownValue(), marked.marks);
  if (type.kind === "object") {
    const attributeType = type.attributes.get(name);
    if (attributeType === undefined) return fail(`This object does not have an attribute named ${quoted}.`);
    return withMarks(entry(value, name) ?? unknownValue(attributeType), marked.marks);
  }
  if (type.kind === "map") {
    if (!isKnown(value)) return withMarks(unknownValue(type.element), marked.marks);
    const element = entry(value, name);
    if (element !== undefined) return withMarks(element, marked.marks);
    return fail(`This map does not have an element with the key ${quoted}.`, "Missing map element");
  }
  if (isPrimitiveType(type)) {
    return fail(`Can't access attributes on a primitive-typed value (${friendlyTypeName(type)}).`);
  }
  return fail(sequenceAttributeDetail(type, quoted, name));
}

function sequenceAttributeDetail(type: Type, quoted: string, name: string): string {
  if ((type.kind !== "list" && type.kind !== "set") || type.element.kind !== "object") {
    return "This value does not have any attributes.";
  }
  if (type.kind === "set") {
    return "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of the set?";
  }
  const what = type.element.attributes.has(name) ? `attribute ${quoted}` : "an attribute";
  return `Can't access attributes on a list of objects. Did you mean to access ${what} for a specific element of the list, or across all elements of the list?`;
}

function entry(value: Value, name: string): Value | undefined {
  return isKnown(value) ? entriesOf(value).get(name.normalize("NFC")) : undefined;
}

const UNIDENTIFIED = "The given key does not identify an element in this collection value";

/** `collection[key]`. */
export function indexValue(markedCollection: Value, markedKey: Value, span: Span, scene: Scene): Value {
  const [collection, key] = [unmark(markedCollection), unmark(markedKey)];
  const marks = [...markedCollection.marks, ...markedKey.marks];
  const fail = (detail: string, summary = "Invalid index"): Value => {
    reportError(scene, summary, detail, span);
    return unknownValue();
  };
  if (isNull(collection))
    return fail("This value is null, so it does not have any indices.", "Attempt to index null value");
  if (isNull(key)) return fail("Can't use a null value as an indexing key.");
  const { type } = collection;
  if (type.kind === "dynamic" || key.type.kind === "dynamic") return withMarks(unknownValue(), marks);
  if (type.kind === "set") {
    return fail(
      "Elements of a set are identified only by their value and don't have any separate index or key to select with, so it's only possible to perform operations across all elements of the set.",
    );
  }
  if (isPrimitiveType(type)) return fail("This value does not have any indices.");
  const isSequence = type.kind === "list" || type.kind === "tuple";
  try {
    const converted = convert(key, isSequence ? numberType : stringType);
    const found = isSequence
      ? elementAt(collection, converted)
      : namedElement(collection, converted, key.type.kind === "number");
    return typeof found === "string" ? fail(UNIDENTIFIED + found) : withMarks(found, marks);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    return fail(`${UNIDENTIFIED}: ${error.message}.`);
  }
}

/** An element of a list or tuple, or the end of the message that says why there is none. */
function elementAt(collection: Value, key: Value): Value | string {
  const { type } = collection;
  if (!isKnown(key)) return unknownValue(type.kind === "list" ? type.element : dynamicType);
  const number = key.raw as BigNumber;
  if (compareNumbers(number, 0) < 0) return ": a negative number is not a valid index for a sequence.";
  if (number !== Infinity && !isInteger(number)) {
    return ": indexing a sequence requires a whole number, but the given index has a fractional part.";
  }
  const index = Number(toBigInt(number) ?? Infinity);
  if (!isKnown(collection)) {
    if (type.kind !== "tuple") return unknownValue(type.kind === "list" ? type.element : dynamicType);
    const elementType = type.elements[index];
    return elementType === undefined ? outOfRange(index, type.elements.length) : unknownValue(elementType);
  }
  const elements = elementsOf(collection);
  return elements[index] ?? outOfRange(index, elements.length);
}

function outOfRange(index: number, length: number): string {
  if (length === 0) return ": the collection has no elements.";
  if (index !== length) return ".";
  return ": the given index is greater than or equal to the length of the collection.";
}

/** An element of a map or object, or the end of the message that says why there is none. */
function namedElement(collection: Value, key: Value, wasNumber: boolean): Value | string {
  const { type } = collection;
  if (!isKnown(key)) return unknownValue(type.kind === "map" ? type.element : dynamicType);
  const name = key.raw as string;
  if (type.kind === "object") {
    const attributeType = type.attributes.get(name);
    if (attributeType !== undefined) return entry(collection, name) ?? unknownValue(attributeType);
    return `.${wasNumber ? " An object only supports looking up attributes by name, not by numeric index." : ""}`;
  }
  if (!isKnown(collection)) return unknownValue(type.kind === "map" ? type.element : dynamicType);
  return entry(collection, name) ?? ".";
}
