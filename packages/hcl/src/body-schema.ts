import type { Type } from "./type.js";
import type { Value } from "./value.js";

/** What a body may contain: the shape that a plugin announces for a component's configuration. */
export interface BodySchema {
  readonly attributes: ReadonlyMap<string, AttributeSchema>;
  readonly blocks: ReadonlyMap<string, NestedBlockSchema>;
}

export interface AttributeSchema {
  readonly type: Type;
  readonly required: boolean;
  /** Documentation and completion only: an absent attribute decodes to null, the plugin applies its default. */
  readonly defaultValue?: Value;
  /** Documentation and completion only: the texts that are good; the plugin refuses others. Absent: any. */
  readonly allowedValues?: readonly string[];
  readonly sensitive: boolean;
  /** Why and what instead; a use of the attribute gives a warning with this text. */
  readonly deprecated?: string;
  readonly description: string;
}

/**
 * A nested block. `single` decodes to an object or null, `list` and `set` to a collection of objects, `map` to a map keyed by
 * the block's one label.
 */
export interface NestedBlockSchema {
  readonly nesting: "single" | "list" | "set" | "map";
  readonly schema: BodySchema;
  readonly minItems: number;
  /** No limit when absent. */
  readonly maxItems?: number;
  readonly deprecated?: string;
  readonly description: string;
}
