import { hasErrors, type Diagnostic, type Outcome } from "@ingot/diag";
import type { CallExpression, Expression, Span } from "./ast.js";
import { convert, ConversionError } from "./convert.js";
import { evaluate } from "./evaluate.js";
import { parseExpressionFile } from "./parse-expression-text.js";
import type { SourceFile } from "./source-file.js";
import {
  boolType,
  dynamicType,
  listType,
  mapType,
  numberType,
  objectType,
  setType,
  stringType,
  tupleType,
  type Type,
} from "./type.js";
import { applyDefaults, type TypeDefaults } from "./type-defaults.js";
import type { Value } from "./value.js";

/** A type constraint and the defaults of the optional attributes in it. */
export interface TypeConstraint {
  readonly type: Type;
  /** Absent when no attribute has a default. */
  readonly defaults?: TypeDefaults;
}

export interface TypeConstraintOptions {
  readonly file: SourceFile;
  /** Accepts `optional(type, default)`. Otherwise `optional` takes the type alone. */
  readonly allowDefaults: boolean;
}

/**
 * Decodes a type expression such as `list(object({a = string, b = optional(number, 3)}))`. After an error the type is `any`.
 */
export function decodeTypeConstraint(expression: Expression, options: TypeConstraintOptions): Outcome<TypeConstraint> {
  const diagnostics: Diagnostic[] = [];
  const value = decode(expression, { ...options, diagnostics });
  return { value, diagnostics };
}

interface Decoding extends TypeConstraintOptions {
  readonly diagnostics: Diagnostic[];
}

const PRIMITIVES: ReadonlyMap<string, Type> = new Map([
  ["string", stringType],
  ["number", numberType],
  ["bool", boolType],
  ["any", dynamicType],
]);

const INVALID = "Invalid type specification";
const ANY: TypeConstraint = { type: dynamicType };

function fail(decoding: Decoding, detail: string, subject: Span, context?: Span): TypeConstraint {
  const { file, diagnostics } = decoding;
  const range = { subject: file.range(subject), ...(context && { context: file.range(context) }) };
  diagnostics.push({ severity: "error", summary: INVALID, detail, ...range });
  return ANY;
}

function decode(expression: Expression, decoding: Decoding): TypeConstraint {
  if (expression.kind === "traversal" && expression.steps.length === 0)
    return decodeKeyword(expression.name, expression, decoding);
  if (expression.kind === "null") return decodeKeyword("null", expression, decoding);
  if (expression.kind === "bool") return decodeKeyword(String(expression.value), expression, decoding);
  if (expression.kind === "call") return decodeConstructor(expression, decoding);
  if (expression.kind === "error") return ANY;
  if (expression.kind === "json-string") {
    const parsed = parseExpressionFile(expression.file);
    decoding.diagnostics.push(...parsed.diagnostics);
    return decode(parsed.value, { ...decoding, file: expression.file });
  }
  const detail =
    "A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).";
  return fail(decoding, detail, expression);
}

function decodeKeyword(name: string, span: Span, decoding: Decoding): TypeConstraint {
  const primitive = PRIMITIVES.get(name);
  if (primitive !== undefined) return { type: primitive };
  switch (name) {
    case "list":
    case "set":
    case "map":
      return fail(decoding, `The ${name} type constructor requires one argument specifying the element type.`, span);
    case "object":
      return fail(
        decoding,
        "The object type constructor requires one argument specifying the attribute types and values as a map.",
        span,
      );
    case "tuple":
      return fail(
        decoding,
        "The tuple type constructor requires one argument specifying the element types as a list.",
        span,
      );
    case "optional":
      return fail(decoding, 'Keyword "optional" is valid only as a modifier for object type attributes.', span);
    default:
      return fail(decoding, `The keyword ${JSON.stringify(name)} is not a valid type specification.`, span);
  }
}

function decodeConstructor(call: CallExpression, decoding: Decoding): TypeConstraint {
  const { name, nameSpan } = call;
  if (PRIMITIVES.has(name)) {
    return fail(
      decoding,
      `Primitive type keyword ${JSON.stringify(name)} does not expect arguments.`,
      argumentsSpan(call),
      call,
    );
  }
  if (name === "optional") {
    return fail(decoding, 'Keyword "optional" is valid only as a modifier for object type attributes.', call);
  }
  if (!["list", "set", "map", "object", "tuple"].includes(name)) {
    return fail(decoding, `Keyword ${JSON.stringify(name)} is not a valid type constructor.`, call);
  }
  const [argument, ...extra] = call.arguments;
  if (argument === undefined || extra.length > 0) {
    return decodeKeyword(name, argument === undefined ? nameSpan : argumentsSpan(call), decoding);
  }
  if (name === "object") return decodeObject(argument, call, decoding);
  if (name === "tuple") return decodeTuple(argument, call, decoding);
  const element = decode(argument, decoding);
  const make = name === "list" ? listType : name === "set" ? setType : mapType;
  return { type: make(element.type), ...(element.defaults && { defaults: { element: element.defaults } }) };
}

function argumentsSpan(call: CallExpression): Span {
  return { start: call.openParenSpan.start, end: call.closeParenSpan.end };
}

function decodeTuple(argument: Expression, call: CallExpression, decoding: Decoding): TypeConstraint {
  if (argument.kind !== "tuple") {
    return fail(decoding, "Tuple type constructor requires a list of element types.", argument, call);
  }
  const elements = argument.elements.map((element) => decode(element, decoding));
  const parts = new Map<string | number, TypeDefaults>();
  for (const [index, element] of elements.entries()) if (element.defaults) parts.set(index, element.defaults);
  return { type: tupleType(elements.map((element) => element.type)), ...(parts.size > 0 && { defaults: { parts } }) };
}

function decodeObject(argument: Expression, call: CallExpression, decoding: Decoding): TypeConstraint {
  if (argument.kind !== "object") {
    const detail =
      "Object type constructor requires a map whose keys are attribute names and whose values are the corresponding attribute types.";
    return fail(decoding, detail, argument, call);
  }
  const attributes = new Map<string, Type>();
  const optional = new Set<string>();
  const parts = new Map<string | number, TypeDefaults>();
  const values = new Map<string, Value>();
  for (const { key, keyName, value } of argument.items) {
    if (keyName === undefined) {
      fail(decoding, "Object constructor map keys must be attribute names.", key, argument);
      continue;
    }
    if (attributes.has(keyName)) {
      fail(decoding, "Object constructor map keys must be unique.", key, argument);
      continue;
    }
    const attribute = decodeAttribute(value, decoding);
    attributes.set(keyName, attribute.type);
    if (attribute.isOptional) optional.add(keyName);
    if (attribute.defaults) parts.set(keyName, attribute.defaults);
    if (attribute.defaultValue) values.set(keyName, attribute.defaultValue);
  }
  const defaults = parts.size > 0 || values.size > 0 ? { defaults: { parts, values } } : {};
  return { type: objectType(attributes, optional), ...defaults };
}

interface AttributeConstraint extends TypeConstraint {
  readonly isOptional: boolean;
  readonly defaultValue?: Value;
}

function decodeAttribute(expression: Expression, decoding: Decoding): AttributeConstraint {
  if (expression.kind !== "call" || expression.name !== "optional")
    return { ...decode(expression, decoding), isOptional: false };
  const [typeExpression, defaultExpression, extra] = expression.arguments;
  if (typeExpression === undefined) {
    const detail = "Optional attribute modifier requires the attribute type as its argument.";
    return { ...fail(decoding, detail, argumentsSpan(expression), expression), isOptional: true };
  }
  const constraint = decode(typeExpression, decoding);
  if (defaultExpression !== undefined && !decoding.allowDefaults) {
    fail(
      decoding,
      "Optional attribute modifier expects only one argument: the attribute type.",
      defaultExpression,
      expression,
    );
  } else if (extra !== undefined) {
    const detail =
      "Optional attribute modifier expects at most two arguments: the attribute type, and a default value.";
    fail(decoding, detail, extra, expression);
  } else if (defaultExpression !== undefined) {
    const defaultValue = decodeDefault(defaultExpression, constraint.type, decoding);
    if (defaultValue !== undefined) return { ...constraint, isOptional: true, defaultValue };
  }
  return { ...constraint, isOptional: true };
}

function decodeDefault(expression: Expression, type: Type, { file, diagnostics }: Decoding): Value | undefined {
  const outcome = evaluate(expression, file, {});
  diagnostics.push(...outcome.diagnostics);
  if (hasErrors(outcome.diagnostics)) return undefined;
  try {
    return convert(outcome.value, type);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    diagnostics.push({
      severity: "error",
      summary: "Invalid default value for optional attribute",
      detail: `This default value is not compatible with the attribute's type constraint: ${error.message}.`,
      subject: file.range(expression),
    });
    return undefined;
  }
}

/** Fills in the defaults of optional attributes and converts. Throws ConversionError. */
export function convertToConstraint(value: Value, { type, defaults }: TypeConstraint): Value {
  return convert(defaults === undefined ? value : applyDefaults(value, defaults), type);
}
