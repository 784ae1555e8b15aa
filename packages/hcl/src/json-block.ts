import type { Diagnostic } from "@ingot/diag";
import type { Expression, Span } from "./ast.js";
import type { Body, BodyBlock, ContentBlock } from "./body.js";
import { propertiesOf, startOf, type JsonProperty } from "./json-property.js";
import type { SourceFile } from "./source-file.js";

interface Scene {
  readonly file: SourceFile;
  readonly diagnostics: Diagnostic[];
  readonly makeBody: (value: Expression) => Body;
}

interface Label {
  readonly text: string;
  readonly span: Span;
}

/**
 * Reads blocks from a property: one object level per label, then an object for one block or an array for several. At each
 * level an array of objects stands for all their properties.
 */
export class JsonBlockReader {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  read({ name, nameSpan, value }: JsonProperty, { labelNames }: ContentBlock): readonly BodyBlock[] {
    return this.#readLevel(value, { type: name, typeSpan: nameSpan, labelNames, labels: [] });
  }

  #readLevel(value: Expression, level: Level): readonly BodyBlock[] {
    const { type, labelNames, labels } = level;
    const labelName = labelNames[labels.length];
    if (labelName === undefined) return this.#readBlocks(value, level);
    const properties = this.#labelProperties(value, labelName);
    if (properties.length === 0) {
      this.#report(
        "Missing block label",
        `At least one object property is required, whose name represents the ${type} block's ${labelName}.`,
        value,
      );
    }
    return properties.flatMap(({ name, nameSpan, value: inner }) =>
      this.#readLevel(inner, { ...level, labels: [...labels, { text: name, span: nameSpan }] }),
    );
  }

  #labelProperties(value: Expression, labelName: string): readonly JsonProperty[] {
    switch (value.kind) {
      case "null":
      case "error":
        return [];
      case "object":
        return propertiesOf(value.items);
      case "tuple":
        return value.elements.flatMap((element) => {
          if (element.kind === "object") return propertiesOf(element.items);
          const detail = `A JSON object is required here, to specify ${labelName} labels for this block.`;
          this.#report("Incorrect JSON value type", detail, element);
          return [];
        });
      default:
        this.#report(
          "Incorrect JSON value type",
          `Either a JSON object or JSON array of objects is required here, to specify ${labelName} labels for this block.`,
          value,
        );
        return [];
    }
  }

  #readBlocks(value: Expression, level: Level): readonly BodyBlock[] {
    switch (value.kind) {
      case "null":
      case "error":
        return [];
      case "object":
        return [this.#block(value, value.openSpan, level)];
      case "tuple":
        return value.elements.map((element) => this.#block(element, value.openSpan, level));
      default:
        this.#report(
          "Incorrect JSON value type",
          `Either a JSON object or a JSON array is required, representing the contents of one or more ${JSON.stringify(level.type)} blocks.`,
          value,
        );
        return [];
    }
  }

  #block(value: Expression, headerSpan: Span, { type, typeSpan, labels }: Level): BodyBlock {
    const { file, makeBody } = this.#scene;
    return {
      type,
      labels: labels.map(({ text }) => text),
      file,
      body: makeBody(value),
      typeSpan,
      labelSpans: labels.map(({ span }) => span),
      headerSpan,
    };
  }

  #report(summary: string, detail: string, value: Expression): void {
    const { file, diagnostics } = this.#scene;
    diagnostics.push({ severity: "error", summary, detail, subject: file.range(startOf(value)) });
  }
}

interface Level {
  readonly type: string;
  readonly typeSpan: Span;
  readonly labelNames: readonly string[];
  readonly labels: readonly Label[];
}
