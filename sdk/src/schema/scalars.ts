import { messageOf } from "@ingot/diag";
import { Type_Kind } from "@ingot/protocol";
import { parseDuration } from "../duration.js";
import { dynamicType, fromValue, makeType, type PlainValue } from "../value.js";
import { makeAttribute, wrongType, type KnownKind } from "./attribute.js";
import type { DecodeScope } from "./decode-scope.js";
import type { AttributeField, AttributeOptions, Presence } from "./field.js";

/** Options of a string. */
export interface StringOptions extends AttributeOptions<string> {
  /** The allowed values. */
  readonly oneOf?: readonly string[];
  /** The error for a value that is not among them. */
  readonly oneOfError?: (value: string) => string;
}

type StringOf<O> = O extends { readonly oneOf: readonly (infer V extends string)[] } ? V : string;

/** A string. With `oneOf`, one of the given values. */
export function string<const O extends StringOptions>(options?: O): AttributeField<Presence<StringOf<O>, O>> {
  const field = makeAttribute<string>({
    type: makeType(Type_Kind.STRING),
    options,
    allowedValues: options?.oneOf ?? [],
    decodeKnown: (kind, scope) => {
      const text = textOf(kind);
      if (text === undefined) return wrongType(scope, "string");
      if (options?.oneOf !== undefined && !options.oneOf.includes(text)) {
        if (options.oneOfError !== undefined) return scope.error(options.oneOfError(text), "");
        const allowed = options.oneOf.map((value) => JSON.stringify(value)).join(", ");
        return scope.error("Invalid value", `The argument "${scope.name}" must be one of ${allowed}.`);
      }
      return text;
    },
  });
  return field as AttributeField<Presence<StringOf<O>, O>>;
}

/** Options of a number. */
export interface NumberOptions extends AttributeOptions<number> {
  /** The least allowed value. */
  readonly min?: number;
  /** The greatest allowed value. */
  readonly max?: number;
}

/** A number, whole or not. */
export function number<const O extends NumberOptions>(options?: O): AttributeField<Presence<number, O>> {
  return numeric(options, false) as AttributeField<Presence<number, O>>;
}

/** A whole number between -2^53 and 2^53. */
export function integer<const O extends NumberOptions>(options?: O): AttributeField<Presence<number, O>> {
  return numeric(options, true) as AttributeField<Presence<number, O>>;
}

function numeric(options: NumberOptions | undefined, whole: boolean): AttributeField<number> {
  return makeAttribute<number>({
    type: makeType(Type_Kind.NUMBER),
    options,
    decodeKnown: (kind, scope) => {
      const value = numberOf(kind);
      if (value === undefined) return wrongType(scope, "a number");
      if (whole && !Number.isInteger(value)) return wrongType(scope, "a whole number");
      if (whole && !Number.isSafeInteger(value)) {
        return scope.error("Invalid value", `The number in "${scope.name}" is too large.`);
      }
      const { min, max } = options ?? {};
      if (min !== undefined && value < min) {
        return scope.error("Invalid value", `The argument "${scope.name}" must be at least ${min}.`);
      }
      if (max !== undefined && value > max) {
        return scope.error("Invalid value", `The argument "${scope.name}" must be at most ${max}.`);
      }
      return value;
    },
  });
}

/** True or false. */
export function boolean<const O extends AttributeOptions<boolean>>(options?: O): AttributeField<Presence<boolean, O>> {
  const field = makeAttribute<boolean>({
    type: makeType(Type_Kind.BOOL),
    options,
    decodeKnown: (kind, scope) => booleanOf(kind, ["true"], ["false"]) ?? wrongType(scope, "a bool"),
  });
  return field as AttributeField<Presence<boolean, O>>;
}

const TRUE_WORDS = ["1", "t", "T", "TRUE", "true", "True"];
const FALSE_WORDS = ["0", "f", "F", "FALSE", "false", "False"];

/**
 * True, false, or unset (`undefined`). Also takes the words that Go's ParseBool takes, and the empty string for unset, from
 * hosts whose templates are weakly typed.
 */
export function trilean(options?: Omit<AttributeOptions<boolean>, "optional">): AttributeField<boolean | undefined> {
  return makeAttribute<boolean | undefined>({
    type: makeType(Type_Kind.BOOL),
    options: { ...options, optional: true } as AttributeOptions<boolean | undefined, unknown>,
    decodeKnown: (kind, scope) =>
      textOf(kind) === "" ? undefined : (booleanOf(kind, TRUE_WORDS, FALSE_WORDS) ?? wrongType(scope, "a bool")),
  });
}

/** Options of a duration. */
export interface DurationOptions extends AttributeOptions<number, string> {
  /** The least allowed value in milliseconds. */
  readonly min?: number;
}

/** A Go duration string such as "1h30m" in the template; milliseconds when decoded. A default is written as text too. */
export function duration<const O extends DurationOptions>(options?: O): AttributeField<Presence<number, O>> {
  const field = makeAttribute<number>({
    type: makeType(Type_Kind.STRING),
    options,
    decodeKnown: (kind, scope) => {
      const text = textOf(kind);
      if (text === undefined) return wrongType(scope, "string");
      try {
        const ms = parseDuration(text);
        if (options?.min === undefined || ms >= options.min) return ms;
        return scope.error("Invalid value", `The duration in "${scope.name}" must be at least ${options.min} ms.`);
      } catch (error) {
        const hint = 'Write a number and a unit, such as "30s", "5m" or "1h30m".';
        return scope.error(`error decoding '${scope.name}': ${messageOf(error)}`, hint);
      }
    },
  });
  return field as AttributeField<Presence<number, O>>;
}

/** Bytes: a list of numbers from 0 to 255 in a template. */
export function bytes<const O extends AttributeOptions<Buffer>>(options?: O): AttributeField<Presence<Buffer, O>> {
  const field = makeAttribute<Buffer>({
    type: makeType(Type_Kind.LIST, makeType(Type_Kind.NUMBER)),
    options,
    decodeKnown: (kind, scope) => {
      if (kind.$case === "bytesValue") return Buffer.from(kind.value);
      if (kind.$case !== "listValue" && kind.$case !== "tupleValue") return wrongType(scope, "a list of numbers");
      const numbers = kind.value.elements.map((element) => numberOf(element.kind as KnownKind));
      const fits = (value: number | undefined): value is number =>
        value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255;
      return numbers.every(fits) ? Buffer.from(numbers) : wrongType(scope, "a list of numbers from 0 to 255");
    },
  });
  return field as AttributeField<Presence<Buffer, O>>;
}

/** A value of any type, as ordinary JavaScript. */
export function any<const O extends AttributeOptions<PlainValue>>(
  options?: O,
): AttributeField<Presence<PlainValue, O>> {
  const field = makeAttribute<PlainValue>({
    type: dynamicType(),
    options,
    decodeKnown: (kind, scope) => renderAll(fromValue({ kind, sensitive: false }), scope),
  });
  return field as AttributeField<Presence<PlainValue, O>>;
}

/** Renders the strings inside plain data. One at the top was rendered before. */
function renderAll(plain: PlainValue, scope: DecodeScope): PlainValue {
  if (typeof plain !== "object" || plain === null || ArrayBuffer.isView(plain)) return plain;
  const inside = (item: PlainValue): PlainValue =>
    typeof item === "string" ? scope.render(item) : renderAll(item, scope);
  if (Array.isArray(plain)) return (plain as readonly PlainValue[]).map(inside);
  const entries = Object.entries(plain as Readonly<Record<string, PlainValue>>);
  return Object.fromEntries(entries.map(([key, item]) => [scope.render(key) ?? key, inside(item)]));
}

/** The text of a scalar. Numbers and booleans are written as HCL writes them. */
function textOf(kind: KnownKind): string | undefined {
  if (kind.$case === "stringValue" || kind.$case === "numberValue") return kind.value;
  return kind.$case === "boolValue" ? String(kind.value) : undefined;
}

function numberOf(kind: KnownKind | undefined): number | undefined {
  if (kind?.$case !== "numberValue" && kind?.$case !== "stringValue") return undefined;
  const value = kind.value.trim() === "" ? NaN : Number(kind.value);
  return Number.isFinite(value) ? value : undefined;
}

function booleanOf(kind: KnownKind, yes: readonly string[], no: readonly string[]): boolean | undefined {
  if (kind.$case === "boolValue") return kind.value;
  const text = textOf(kind);
  if (text === undefined) return undefined;
  return yes.includes(text) ? true : no.includes(text) ? false : undefined;
}
