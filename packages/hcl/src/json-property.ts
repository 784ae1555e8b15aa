import type { Expression, ObjectItem, Span } from "./ast.js";

/** One property of an object that stands for a body or for labels. */
export interface JsonProperty {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: Expression;
}

/** The opening bracket of a value that has one, else the value: enough to show where it stands. */
export function startOf(value: Expression): Span {
  return value.kind === "object" || value.kind === "tuple" ? value.openSpan : { start: value.start, end: value.end };
}

/** The properties of an object in order, equal names included. */
export function propertiesOf(items: readonly ObjectItem[]): readonly JsonProperty[] {
  return items.flatMap(({ key, value }) =>
    key.kind === "json-string" ? [{ name: key.text, nameSpan: { start: key.start, end: key.end }, value }] : [],
  );
}
