import type { TemplateWorld } from "./model.js";

/** One -var argument. */
export interface VariableAssignment {
  readonly name: string;
  readonly text: string;
}

export interface ParseTemplateOptions {
  /** The template argument as typed: a folder, or a `.pkr.hcl` or `.pkr.json` file. */
  readonly path: string;
  readonly world: TemplateWorld;
  /** What `required_version` is compared with and `packer.version` shows. Absent: the version of Packer that this follows. */
  readonly version?: string;
  /** Paths of -var-file, in order. */
  readonly variableFiles?: readonly string[];
  /** Values of -var, in order. */
  readonly variables?: readonly VariableAssignment[];
  /** Warns of variables that a variable file sets and the template doesn't declare. */
  readonly warnUndeclared?: boolean;
}

/** Splits a -var argument at its first `=`; undefined without one. */
export function parseVariableAssignment(argument: string): VariableAssignment | undefined {
  const at = argument.indexOf("=");
  return at < 0 ? undefined : { name: argument.slice(0, at), text: argument.slice(at + 1) };
}
