import { formatRange, type Diagnostic, type Outcome } from "@ingot/diag";
import type { Body, BodyBlock, BodyContent, ContentSchema } from "./body.js";
import type { AttributeSchema, BodySchema, NestedBlockSchema } from "./body-schema.js";
import { evaluateAttributeAs } from "./evaluate-attribute.js";
import type { EvaluationContext } from "./evaluation-context.js";
import { listType, mapType, objectType, setType, typesEqual, withoutOptional, type Type } from "./type.js";
import {
  isNull,
  listValue,
  mapValue,
  nullValue,
  objectValue,
  SENSITIVE,
  setValue,
  tupleValue,
  withMark,
  type Value,
} from "./value.js";

/**
 * Decodes a body against a schema to one object value: arguments converted to their types, absent ones null, nested blocks by
 * their nesting mode. With errors the parts at fault are unknown or left out. Sensitive arguments get the mark. Wrap the body with
 * `expandDynamic` first where dynamic blocks are allowed.
 */
export function decodeBody(body: Body, schema: BodySchema, context: EvaluationContext): Outcome<Value> {
  const { value: content, diagnostics } = body.content(contentSchemaOf(schema));
  const decoding: Decoding = { context, diagnostics: [...diagnostics] };
  return { value: decodeContent(content, body, { schema, decoding }), diagnostics: decoding.diagnostics };
}

/** The reader's schema that matches a component's schema. */
export function contentSchemaOf(schema: BodySchema): ContentSchema {
  return {
    attributes: [...schema.attributes].map(([name, { required }]) => ({ name, required })),
    blocks: [...schema.blocks].map(([type, { nesting }]) => ({ type, labelNames: nesting === "map" ? ["key"] : [] })),
  };
}

/** The type of what `decodeBody` gives. */
export function typeOfBody(schema: BodySchema): Type {
  const attributes = new Map<string, Type>();
  for (const [name, attribute] of schema.attributes) attributes.set(name, withoutOptional(attribute.type));
  for (const [type, block] of schema.blocks) attributes.set(type, typeOfBlock(block));
  return objectType(attributes);
}

function typeOfBlock({ nesting, schema }: NestedBlockSchema): Type {
  const element = typeOfBody(schema);
  if (nesting === "single") return element;
  return nesting === "list" ? listType(element) : nesting === "set" ? setType(element) : mapType(element);
}

interface Decoding {
  readonly context: EvaluationContext;
  readonly diagnostics: Diagnostic[];
}

function decodeContent(
  content: BodyContent,
  body: Body,
  { schema, decoding }: { readonly schema: BodySchema; readonly decoding: Decoding },
): Value {
  const values = new Map<string, Value>();
  for (const [name, attribute] of schema.attributes)
    values.set(name, decodeAttribute(content, name, { attribute, decoding }));
  for (const [type, block] of schema.blocks) {
    const found = content.blocks.filter((candidate) => candidate.type === type);
    values.set(type, decodeBlocks(found, { type, block, decoding, body }));
  }
  return objectValue(values);
}

function decodeAttribute(
  content: BodyContent,
  name: string,
  { attribute, decoding }: { readonly attribute: AttributeSchema; readonly decoding: Decoding },
): Value {
  const given = content.attributes.get(name);
  if (given === undefined) return nullValue(withoutOptional(attribute.type));
  if (attribute.deprecated !== undefined) {
    decoding.diagnostics.push({
      severity: "warning",
      summary: "Argument is deprecated",
      detail: attribute.deprecated,
      subject: given.file.range(given.nameSpan),
    });
  }
  const { value, diagnostics } = evaluateAttributeAs(given, attribute.type, {
    context: decoding.context,
    wording: "component",
  });
  decoding.diagnostics.push(...diagnostics);
  return attribute.sensitive && !isNull(value) ? withMark(value, SENSITIVE) : value;
}

interface BlockDecoding {
  readonly type: string;
  readonly block: NestedBlockSchema;
  readonly decoding: Decoding;
  /** The body around the blocks. */
  readonly body: Body;
}

function decodeBlocks(found: readonly BodyBlock[], options: BlockDecoding): Value {
  const { block, decoding } = options;
  const [first] = found;
  if (first !== undefined && block.deprecated !== undefined) {
    decoding.diagnostics.push({
      severity: "warning",
      summary: "Block type is deprecated",
      detail: block.deprecated,
      subject: first.file.range(first.headerSpan),
    });
  }
  checkCount(found, options);
  const elementType = typeOfBody(block.schema);
  if (block.nesting === "single") return first === undefined ? nullValue(elementType) : decodeBlock(first, options);
  if (block.nesting === "map") return decodeMap(found, elementType, options);
  const elements = found.map((candidate) => decodeBlock(candidate, options));
  const type = commonType(elements, elementType);
  if (type === undefined) return tupleValue(elements);
  return block.nesting === "list" ? listValue(type, elements) : setValue(type, elements);
}

function decodeBlock(found: BodyBlock, { block, decoding }: BlockDecoding): Value {
  const { value, diagnostics } = decodeBody(found.body, block.schema, decoding.context);
  decoding.diagnostics.push(...diagnostics);
  return value;
}

function decodeMap(found: readonly BodyBlock[], elementType: Type, options: BlockDecoding): Value {
  const places = new Map<string, BodyBlock>();
  const entries = new Map<string, Value>();
  for (const candidate of found) {
    const key = candidate.labels[0] ?? "";
    const earlier = places.get(key);
    if (earlier !== undefined) {
      const place = formatRange(earlier.file.range(earlier.headerSpan));
      const detail = `Only one block of type ${JSON.stringify(options.type)} with the name ${JSON.stringify(key)} is allowed. Previous definition was at ${place}.`;
      reportBlock(candidate, `Duplicate ${options.type} block`, detail, options);
      continue;
    }
    places.set(key, candidate);
    entries.set(key, decodeBlock(candidate, options));
  }
  const type = commonType([...entries.values()], elementType);
  return type === undefined ? objectValue(entries) : mapValue(type, entries);
}

/** The one type of all elements; undefined when arguments of any type made them differ. */
function commonType(elements: readonly Value[], expected: Type): Type | undefined {
  const type = elements[0]?.type ?? expected;
  return elements.every((element) => typesEqual(element.type, type)) ? type : undefined;
}

function reportBlock(
  { file, headerSpan }: BodyBlock,
  summary: string,
  detail: string,
  { decoding }: BlockDecoding,
): void {
  decoding.diagnostics.push({ severity: "error", summary, detail, subject: file.range(headerSpan) });
}

function checkCount(found: readonly BodyBlock[], options: BlockDecoding): void {
  const { type, block, body, decoding } = options;
  const quoted = JSON.stringify(type);
  const [first, second] = found;
  if (block.nesting === "single" && first !== undefined && second !== undefined) {
    const place = formatRange(first.file.range(first.headerSpan));
    const detail = `Only one block of type ${quoted} is allowed. Previous definition was at ${place}.`;
    reportBlock(second, `Duplicate ${type} block`, detail, options);
    return;
  }
  if (found.length < block.minItems) {
    const [summary, detail] =
      block.nesting === "single"
        ? [`Missing ${type} block`, `A block of type ${quoted} is required here.`]
        : [`Insufficient ${type} blocks`, `At least ${block.minItems} ${quoted} blocks are required.`];
    decoding.diagnostics.push({ severity: "error", summary, detail, subject: body.missingItemRange() });
  }
  const extra = block.maxItems === undefined ? undefined : found[block.maxItems];
  if (extra !== undefined && block.nesting !== "single") {
    reportBlock(
      extra,
      `Too many ${type} blocks`,
      `No more than ${block.maxItems ?? 0} ${quoted} blocks are allowed`,
      options,
    );
  }
}
