import { formatRange, type Diagnostic, type Outcome, type SourceRange } from "@ingot/diag";
import type { Expression } from "./ast.js";
import type { Body, BodyAttribute, BodyBlock, BodyContent, ContentSchema, PartialBodyContent } from "./body.js";
import { JsonBlockReader } from "./json-block.js";
import { propertiesOf, startOf, type JsonProperty } from "./json-property.js";
import type { SourceFile } from "./source-file.js";
import { suggestionSentence } from "./suggest-name.js";

/** Gives a JSON value as a body that can be read by a schema. The property "//" is a comment. */
export function jsonBody(file: SourceFile, value: Expression): Body {
  return new JsonBody(file, value, new Set());
}

class JsonBody implements Body {
  readonly #file: SourceFile;
  readonly #value: Expression;
  /** Names that earlier partial reads have found. */
  readonly #hidden: ReadonlySet<string>;

  constructor(file: SourceFile, value: Expression, hidden: ReadonlySet<string>) {
    this.#file = file;
    this.#value = value;
    this.#hidden = hidden;
  }

  content(schema: ContentSchema): Outcome<BodyContent> {
    const { content, used, properties, diagnostics } = this.#read(schema);
    const names = [
      ...schema.attributes.map(({ name }) => name).filter((name) => !used.has(name)),
      ...schema.blocks.map(({ type }) => type),
    ];
    for (const { name, nameSpan, value } of properties) {
      if (name === "//" || used.has(name)) continue;
      diagnostics.push({
        severity: "error",
        summary: "Extraneous JSON object property",
        detail: `No argument or block type is named ${JSON.stringify(name)}.${suggestionSentence(name, names)}`,
        subject: this.#file.range(nameSpan),
        context: this.#file.range({ start: nameSpan.start, end: value.end }),
      });
    }
    return { value: content, diagnostics };
  }

  partialContent(schema: ContentSchema): Outcome<PartialBodyContent> {
    const { content, used, diagnostics } = this.#read(schema);
    return { value: { content, rest: new JsonBody(this.#file, this.#value, used) }, diagnostics };
  }

  justAttributes(): Outcome<ReadonlyMap<string, BodyAttribute>> {
    const attributes = new Map<string, BodyAttribute>();
    const diagnostics: Diagnostic[] = [];
    if (this.#value.kind !== "object") {
      const detail = "A JSON object is required here, setting the arguments for this block.";
      diagnostics.push(this.#wrongType(this.#value, detail));
      return { value: attributes, diagnostics };
    }
    for (const property of propertiesOf(this.#value.items)) {
      if (property.name === "//" || this.#hidden.has(property.name)) continue;
      this.#addAttribute(attributes, property, diagnostics, "Duplicate attribute definition");
    }
    return { value: attributes, diagnostics };
  }

  missingItemRange(): SourceRange {
    const { start, end, kind } = this.#value;
    return this.#file.range(kind === "object" ? { start: end - 1, end } : { start, end: Math.min(start + 1, end) });
  }

  #read(schema: ContentSchema) {
    const diagnostics: Diagnostic[] = [];
    const properties = this.#bodyProperties(diagnostics);
    const attributes = new Map<string, BodyAttribute>();
    const blocks: BodyBlock[] = [];
    const used = new Set(this.#hidden);
    const wanted = new Set(schema.attributes.map(({ name }) => name));
    const types = new Map(schema.blocks.map((block) => [block.type, block]));
    const reader = new JsonBlockReader({
      file: this.#file,
      diagnostics,
      makeBody: (value) => jsonBody(this.#file, value),
    });
    for (const property of properties) {
      const { name } = property;
      if (this.#hidden.has(name)) continue;
      const block = types.get(name);
      if (wanted.has(name)) this.#addAttribute(attributes, property, diagnostics, "Duplicate argument");
      else if (block !== undefined) blocks.push(...reader.read(property, block));
      else continue;
      used.add(name);
    }
    for (const { name, required } of schema.attributes) {
      if (!required || attributes.has(name)) continue;
      const detail = `The argument ${JSON.stringify(name)} is required, but no definition was found.`;
      const subject = this.missingItemRange();
      diagnostics.push({ severity: "error", summary: "Missing required argument", detail, subject });
    }
    return { content: { attributes, blocks }, used, properties, diagnostics };
  }

  /** The properties of the object, or of all objects of the array, that this body is. */
  #bodyProperties(diagnostics: Diagnostic[]): readonly JsonProperty[] {
    const value = this.#value;
    switch (value.kind) {
      case "null":
      case "error":
        return [];
      case "object":
        return propertiesOf(value.items);
      case "tuple":
        return value.elements.flatMap((element) => {
          if (element.kind === "object") return propertiesOf(element.items);
          const detail = "A JSON object is required here, to define arguments and child blocks.";
          diagnostics.push(this.#wrongType(element, detail));
          return [];
        });
      default:
        diagnostics.push(
          this.#wrongType(
            value,
            "Either a JSON object or JSON array of objects is required here, to define arguments and child blocks.",
          ),
        );
        return [];
    }
  }

  #addAttribute(
    attributes: Map<string, BodyAttribute>,
    { name, nameSpan, value }: JsonProperty,
    diagnostics: Diagnostic[],
    duplicateSummary: string,
  ): void {
    const first = attributes.get(name);
    const span = { start: nameSpan.start, end: value.end };
    if (first === undefined) {
      attributes.set(name, { name, file: this.#file, expression: value, nameSpan, span });
      return;
    }
    const place = formatRange(this.#file.range(first.span));
    diagnostics.push({
      severity: "error",
      summary: duplicateSummary,
      detail: `The argument ${JSON.stringify(name)} was already set at ${place}.`,
      subject: this.#file.range(nameSpan),
      context: this.#file.range(span),
    });
  }

  #wrongType(value: Expression, detail: string): Diagnostic {
    const subject = this.#file.range(startOf(value));
    return { severity: "error", summary: "Incorrect JSON value type", detail, subject };
  }
}
