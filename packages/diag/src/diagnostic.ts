import type { SourceRange } from "./source-range.js";

/** One message about the user's template or arguments. Data only: sorting, colour and wrapping happen where it is shown. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** A fixed phrase without names where possible, so that equal problems read alike: "Unsupported argument". */
  readonly summary: string;
  /** Whole sentences: what is wrong, why, what to do. May be empty. */
  readonly detail: string;
  /** Exactly the text at fault. */
  readonly subject?: SourceRange;
  /** A larger range that contains the subject and helps to read it, such as the header of its block. */
  readonly context?: SourceRange;
  /**
   * What the variables of the failing expression hold, sorted: `var.names as empty list of string`, `each.key set to null`. For
   * expressions that are computed several times. Says nothing of sensitive values.
   */
  readonly values?: readonly string[];
  /** For reporters without source (plugins): the attribute; the host's caller turns it into `subject`. */
  readonly path?: AttributePath;
}

/** Steps from a component's configuration to one value in it: attribute names, block types, map keys and list indexes. */
export type AttributePath = readonly (string | number)[];

/** A result and what there is to say about it. Warnings may come with any value. */
export interface Outcome<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** The summary of an error in a string with `{{ }}`. */
export const INVALID_TEMPLATE = "Invalid template in a string";

/** Tells whether at least one of the diagnostics is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}
