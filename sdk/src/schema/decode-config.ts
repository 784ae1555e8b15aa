import type { Diagnostic } from "@ingot/diag";
import type { Value } from "@ingot/protocol";
import { DecodeScope, type TextRenderer } from "./decode-scope.js";
import type { AttributeField } from "./field.js";

/** A configuration that was decoded, and what there is to say about it. */
export interface DecodedConfig<T> {
  /** The configuration; undefined when there are errors or unknown values. */
  readonly config: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** True when the configuration has values that are not known yet. */
  readonly hasUnknowns: boolean;
  /** Texts of sensitive values. */
  readonly secrets: readonly string[];
}

/** Decodes a wire value by a schema. All problems are reported, each with its path. Absent values count as null. A renderer renders its strings. */
export function decodeConfig<T>(
  schema: AttributeField<T>,
  value: Value | undefined,
  renderer?: TextRenderer,
): DecodedConfig<T> {
  const scope = DecodeScope.root(renderer);
  const decoded = schema.decode(value, scope);
  return {
    config: scope.gaps === 0 ? decoded : undefined,
    diagnostics: scope.diagnostics,
    hasUnknowns: scope.unknowns > 0,
    secrets: [...scope.secrets],
  };
}
