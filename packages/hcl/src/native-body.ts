import type { Diagnostic, Outcome, SourceRange } from "@ingot/diag";
import type { BlockNode, BodyNode, Span } from "./ast.js";
import type {
  Body,
  BodyAttribute,
  BodyBlock,
  BodyContent,
  ContentBlock,
  ContentSchema,
  PartialBodyContent,
} from "./body.js";
import { MAX_DIAGNOSTICS } from "./evaluation-scene.js";
import type { SourceFile } from "./source-file.js";
import { suggestionSentence } from "./suggest-name.js";

/** Gives a parsed body in native syntax as a body that can be read by a schema. */
export function nativeBody(node: BodyNode): Body {
  return new NativeBody(node, { attributes: new Set(), blocks: new Set() });
}

/** Names that earlier partial reads have taken. */
interface Hidden {
  readonly attributes: ReadonlySet<string>;
  readonly blocks: ReadonlySet<string>;
}

class NativeBody implements Body {
  readonly #node: BodyNode;
  readonly #hidden: Hidden;

  constructor(node: BodyNode, hidden: Hidden) {
    this.#node = node;
    this.#hidden = hidden;
  }

  content(schema: ContentSchema): Outcome<BodyContent> {
    const { value, diagnostics } = this.#read(schema);
    return { value, diagnostics: [...diagnostics, ...this.#complainAboutRest(schema, value)] };
  }

  partialContent(schema: ContentSchema): Outcome<PartialBodyContent> {
    const { value: content, diagnostics } = this.#read(schema);
    const rest = new NativeBody(this.#node, {
      attributes: new Set([...this.#hidden.attributes, ...schema.attributes.map(({ name }) => name)]),
      blocks: new Set([...this.#hidden.blocks, ...schema.blocks.map(({ type }) => type)]),
    });
    return { value: { content, rest }, diagnostics };
  }

  justAttributes(): Outcome<ReadonlyMap<string, BodyAttribute>> {
    const attributes = this.#attributes();
    const block = this.#node.blocks.find(({ type }) => !this.#hidden.blocks.has(type));
    if (block === undefined) return { value: attributes, diagnostics: [] };
    const summary = `Unexpected ${JSON.stringify(block.type)} block`;
    return { value: attributes, diagnostics: [this.#error(summary, "Blocks are not allowed here.", block.typeSpan)] };
  }

  missingItemRange(): SourceRange {
    // The reference points to where the body begins: next to the header, which says more than the closing brace.
    const { file, start } = this.#node;
    return file.range({ start, end: start });
  }

  #error(summary: string, detail: string, subject: Span, context?: Span): Diagnostic {
    const { file } = this.#node;
    const diagnostic: Diagnostic = { severity: "error", summary, detail, subject: file.range(subject) };
    return context === undefined ? diagnostic : { ...diagnostic, context: file.range(context) };
  }

  #attributes(): ReadonlyMap<string, BodyAttribute> {
    const { file, attributes } = this.#node;
    const visible = attributes.filter(({ name }) => !this.#hidden.attributes.has(name));
    return new Map(
      visible.map((node) => {
        const { name, expression, nameSpan, start, end } = node;
        return [name, { name, file, expression, nameSpan, span: { start, end } }];
      }),
    );
  }

  #read(schema: ContentSchema): Outcome<BodyContent> {
    const diagnostics: Diagnostic[] = [];
    const all = this.#attributes();
    const wanted = new Set(schema.attributes.map(({ name }) => name));
    const attributes = new Map([...all].filter(([name]) => wanted.has(name)));
    for (const { name, required } of schema.attributes) {
      if (!required || attributes.has(name)) continue;
      const detail = `The argument ${JSON.stringify(name)} is required, but no definition was found.`;
      const subject = this.missingItemRange();
      diagnostics.push({ severity: "error", summary: "Missing required argument", detail, subject });
    }
    const types = new Map(schema.blocks.map((block) => [block.type, block]));
    const blocks: BodyBlock[] = [];
    for (const node of this.#node.blocks) {
      const block = types.get(node.type);
      if (block === undefined || this.#hidden.blocks.has(node.type)) continue;
      const problem = this.#checkLabels(node, block);
      if (problem === undefined) blocks.push(bodyBlock(node, this.#node.file));
      else diagnostics.push(problem);
    }
    return { value: { attributes, blocks }, diagnostics };
  }

  #checkLabels(node: BlockNode, { labelNames }: ContentBlock): Diagnostic | undefined {
    const { type, labels } = node;
    const header = { start: node.typeSpan.start, end: node.openBraceSpan.end };
    const names = labelNames.join(", ");
    const extra = labels[labelNames.length];
    if (extra !== undefined) {
      const detail =
        labelNames.length === 0
          ? `No labels are expected for ${type} blocks.`
          : `Only ${labelNames.length} labels (${names}) are expected for ${type} blocks.`;
      return this.#error(`Extraneous label for ${type}`, detail, extra, header);
    }
    const missing = labelNames[labels.length];
    if (missing === undefined) return undefined;
    const detail = `All ${type} blocks must have ${labelNames.length} labels (${names}).`;
    return this.#error(`Missing ${missing} for ${type}`, detail, node.openBraceSpan, header);
  }

  /** Complaints about what the schema does not know, in the order of the source. */
  #complainAboutRest(schema: ContentSchema, content: BodyContent): readonly Diagnostic[] {
    const argumentNames = new Set(schema.attributes.map(({ name }) => name));
    const blockTypes = new Set(schema.blocks.map(({ type }) => type));
    const openNames = [...argumentNames].filter((name) => !content.attributes.has(name));
    const found: Diagnostic[] = [];
    for (const [name, { nameSpan }] of this.#attributes()) {
      if (argumentNames.has(name) || found.length > MAX_DIAGNOSTICS) continue;
      const quoted = JSON.stringify(name);
      const asBlock = blockTypes.has(name) ? ` Did you mean to define a block of type ${quoted}?` : "";
      const suggestion = suggestionSentence(name, openNames) || asBlock;
      found.push(
        this.#error("Unsupported argument", `An argument named ${quoted} is not expected here.${suggestion}`, nameSpan),
      );
    }
    for (const { type, typeSpan } of this.#node.blocks) {
      if (blockTypes.has(type) || this.#hidden.blocks.has(type) || found.length > 2 * MAX_DIAGNOSTICS) continue;
      const quoted = JSON.stringify(type);
      const asArgument = argumentNames.has(type)
        ? ` Did you mean to define argument ${quoted}? If so, use the equals sign to assign it a value.`
        : "";
      const suggestion = suggestionSentence(type, blockTypes) || asArgument;
      found.push(
        this.#error("Unsupported block type", `Blocks of type ${quoted} are not expected here.${suggestion}`, typeSpan),
      );
    }
    return found.sort((a, b) => (a.subject?.start.byte ?? 0) - (b.subject?.start.byte ?? 0));
  }
}

function bodyBlock(node: BlockNode, file: SourceFile): BodyBlock {
  return {
    type: node.type,
    labels: node.labels.map(({ value }) => value),
    file,
    body: nativeBody(node.body),
    typeSpan: node.typeSpan,
    labelSpans: node.labels.map(({ start, end }) => ({ start, end })),
    headerSpan: node.headerSpan,
  };
}
