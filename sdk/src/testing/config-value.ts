import type { Schema, Type, Value } from "@ingot/protocol";
import { NestedBlock_Nesting } from "@ingot/protocol";
import { NULL_VALUE, toTypedValue, toValue } from "../value.js";

/** Stands in a test's configuration for a value that is not known yet, as while a template is validated. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/**
 * Makes the configuration that a host sends: an object with every attribute and block of the schema, absent ones as null or
 * empty. What does not fit the schema is sent as it is, so that a test can see the plugin refuse it.
 */
export function toConfigValue(schema: Schema, config: Readonly<Record<string, unknown>>): Value {
  const entries: Record<string, Value> = {};
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    const value = toAttributeValue(config[name], attribute.type);
    entries[name] = attribute.sensitive ? { ...value, sensitive: true } : value;
  }
  for (const [name, block] of Object.entries(schema.blocks)) {
    const inner = block.schema ?? { attributes: {}, blocks: {} };
    entries[name] = toBlockValue(config[name], block.nesting, inner);
  }
  for (const [name, value] of Object.entries(config)) entries[name] ??= toAttributeValue(value, undefined);
  return { kind: { $case: "objectValue", value: { entries } }, sensitive: false };
}

function toAttributeValue(plain: unknown, type: Type | undefined): Value {
  if (plain === UNKNOWN) return { kind: { $case: "unknownValue", value: { type } }, sensitive: false };
  try {
    return type === undefined ? toValue(plain) : toTypedValue(plain, type);
  } catch {
    return toValue(plain);
  }
}

function toBlockValue(plain: unknown, nesting: NestedBlock_Nesting, schema: Schema): Value {
  const one = (value: unknown): Value => toConfigValue(schema, value as Readonly<Record<string, unknown>>);
  switch (nesting) {
    case NestedBlock_Nesting.LIST:
    case NestedBlock_Nesting.SET: {
      const elements = ((plain ?? []) as readonly unknown[]).map(one);
      const $case = nesting === NestedBlock_Nesting.LIST ? "listValue" : "setValue";
      return { kind: { $case, value: { elements } }, sensitive: false };
    }
    case NestedBlock_Nesting.MAP: {
      const entries = Object.entries(plain ?? {}).map(([key, value]) => [key, one(value)] as const);
      return { kind: { $case: "mapValue", value: { entries: Object.fromEntries(entries) } }, sensitive: false };
    }
    default:
      return plain === undefined || plain === null ? NULL_VALUE : one(plain);
  }
}
