import type { Attribute, NestedBlock, Schema } from "@ingot/protocol";
import { toTypedValue } from "../value.js";
import type { AttributeField, BlockField, Fields } from "./field.js";

/** Gives the wire form of a schema: what `Describe` sends, and what documentation and completion are made from. */
export function describeSchema(fields: Fields): Schema {
  const schema: Schema = { attributes: {}, blocks: {} };
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === "attribute") schema.attributes[name] = describeAttribute(name, field);
    else if (field.kind === "block") schema.blocks[name] = describeBlock(field);
    else {
      const inner = describeSchema(field.fields);
      Object.assign(schema.attributes, inner.attributes);
      Object.assign(schema.blocks, inner.blocks);
    }
  }
  return schema;
}

function describeAttribute(name: string, { type, options, allowedValues }: AttributeField<unknown>): Attribute {
  const hasDefault = options.default !== undefined;
  return {
    type,
    required: options.optional !== true && !hasDefault,
    defaultValue: hasDefault ? toTypedValue(options.default, type, `the default of ${name}`) : undefined,
    sensitive: options.sensitive ?? false,
    deprecated: options.deprecated ?? "",
    description: options.describe ?? "",
    allowedValues: [...allowedValues],
  };
}

function describeBlock({ nesting, fields, options }: BlockField<unknown>): NestedBlock {
  return {
    nesting,
    schema: describeSchema(fields),
    minItems: options.min ?? 0,
    maxItems: options.max ?? 0,
    deprecated: options.deprecated ?? "",
    description: options.describe ?? "",
  };
}
