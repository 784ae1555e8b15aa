import type { NestedBlock_Nesting, Type, Value } from "@ingot/protocol";
import type { CheckResult, DecodeScope } from "./decode-scope.js";

/** What every attribute may say about itself. `T` is the decoded value, `D` the form in which a default is written. */
export interface AttributeOptions<T, D = T> {
  /** What it is for, in Markdown, in whole sentences. */
  readonly describe?: string;
  /** True when it may be absent; it is decoded as `undefined` then. */
  readonly optional?: boolean;
  /** Used when it is absent. An attribute with a default is never `undefined`. */
  readonly default?: D;
  /** True when the value is a secret: it is masked in all output. */
  readonly sensitive?: boolean;
  /** Why it should not be used any more, and what to use instead. */
  readonly deprecated?: string;
  /**
   * False when the component renders `{{ }}` in the value itself, with data that it has only while it runs, such as `{{.Path}}`. By
   * default the strings of a configuration are rendered once, before they are checked, as Packer's plugins do. Here only their
   * syntax is checked then.
   */
  readonly interpolate?: false;
  /** Looks at a value that is present and of the right type. */
  readonly check?: (value: T) => CheckResult;
}

/** `T`, or `T | undefined` for options that say `optional: true` and have no default. */
export type Presence<T, O> = O extends { readonly default: unknown }
  ? T
  : O extends { readonly optional: true }
    ? T | undefined
    : T;

/** An attribute ("name = value"), and also the type of the elements of a collection. */
export interface AttributeField<T> {
  readonly kind: "attribute";
  readonly type: Type;
  readonly options: AttributeOptions<never, unknown>;
  readonly allowedValues: readonly string[];
  /** Decodes a value, null and absent included. Reports problems; gives `undefined` in their place. */
  decode(value: Value | undefined, scope: DecodeScope): T;
}

/** A nested block ("name { ... }"). */
export interface BlockField<T> {
  readonly kind: "block";
  readonly nesting: NestedBlock_Nesting;
  readonly fields: Fields;
  readonly options: BlockOptions;
  decode(value: Value | undefined, scope: DecodeScope): T;
}

/** Several attributes and blocks of the surrounding object, decoded into one value. */
export interface GroupField<T> {
  readonly kind: "group";
  readonly fields: Fields;
  decodeGroup(entries: Readonly<Record<string, Value>>, scope: DecodeScope): T;
}

/** Anything that an object schema may contain. */
export type Field<T> = AttributeField<T> | BlockField<T> | GroupField<T>;

/** The fields of an object schema by name. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The decoded form of fields. */
export type InferFields<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/** The decoded form of a schema or field: `Infer<typeof config>`. */
export type Infer<S> = S extends Field<infer T> ? T : never;

/** An object schema: the configuration of a component, the output of a data source, or the type of an attribute. */
export interface ObjectSchema<T> extends AttributeField<T> {
  readonly fields: Fields;
}

/** What a nested block may say about itself. */
export interface BlockOptions {
  /** What it is for, in Markdown, in whole sentences. */
  readonly describe?: string;
  /**
   * How the blocks become a value: "single" (an object, the default), "list", "set" (arrays), or "map" (an object by the
   * block's label).
   */
  readonly nesting?: "single" | "list" | "set" | "map";
  /** The least number of blocks. Default 0. A single block with `min: 1` is never `undefined`. */
  readonly min?: number;
  /** The greatest number of blocks. Default: one for a single block, otherwise no limit. */
  readonly max?: number;
  /** Why it should not be used any more, and what to use instead. */
  readonly deprecated?: string;
}
