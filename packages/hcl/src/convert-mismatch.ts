import { compareBytes } from "./compare-bytes.js";
import {
  dynamicType,
  friendlyConstraintName,
  friendlyTypeName,
  isCollectionType,
  typesEqual,
  type CollectionType,
  type ObjectType,
  type Type,
} from "./type.js";
import { canConvert } from "./unify.js";

/** Says why no value of type `got` converts to `want`: `number required`, `attribute "a" is required`. No full stop. */
export function mismatchReason(got: Type, want: Type): string {
  if (got.kind === "object" && want.kind === "object") return objectReason(got, want);
  if (isCollectionType(want)) {
    if (got.kind === "tuple" && want.kind !== "map") return structuralReason(got.elements.entries(), want);
    if (got.kind === "object" && want.kind === "map") return structuralReason(sortedEntries(got), want);
    if (isCollectionType(got) && (got.kind === want.kind || (got.kind !== "map" && want.kind !== "map"))) {
      return `incorrect ${want.kind} element type: ${mismatchReason(got.element, want.element)}`;
    }
  }
  return `${friendlyConstraintName(want)} required`;
}

function sortedEntries(type: ObjectType): [string, Type][] {
  return [...type.attributes].sort(([a], [b]) => compareBytes(a, b));
}

function structuralReason(parts: Iterable<[string | number, Type]>, want: CollectionType): string {
  if (want.element.kind === "dynamic") return `all ${want.kind} elements must have the same type`;
  for (const [key, type] of parts) {
    if (canConvert(type, want.element, "unsafe")) continue;
    return `element ${typeof key === "number" ? key : JSON.stringify(key)}: ${mismatchReason(type, want.element)}`;
  }
  return `all elements must be ${friendlyConstraintName(want.element)}`;
}

function objectReason(got: ObjectType, want: ObjectType): string {
  const missing: string[] = [];
  for (const [name, wanted] of sortedEntries(want)) {
    const type = got.attributes.get(name);
    if (type === undefined) {
      if (!want.optional?.has(name)) missing.push(JSON.stringify(name));
    } else if (!canConvert(type, wanted, "unsafe")) {
      return `attribute ${JSON.stringify(name)}: ${mismatchReason(type, wanted)}`;
    }
  }
  const last = missing.pop();
  if (last === undefined) return "incorrect object attributes";
  if (missing.length === 0) return `attribute ${last} is required`;
  if (missing.length === 1) return `attributes ${missing[0] ?? ""} and ${last} are required`;
  return `attributes ${missing.join(", ")}, and ${last} are required`;
}

/** Says in what the arms of a conditional differ. No full stop. */
export function conditionalMismatchReason(whenTrue: Type, whenFalse: Type): string {
  if (whenTrue.kind === "object" && whenFalse.kind === "object") {
    const names = new Set([...whenTrue.attributes.keys(), ...whenFalse.attributes.keys()]);
    for (const name of [...names].sort(compareBytes)) {
      const a = whenTrue.attributes.get(name);
      const b = whenFalse.attributes.get(name);
      const quoted = JSON.stringify(name);
      if (!a) return `The 'false' value includes object attribute ${quoted}, which is absent in the 'true' value`;
      if (!b) return `The 'true' value includes object attribute ${quoted}, which is absent in the 'false' value`;
      if (!typesEqual(a, b)) return `Type mismatch for object attribute ${quoted}: ${conditionalMismatchReason(a, b)}`;
    }
  } else if (whenTrue.kind === "tuple" && whenFalse.kind === "tuple") {
    const [a, b] = [whenTrue.elements, whenFalse.elements];
    if (a.length !== b.length) {
      return `The 'true' tuple has length ${a.length}, but the 'false' tuple has length ${b.length}`;
    }
    for (const [index, type] of a.entries()) {
      const other = b[index] ?? dynamicType;
      if (typesEqual(type, other)) continue;
      return `Type mismatch for tuple element ${index}: ${conditionalMismatchReason(type, other)}`;
    }
  } else if (isCollectionType(whenTrue) && isCollectionType(whenFalse) && whenTrue.kind === whenFalse.kind) {
    const [a, b] = [whenTrue.element, whenFalse.element];
    if (a.kind === b.kind && (a.kind === "object" || a.kind === "tuple")) {
      return `Mismatched ${whenTrue.kind} element types: ${conditionalMismatchReason(a, b)}`;
    }
  }
  const [a, b] = [friendlyTypeName(whenTrue), friendlyTypeName(whenFalse)];
  if (a === b) {
    return "At least one deeply-nested attribute or element is not compatible across both the 'true' and the 'false' value";
  }
  return `The 'true' value is ${a}, but the 'false' value is ${b}`;
}
