import { joinDecodingErrors, LegacyError } from "../go-errors.js";
import { findKey } from "../go-decode.js";
import type { JsonValue } from "../go-json.js";
import { goKindName, isJsonArray, isJsonObject } from "../go-value-text.js";

/** A legacy template that fixers change. Objects are Maps, and all of it belongs to the draft. */
export type DraftObject = Map<string, DraftValue>;
export type DraftValue = null | boolean | string | number | DraftValue[] | DraftObject;

/** Tells whether a value is an object. */
export function isDraftObject(value: DraftValue | undefined): value is DraftObject {
  return value instanceof Map;
}

/** Copies a value so that it can be changed. */
export function toDraft(value: JsonValue): DraftValue {
  if (isJsonObject(value)) return new Map([...value].map(([key, item]) => [key, toDraft(item)]));
  if (isJsonArray(value)) return value.map(toDraft);
  return value;
}

/**
 * Gives the builders, and writes the key back: null without builders, as the reference's fixers do. A null among them is skipped.
 * Throws LegacyError when they aren't a list of objects.
 */
export function buildersOf(draft: DraftObject): readonly DraftObject[] {
  const list = strictList(draft, { key: "builders", name: "Builders" });
  const errors = (list ?? []).flatMap((item, index) =>
    item === null || isDraftObject(item) ? [] : [`'Builders[${index}]' expected a map, got '${goKindName(item)}'`],
  );
  throwErrors(errors);
  draft.set("builders", list ?? null);
  return (list ?? []).filter(isDraftObject);
}

/** The builders of a type, or of several: all that `accepts`. */
export function buildersOfType(draft: DraftObject, accepts: (type: string) => boolean): readonly DraftObject[] {
  return buildersOf(draft).filter((builder) => {
    const type = builder.get("type");
    return typeof type === "string" && accepts(type);
  });
}

/** The post-processors that are objects, those in chains too. Throws LegacyError when the key holds no list. */
export function postProcessorsOf(draft: DraftObject): readonly DraftObject[] {
  const list = strictList(draft, { key: "post-processors", name: "post-processors" });
  draft.set("post-processors", list ?? null);
  return (list ?? []).flatMap((item) => (Array.isArray(item) ? item : [item])).filter(isDraftObject);
}

/** True when the template has the key "post-processors" with anything but null. */
export function hasPostProcessors(draft: DraftObject): boolean {
  return (draft.get("post-processors") ?? null) !== null;
}

/** The provisioners that are objects. A single one that is no list becomes one. */
export function provisionersOf(draft: DraftObject): readonly DraftObject[] {
  const key = findKey(draft, "provisioners");
  const value = key === undefined ? null : (draft.get(key) ?? null);
  if (value === null) return [];
  const list = Array.isArray(value) ? value : isDraftObject(value) && value.size === 0 ? [] : [value];
  if (list.length > 0) draft.set("provisioners", list);
  return list.filter(isDraftObject);
}

function strictList(
  draft: DraftObject,
  { key, name }: { readonly key: string; readonly name: string },
): DraftValue[] | undefined {
  const found = findKey(draft, key);
  const value = found === undefined ? null : (draft.get(found) ?? null);
  if (value === null) return undefined;
  if (!Array.isArray(value))
    throwErrors([`'${name}': source data must be an array or slice, got ${goKindName(value)}`]);
  return value as DraftValue[]; // the line above throws otherwise
}

function throwErrors(errors: readonly string[]): void {
  const joined = joinDecodingErrors(errors);
  if (joined !== undefined) throw new LegacyError(joined.message);
}
