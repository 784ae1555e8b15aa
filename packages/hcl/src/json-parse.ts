import type { Diagnostic, Outcome } from "@ingot/diag";
import type { Expression, ObjectItem, Span } from "./ast.js";
import type { Body } from "./body.js";
import { jsonBody } from "./json-body.js";
import { JsonScanner, type JsonToken } from "./json-scan.js";
import { decodeJsonString, jsonStringExpression } from "./json-string.js";
import { MAX_NESTING } from "./parse-cursor.js";
import type { SourceText } from "./parse-with.js";
import { SourceFile } from "./source-file.js";
import { suggestionSentence } from "./suggest-name.js";

/**
 * Parses a file in JSON syntax. What is an argument and what a block is known only when the body is read by a schema. With
 * errors the body has what could be read. Source: chapter 2.12 of the language specification.
 */
export function parseHclJson({ filename, source }: SourceText): Outcome<Body> {
  const file = new SourceFile(filename, source);
  const { value: root, diagnostics } = parseJsonExpression(file);
  const isBody = root.kind === "object" || root.kind === "tuple";
  if (isBody || diagnostics.length > 0) return { value: jsonBody(file, root), diagnostics };
  const problem: Diagnostic = {
    severity: "error",
    summary: "Root value must be object",
    detail: "The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.",
    subject: file.range(root),
  };
  return { value: jsonBody(file, root), diagnostics: [problem] };
}

/**
 * Parses a JSON text to an expression: objects, tuples, numbers, bools, nulls and `json-string`s, which are templates.
 * Stops at the first mistake after which the structure is not clear; the value is then an `error` expression.
 */
export function parseJsonExpression(file: SourceFile): Outcome<Expression> {
  const parser = new JsonParser(file);
  const value = parser.parseFile();
  return { value, diagnostics: parser.diagnostics };
}

const VALUE_START = "A JSON value must start with a brace, a bracket, a number, a string, or a keyword.";
const FAILURE = new Error("bug: a JSON failure left the parser");

class JsonParser {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: SourceFile;
  readonly #tokens: JsonScanner;
  #depth = 0;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#tokens = new JsonScanner(file.bytes);
  }

  parseFile(): Expression {
    try {
      const value = this.#parseValue();
      const next = this.#tokens.peek();
      if (next.kind !== "end") {
        this.#report("Extraneous data after value", "Extra characters appear after the JSON value.", next);
      }
      return value;
    } catch (error) {
      if (error !== FAILURE) throw error;
      return { kind: "error", start: 0, end: this.#file.bytes.length };
    }
  }

  #report(summary: string, detail: string, subject: Span, context?: Span): void {
    this.diagnostics.push({
      severity: "error",
      summary,
      detail,
      subject: this.#file.range(subject),
      ...(context !== undefined && { context: this.#file.range(context) }),
    });
  }

  #fail(summary: string, detail: string, subject: Span): never {
    this.#report(summary, detail, subject);
    throw FAILURE;
  }

  #parseValue(): Expression {
    const token = this.#tokens.peek();
    switch (token.kind) {
      case "{":
      case "[": {
        if (++this.#depth > MAX_NESTING) {
          this.#fail("Nesting too deep", `JSON values can be nested up to ${MAX_NESTING} levels.`, token);
        }
        const value = token.kind === "{" ? this.#parseObject() : this.#parseArray();
        this.#depth--;
        return value;
      }
      case "string":
        return this.#parseString();
      case "number":
        return this.#parseNumber();
      case "keyword":
        return this.#parseKeyword();
      case "}":
        return this.#fail("Missing JSON value", VALUE_START, token);
      case "]":
        return this.#fail("Missing array element value", VALUE_START, token);
      case "end":
        return this.#fail("Missing value", "The JSON data ends prematurely.", token);
      default:
        return this.#fail("Invalid start of value", VALUE_START, token);
    }
  }

  #parseObject(): Expression {
    const openSpan = this.#span(this.#tokens.read());
    const items: ObjectItem[] = [];
    while (this.#tokens.peek().kind !== "}") {
      if (this.#tokens.peek().kind === "end") this.#failUnclosed(openSpan, "brace", "object");
      const key = this.#parseValue();
      if (key.kind !== "json-string" && key.kind !== "error") {
        this.#fail("Invalid object property name", "A JSON object property name must be a string", key);
      }
      this.#parseColon();
      items.push({ key, value: this.#parseValue() });
      const next = this.#tokens.peek();
      if (next.kind === ",") {
        this.#tokens.read();
        if (this.#tokens.peek().kind === "}") {
          const detail = "JSON does not permit a trailing comma after the final property in an object.";
          this.#report("Trailing comma in object", detail, next);
        }
      } else if (next.kind === "end") {
        this.#failUnclosed(openSpan, "brace", "object");
      } else if (next.kind === "]") {
        this.#fail("Mismatched braces", "A JSON object must be closed with a brace, not a bracket.", next);
      } else if (next.kind === "string") {
        this.#reportMissingComma("A comma must appear between each property definition in an object.", next);
      } else if (next.kind !== "}") {
        this.#failMissingComma("A comma must appear between each property definition in an object.", next);
      }
    }
    const { end } = this.#tokens.read();
    return { kind: "object", start: openSpan.start, end, items, openSpan, syntax: "json" };
  }

  #parseColon(): void {
    const token = this.#tokens.peek();
    if (token.kind === ":") {
      this.#tokens.read();
    } else if (token.kind === "=") {
      const detail = "JSON uses a colon as its name/value delimiter, not an equals sign.";
      this.#report("Missing property value colon", detail, this.#tokens.read());
    } else if (token.kind === "}" || token.kind === ",") {
      const detail = "A JSON object attribute must have a value, introduced by a colon.";
      this.#fail("Missing object value", detail, token);
    } else {
      const detail = "A colon must appear between an object property's name and its value.";
      this.#fail("Missing property value colon", detail, token);
    }
  }

  #parseArray(): Expression {
    const openSpan = this.#span(this.#tokens.read());
    const elements: Expression[] = [];
    while (this.#tokens.peek().kind !== "]") {
      if (this.#tokens.peek().kind === "end") this.#failUnclosed(openSpan, "bracket", "array");
      elements.push(this.#parseValue());
      const next = this.#tokens.peek();
      if (next.kind === ",") {
        this.#tokens.read();
        if (this.#tokens.peek().kind === "]") {
          const detail = "JSON does not permit a trailing comma after the final value in an array.";
          this.#report("Trailing comma in array", detail, next);
        }
      } else if (next.kind === "end") {
        this.#failUnclosed(openSpan, "bracket", "array");
      } else if (next.kind === "}") {
        this.#fail("Mismatched brackets", "A JSON array must be closed with a bracket, not a brace.", next);
      } else if (next.kind === ":") {
        this.#fail("Invalid array value", "A colon is not used to introduce values in a JSON array.", next);
      } else if (next.kind === "=" || next.kind === "invalid") {
        this.#failMissingComma("A comma must appear between each value in an array.", next);
      } else if (next.kind !== "]") {
        this.#reportMissingComma("A comma must appear between each value in an array.", next);
      }
    }
    const { end } = this.#tokens.read();
    return { kind: "tuple", start: openSpan.start, end, elements, openSpan };
  }

  #reportMissingComma(detail: string, subject: Span): void {
    if (this.diagnostics.length > 20) throw FAILURE;
    this.#report("Missing attribute seperator comma", detail, subject); // spelled as in the reference
  }

  #failMissingComma(detail: string, subject: Span): never {
    this.#reportMissingComma(detail, subject);
    throw FAILURE;
  }

  #failUnclosed(openSpan: Span, closer: "brace" | "bracket", what: "object" | "array"): never {
    return this.#fail("Unclosed object", `No closing ${closer} was found for this JSON ${what}.`, openSpan);
  }

  #parseString(): Expression {
    const token = this.#tokens.read();
    const decoded = decodeJsonString(this.#file, token);
    if ("text" in decoded) return jsonStringExpression(this.#file, this.#span(token), decoded.text);
    const start = Math.min(decoded.badOffset, token.end);
    const subject = { start, end: Math.min(start + 1, token.end) };
    this.#report("Invalid JSON string", "There is a syntax error in the given JSON string.", subject, token);
    return this.#errorAt(token);
  }

  #parseNumber(): Expression {
    const token = this.#tokens.read();
    const text = this.#file.text(token);
    if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) {
      this.#report("Invalid JSON number", "There is a syntax error in the given JSON number.", token);
      return this.#errorAt(token);
    }
    if (!text.startsWith("-")) return { kind: "number", ...this.#span(token), text };
    const operatorSpan = { start: token.start, end: token.start + 1 };
    const operand = { kind: "number", start: token.start + 1, end: token.end, text: text.slice(1) } as const;
    return { kind: "unary", ...this.#span(token), operator: "-", operatorSpan, operand };
  }

  #parseKeyword(): Expression {
    const token = this.#tokens.read();
    const text = this.#file.text(token);
    switch (text) {
      case "true":
      case "false":
        return { kind: "bool", ...this.#span(token), value: text === "true" };
      case "null":
        return { kind: "null", ...this.#span(token) };
      case "undefined":
      case "NaN":
      case "Infinity": {
        const detail = `The JavaScript identifier ${JSON.stringify(text)} cannot be used in JSON.`;
        this.#report("Invalid JSON keyword", detail, token);
        return this.#errorAt(token);
      }
      default: {
        const suggestion = suggestionSentence(text, ["true", "false", "null"]);
        const detail = `${JSON.stringify(text)} is not a valid JSON keyword.${suggestion}`;
        this.#report("Invalid JSON keyword", detail, token);
        return this.#errorAt(token);
      }
    }
  }

  #errorAt(token: JsonToken): Expression {
    if (this.diagnostics.length > 20) throw FAILURE;
    return { kind: "error", ...this.#span(token) };
  }

  #span({ start, end }: JsonToken): Span {
    return { start, end };
  }
}
