import { NestedBlock_Nesting, type Value } from "@ingot/protocol";
import { wrongType, type KnownKind } from "./attribute.js";
import { decodeFields, elementsOf, entriesOf, fieldNames } from "./collections.js";
import type { CheckResult, DecodeScope } from "./decode-scope.js";
import type { BlockField, BlockOptions, Fields, GroupField, InferFields } from "./field.js";

/** The value of a block with these options. */
export type BlockValue<T, O> = O extends { readonly nesting: "list" | "set" }
  ? readonly T[]
  : O extends { readonly nesting: "map" }
    ? Readonly<Record<string, T>>
    : O extends { readonly min: 1 }
      ? T
      : T | undefined;

/** Options of a block, with a check of each block's content. */
export interface CheckedBlockOptions<T> extends BlockOptions {
  /** Looks at each block's content as a whole. Runs when every field is known and free of errors. */
  readonly check?: (value: T) => CheckResult;
}

const NESTING = {
  single: NestedBlock_Nesting.SINGLE,
  list: NestedBlock_Nesting.LIST,
  set: NestedBlock_Nesting.SET,
  map: NestedBlock_Nesting.MAP,
};

/** A nested block ("name { ... }") with the given fields. Only in a component's configuration and in other blocks. */
export function block<const F extends Fields, const O extends CheckedBlockOptions<InferFields<F>>>(
  fields: F,
  options?: O,
): BlockField<BlockValue<InferFields<F>, O>> {
  const settings: CheckedBlockOptions<InferFields<F>> = options ?? {};
  const one = (value: Value, scope: DecodeScope): InferFields<F> | undefined => {
    const kind = value.kind;
    if (kind?.$case === "unknownValue") return scope.unknown();
    const entries = kind === undefined ? undefined : entriesOf(kind as KnownKind);
    if (entries === undefined) return wrongType(scope, "an object");
    const gaps = scope.gaps;
    const decoded = decodeFields(fields, entries, scope);
    if (scope.gaps === gaps) scope.problems(settings.check?.(decoded));
    return decoded;
  };
  const many = (value: Value | undefined, scope: DecodeScope): unknown => {
    const kind = value?.kind;
    if (kind?.$case === "unknownValue") return scope.unknown();
    const isAbsent = kind === undefined || kind.$case === "nullValue";
    if (settings.nesting === undefined || settings.nesting === "single") {
      if (value === undefined || isAbsent) return (settings.min ?? 0) > 0 ? tooFew(scope, 1) : undefined;
      return one(value, scope);
    }
    if (settings.nesting === "map") {
      const entries = isAbsent ? {} : entriesOf(kind);
      if (entries === undefined) return wrongType(scope, "a map of blocks");
      checkCount(settings, scope, Object.keys(entries).length);
      return Object.fromEntries(Object.entries(entries).map(([key, item]) => [key, one(item, scope.at(key))]));
    }
    const elements = isAbsent ? [] : elementsOf(kind);
    if (elements === undefined) return wrongType(scope, "a list of blocks");
    checkCount(settings, scope, elements.length);
    return elements.map((item, index) => one(item, scope.at(index)));
  };
  return {
    kind: "block",
    nesting: NESTING[settings.nesting ?? "single"],
    fields,
    options: settings,
    decode: (value, scope) => many(value, scope) as BlockValue<InferFields<F>, O>, // undefined only beside an error
  };
}

function checkCount(options: BlockOptions, scope: DecodeScope, count: number): void {
  if (count < (options.min ?? 0)) tooFew(scope, options.min ?? 0);
  if (options.max !== undefined && count > options.max) {
    scope.error(`Too many ${scope.name} blocks`, `No more than ${options.max} "${scope.name}" blocks are allowed.`);
  }
}

function tooFew(scope: DecodeScope, min: number): undefined {
  return scope.error(`Insufficient ${scope.name} blocks`, `At least ${min} "${scope.name}" blocks are required.`);
}

/**
 * Several attributes and blocks that stand side by side with the other fields in the template and are decoded into one value
 * of their own. For option sets that many components share.
 */
export function group<const F extends Fields, T = InferFields<F>>(
  fields: F,
  options?: {
    /** Looks at the group as a whole, when every field is known and free of errors. */
    readonly check?: (value: InferFields<F>) => CheckResult;
    /** Gives the decoded value another form. */
    readonly transform?: (value: InferFields<F>) => T;
  },
): GroupField<T> {
  const names = new Set(fieldNames(fields));
  return {
    kind: "group",
    fields,
    decodeGroup: (entries, scope) => {
      const gaps = scope.gaps;
      const own = Object.fromEntries(Object.entries(entries).filter(([name]) => names.has(name)));
      const decoded = decodeFields(fields, own, scope);
      if (scope.gaps === gaps) scope.problems(options?.check?.(decoded));
      return options?.transform?.(decoded) ?? (decoded as unknown as T); // without transform T is InferFields<F>
    },
  };
}
