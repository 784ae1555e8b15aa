import type { Type, Value } from "@ingot/protocol";
import type { DecodeScope } from "./decode-scope.js";
import type { AttributeField, AttributeOptions } from "./field.js";
import { toTypedValue } from "../value.js";

/** A value that is present and known. */
export type KnownKind = Exclude<Value["kind"], undefined | { $case: "nullValue" } | { $case: "unknownValue" }>;

interface AttributeParts<T> {
  readonly type: Type;
  readonly options: AttributeOptions<T, unknown> | undefined;
  readonly allowedValues?: readonly string[];
  /** Decodes a present value; reports to the scope and gives `undefined` when it does not fit. */
  readonly decodeKnown: (kind: KnownKind, scope: DecodeScope) => T | undefined;
}

/** Makes an attribute field: the rules of absent, unknown, deprecated and secret values are the same for every type. */
export function makeAttribute<T>({ type, options, allowedValues, decodeKnown }: AttributeParts<T>): AttributeField<T> {
  const decode = (value: Value | undefined, scope: DecodeScope): T | undefined => {
    const kind = value?.kind;
    if (kind === undefined || kind.$case === "nullValue") return decodeAbsent(scope);
    if (kind.$case === "unknownValue") return scope.unknown();
    if (options?.sensitive === true || value?.sensitive === true) collectSecrets(kind, scope);
    const gaps = scope.gaps;
    const inner = options?.interpolate === false ? scope.verbatim() : scope;
    const rendered = renderScalar(kind, inner);
    if (rendered === undefined) return undefined;
    const decoded = decodeKnown(rendered, inner);
    if (scope.gaps === gaps) scope.problems(options?.check?.(decoded as T)); // no gap: decoded is a T
    return decoded;
  };
  const decodeAbsent = (scope: DecodeScope): T | undefined => {
    if (options?.default !== undefined) {
      const value = toTypedValue(options.default, type, `the default of ${scope.name}`);
      return value.kind === undefined ? undefined : decodeKnown(value.kind as KnownKind, scope.asDefault());
    }
    if (options?.optional === true) return undefined;
    return scope.error(
      "Missing required argument",
      `The argument "${scope.name}" is required, but no definition was found.`,
    );
  };
  return {
    kind: "attribute",
    type,
    options: options ?? {},
    allowedValues: allowedValues ?? [],
    decode: (value, scope) => decode(value, scope) as T, // undefined only beside an error, or where T allows it
  };
}

/** Renders a string; other values stay. Undefined when that fails, which is reported. */
function renderScalar(kind: KnownKind, scope: DecodeScope): KnownKind | undefined {
  if (kind.$case !== "stringValue") return kind;
  const text = scope.render(kind.value);
  return text === undefined ? undefined : { $case: "stringValue", value: text };
}

/** Reports a value of the wrong type in HCL's words. */
export function wrongType(scope: DecodeScope, wanted: string): undefined {
  return scope.error(
    "Incorrect attribute value type",
    `Inappropriate value for attribute "${scope.name}": ${wanted} required.`,
  );
}

function collectSecrets(kind: Value["kind"], scope: DecodeScope): void {
  switch (kind?.$case) {
    case "stringValue":
    case "numberValue":
      return scope.secret(kind.value);
    case "listValue":
    case "setValue":
    case "tupleValue":
      return kind.value.elements.forEach((element) => collectSecrets(element.kind, scope));
    case "mapValue":
    case "objectValue":
      return Object.values(kind.value.entries).forEach((entry) => collectSecrets(entry.kind, scope));
    default:
  }
}
