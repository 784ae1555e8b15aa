import type { DraftObject } from "./template-draft.js";

/** Changes what an old release accepted into what today's accept. */
export interface Fixer {
  readonly name: string;
  readonly synopsis: string;
  /** Changes the draft. Throws LegacyError for a value that can't be changed. */
  fix(draft: DraftObject): void;
}

/** Gives a value a new key. With `keep`, a value that has the new key already stays. True when the old key was there. */
export function renameKey(
  object: DraftObject,
  from: string,
  to: string,
  options: { readonly keep?: boolean } = {},
): boolean {
  const value = object.get(from);
  if (value === undefined) return false;
  if (options.keep !== true || !object.has(to)) object.set(to, value);
  object.delete(from);
  return true;
}
