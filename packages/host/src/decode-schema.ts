import {
  dynamicType,
  listType,
  mapType,
  objectType,
  setType,
  type AttributeSchema,
  type BodySchema,
  type NestedBlockSchema,
  type Type,
} from "@ingot/hcl";
import { NestedBlock_Nesting, type Attribute, type NestedBlock, type Schema } from "@ingot/protocol";
import { decodeValue } from "./decode-value.js";
import { WireProblem, type WirePath } from "./wire-problem.js";
import { decodeType } from "./wire-type.js";

/** Reads a schema from the wire. Throws WireProblem when it makes no sense. */
export function decodeSchema(wire: Schema, path: WirePath): BodySchema {
  const clash = Object.keys(wire.attributes).find((name) => Object.hasOwn(wire.blocks, name));
  if (clash !== undefined) throw new WireProblem([...path, clash], "is both an attribute and a block");
  return {
    attributes: mapEntries(wire.attributes, (attribute, name) => decodeAttribute(attribute, [...path, name])),
    blocks: mapEntries(wire.blocks, (block, name) => decodeBlock(block, [...path, name])),
  };
}

function decodeAttribute(wire: Attribute, path: WirePath): AttributeSchema {
  const type = decodeType(wire.type, path);
  return {
    type,
    required: wire.required,
    sensitive: wire.sensitive,
    description: wire.description,
    ...(wire.allowedValues.length === 0 ? {} : { allowedValues: wire.allowedValues }),
    ...(wire.deprecated === "" ? {} : { deprecated: wire.deprecated }),
    ...(wire.defaultValue === undefined
      ? {}
      : { defaultValue: decodeValue(wire.defaultValue, type, [...path, "default"]) }),
  };
}

const NESTINGS: Readonly<Record<number, NestedBlockSchema["nesting"]>> = {
  [NestedBlock_Nesting.SINGLE]: "single",
  [NestedBlock_Nesting.LIST]: "list",
  [NestedBlock_Nesting.SET]: "set",
  [NestedBlock_Nesting.MAP]: "map",
};

function decodeBlock(wire: NestedBlock, path: WirePath): NestedBlockSchema {
  const nesting = NESTINGS[wire.nesting];
  if (nesting === undefined) throw new WireProblem(path, `has an unknown kind of nesting (${wire.nesting})`);
  if (wire.schema === undefined) throw new WireProblem(path, "has no schema");
  return {
    nesting,
    schema: decodeSchema(wire.schema, path),
    minItems: Math.max(0, wire.minItems),
    description: wire.description,
    ...(wire.maxItems > 0 ? { maxItems: wire.maxItems } : {}),
    ...(wire.deprecated === "" ? {} : { deprecated: wire.deprecated }),
  };
}

/** The type of a value that fits the schema: an object with all attributes and blocks. */
export function schemaType(schema: BodySchema): Type {
  const types = new Map<string, Type>();
  for (const [name, { type }] of schema.attributes) types.set(name, type);
  for (const [name, block] of schema.blocks) types.set(name, blockType(block));
  return objectType(types);
}

function blockType({ nesting, schema }: NestedBlockSchema): Type {
  const body = schemaType(schema);
  switch (nesting) {
    case "single":
      return body;
    case "list":
      // As in cty: blocks whose objects may differ in type can't be a list.
      return hasAny(body) ? dynamicType : listType(body);
    case "set":
      return setType(body);
    case "map":
      return hasAny(body) ? dynamicType : mapType(body);
  }
}

function hasAny(type: Type): boolean {
  return type.kind === "object" && [...type.attributes.values()].some((t) => t.kind === "dynamic");
}

function mapEntries<T, U>(entries: Readonly<Record<string, T>>, change: (value: T, name: string) => U): Map<string, U> {
  return new Map(Object.entries(entries).map(([name, value]) => [name, change(value, name)]));
}
