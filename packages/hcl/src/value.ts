import type { Type } from "./type.js";
import type { BigNumber } from "./big-number.js";

/** A tag that values carry along through every operation. "sensitive" is the only one that the language itself uses. */
export type Mark = string;

/** Stands in `Value.raw` for a value that is not known yet. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/**
 * What a value holds: null, unknown, a scalar, the elements of a list, set or tuple in order (sets in cty's order and without
 * duplicates), or the entries of a map or object in bytewise order of their keys.
 */
export type RawValue =
  | null
  | typeof UNKNOWN
  | boolean
  | string
  | BigNumber
  | readonly Value[]
  | ReadonlyMap<string, Value>;

/** An immutable value with its type, as in cty. Marks of elements stay with the elements. */
export interface Value {
  readonly type: Type;
  readonly raw: RawValue;
  readonly marks: ReadonlySet<Mark>;
}
