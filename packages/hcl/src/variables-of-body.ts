import type { Body, BodyBlock, ContentSchema } from "./body.js";
import type { BodySchema } from "./body-schema.js";
import { contentSchemaOf } from "./decode-body.js";
import { variablesOfAttribute } from "./evaluate-attribute.js";
import type { VariableReference } from "./variables-of.js";

/**
 * Lists the variables that a body refers to when it is decoded by a schema, `for_each` and `labels` of dynamic blocks included and
 * their iterators left out. Says nothing of mistakes; decoding reports them.
 */
export function variablesOfBody(body: Body, schema: BodySchema): readonly VariableReference[] {
  const wanted = contentSchemaOf(schema);
  const { content } = body.partialContent({
    attributes: wanted.attributes,
    blocks: [...wanted.blocks, { type: "dynamic", labelNames: ["type"] }],
  }).value;
  const found = [...content.attributes.values()].flatMap(variablesOfAttribute);
  for (const block of content.blocks) {
    const nested = schema.blocks.get(block.type);
    if (nested !== undefined) found.push(...variablesOfBody(block.body, nested.schema));
    else found.push(...variablesOfDynamic(block, schema));
  }
  return found;
}

const DYNAMIC: ContentSchema = {
  attributes: ["for_each", "iterator", "labels"].map((name) => ({ name, required: false })),
  blocks: [{ type: "content", labelNames: [] }],
};

function variablesOfDynamic(block: BodyBlock, schema: BodySchema): readonly VariableReference[] {
  const type = block.labels[0] ?? "";
  const produced = schema.blocks.get(type);
  if (produced === undefined) return [];
  const { attributes, blocks } = block.body.partialContent(DYNAMIC).value.content;
  const references = (name: string): readonly VariableReference[] => {
    const attribute = attributes.get(name);
    return attribute === undefined ? [] : variablesOfAttribute(attribute);
  };
  const iterator = references("iterator")[0]?.name ?? type;
  const inside = blocks.flatMap((content) => variablesOfBody(content.body, produced.schema));
  const bound = [...references("labels"), ...inside].filter(({ name }) => name !== iterator);
  return [...references("for_each"), ...bound];
}
