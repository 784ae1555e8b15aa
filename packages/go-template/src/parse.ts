import { scan } from "./scan.js";
import { TemplateError, locate } from "./template-error.js";
import type { Token, TokenKind } from "./token.js";
import type { Command, Node, Operand, Pipeline, TemplateTree } from "./tree.js";

export interface ParseOptions {
  /** The template's name in messages. */
  readonly name: string;
  /** Tells whether a function exists. */
  readonly hasFunction: (name: string) => boolean;
}

const MAX_DEPTH = 500;

/** Parses a template. Throws a TemplateError, worded as Go words it, when the text is none. */
export function parse(text: string, options: ParseOptions): TemplateTree {
  return new Parser(text, options).parse();
}

type Block = { readonly nodes: readonly Node[]; readonly stop: "end" | "else" | "eof" };

class Parser {
  readonly #text: string;
  readonly #options: ParseOptions;
  readonly #tokens: readonly Token[];
  readonly #definitions = new Map<string, readonly Node[]>();
  #at = 0;
  #depth = 0;
  #loops = 0;
  /** The variables in scope. */
  #variables = ["$"];

  constructor(text: string, options: ParseOptions) {
    this.#text = text;
    this.#options = options;
    this.#tokens = scan(text, options.name);
  }

  parse(): TemplateTree {
    const { nodes, stop } = this.#block();
    if (stop !== "eof") this.#fail(`unexpected {{${stop}}}`);
    return { name: this.#options.name, text: this.#text, content: nodes, definitions: this.#definitions };
  }

  #fail(message: string, offset = this.#peek().offset): never {
    throw new TemplateError(`template: ${this.#options.name}:${locate(this.#text, offset).line}: ${message}`);
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: "end", text: "", value: "", offset: this.#text.length };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #skipSpace(): void {
    while (this.#peek().kind === "space") this.#at += 1;
  }

  #expect(kind: TokenKind, context: string): Token {
    this.#skipSpace();
    const token = this.#next();
    if (token.kind !== kind) this.#unexpected(token, context);
    return token;
  }

  #unexpected(token: Token, context: string): never {
    const shown =
      token.kind === "end" ? "EOF" : token.kind === "close" ? JSON.stringify(token.text) : `<${token.text}>`;
    this.#fail(`unexpected ${shown} in ${context}`, token.offset);
  }

  #block(): Block {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail("the template is nested too deeply");
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === "text") nodes.push({ kind: "text", text: token.text });
      else if (token.kind === "end") return this.#leave(nodes, "eof");
      else {
        this.#skipSpace();
        const word = this.#peek().kind === "word" ? this.#peek().text : "";
        if (word === "end") {
          this.#at += 1;
          this.#expect("close", "end");
          return this.#leave(nodes, "end");
        }
        if (word === "else") {
          this.#at += 1;
          return this.#leave(nodes, "else");
        }
        const node = this.#action(word);
        if (node !== undefined) nodes.push(node);
      }
    }
  }

  #leave(nodes: readonly Node[], stop: Block["stop"]): Block {
    this.#depth -= 1;
    return { nodes, stop };
  }

  #action(word: string): Node | undefined {
    switch (word) {
      case "if":
      case "with":
      case "range":
        this.#at += 1;
        return this.#control(word);
      case "define":
        this.#at += 1;
        this.#define();
        return undefined;
      case "block":
      case "template":
        this.#at += 1;
        return this.#template(word);
      case "break":
      case "continue":
        this.#at += 1;
        if (this.#loops === 0) this.#fail(`{{${word}}} outside {{range}}`);
        this.#expect("close", `{{${word}}}`);
        return { kind: word };
      default: {
        const pipeline = this.#pipeline("command", "close");
        return { kind: "action", pipeline };
      }
    }
  }

  #control(kind: "if" | "with" | "range"): Node {
    const scope = [...this.#variables];
    const pipeline = this.#pipeline(kind, "close");
    if (kind === "range") this.#loops += 1;
    const then = this.#block();
    if (kind === "range") this.#loops -= 1;
    let otherwise: readonly Node[] = [];
    if (then.stop === "else") {
      this.#skipSpace();
      const { kind: tokenKind, text } = this.#peek();
      if (tokenKind === "word" && text === kind && kind !== "range") {
        this.#at += 1;
        otherwise = [this.#control(kind)]; // shares the closing {{end}}
        this.#variables = scope;
        return { kind, pipeline, then: then.nodes, otherwise };
      }
      this.#expect("close", "else");
      const rest = this.#block();
      if (rest.stop !== "end") this.#fail(`expected end; found ${rest.stop === "eof" ? "EOF" : `{{${rest.stop}}}`}`);
      otherwise = rest.nodes;
    } else if (then.stop === "eof") {
      this.#fail("unexpected EOF");
    }
    this.#variables = scope;
    return { kind, pipeline, then: then.nodes, otherwise };
  }

  #define(): void {
    const name = this.#expect("string", "define clause").value;
    this.#expect("close", "define clause");
    this.#body(name);
  }

  #body(name: string): void {
    const scope = this.#variables;
    this.#variables = ["$"];
    const { nodes, stop } = this.#block();
    if (stop !== "end") this.#fail(stop === "eof" ? "unexpected EOF" : "unexpected {{else}} in define clause");
    this.#variables = scope;
    this.#definitions.set(name, nodes);
  }

  #template(word: "block" | "template"): Node {
    const { value: name, offset } = this.#expect("string", `${word} clause`);
    this.#skipSpace();
    let pipeline: Pipeline | undefined;
    if (this.#peek().kind === "close" && word === "template") this.#at += 1;
    else pipeline = this.#pipeline(`${word} clause`, "close");
    if (word === "block") this.#body(name);
    return { kind: "template", name, offset, ...(pipeline === undefined ? {} : { pipeline }) };
  }

  #pipeline(context: string, end: "close" | "right"): Pipeline {
    this.#skipSpace();
    const { offset } = this.#peek();
    const { variables, declares } = this.#targets(context);
    const commands: Command[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#peek();
      if (token.kind === end) {
        this.#at += 1;
        if (commands.length === 0) this.#fail(`missing value for ${context}`, token.offset);
        if (declares) this.#variables.push(...variables);
        return { variables, declares, commands, offset };
      }
      if (commands.length > 0) {
        if (token.kind !== "pipe") this.#unexpected(token, context);
        this.#at += 1;
      }
      commands.push(this.#command(context));
      const first = commands.length > 1 ? commands.at(-1)?.operands[0] : undefined;
      if (
        first !== undefined &&
        (first.kind === "constant" || first.kind === "dot" || first.kind === "nil") &&
        first.fields.length === 0
      ) {
        this.#fail(`non executable command in pipeline stage ${commands.length}`, first.offset);
      }
    }
  }

  /** `$x :=`, `$x =`, or in a range `$i, $x :=`. */
  #targets(context: string): { readonly variables: readonly string[]; readonly declares: boolean } {
    const start = this.#at;
    const variables: string[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#next();
      if (token.kind !== "variable") break;
      variables.push(token.text);
      this.#skipSpace();
      const { kind } = this.#next();
      if (kind === "declare" || kind === "assign") {
        const declares = kind === "declare";
        const unknown = declares ? undefined : variables.find((name) => !this.#variables.includes(name));
        if (unknown !== undefined) this.#fail(`undefined variable ${JSON.stringify(unknown)}`, token.offset);
        return { variables, declares };
      }
      if (kind !== "comma" || context !== "range" || variables.length > 1) break;
    }
    this.#at = start;
    return { variables: [], declares: false };
  }

  #command(context: string): Command {
    this.#skipSpace();
    const { offset } = this.#peek();
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const { kind } = this.#peek();
      if (kind === "pipe" || kind === "close" || kind === "right") break;
      operands.push(this.#operand(context));
      const after = this.#peek();
      if (after.kind !== "space" && after.kind !== "pipe" && after.kind !== "close" && after.kind !== "right") {
        this.#unexpected(after, "operand");
      }
    }
    if (operands.length === 0) this.#fail(`missing value for ${context}`, offset);
    return { operands, text: this.#text.slice(offset, this.#peek().offset).trim(), offset };
  }

  #operand(context: string): Operand {
    const token = this.#next();
    const base = this.#base(token, context);
    const fields = token.kind === "field" ? [token.value] : [];
    while (this.#peek().kind === "field") fields.push(this.#next().value);
    if (fields.length > 0 && (base.kind === "constant" || base.kind === "nil")) {
      this.#fail(`unexpected <.${fields[0]}> after term ${JSON.stringify(token.text)}`, token.offset);
    }
    return { ...base, fields, text: this.#text.slice(token.offset, this.#peek().offset), offset: token.offset };
  }

  #base(token: Token, context: string) {
    switch (token.kind) {
      case "dot":
      case "field":
        return { kind: "dot" } as const;
      case "variable":
        if (!this.#variables.includes(token.text))
          this.#fail(`undefined variable ${JSON.stringify(token.text)}`, token.offset);
        return { kind: "variable", name: token.text } as const;
      case "string":
        return { kind: "constant", value: token.value } as const;
      case "char":
        return { kind: "constant", value: token.value.codePointAt(0) ?? 0 } as const;
      case "number":
        return { kind: "constant", value: this.#number(token) } as const;
      case "left":
        return { kind: "pipeline", pipeline: this.#nested() } as const;
      case "word":
        if (token.text === "true" || token.text === "false")
          return { kind: "constant", value: token.text === "true" } as const;
        if (token.text === "nil") return { kind: "nil" } as const;
        if (!this.#options.hasFunction(token.text))
          this.#fail(`function ${JSON.stringify(token.text)} not defined`, token.offset);
        return { kind: "function", name: token.text } as const;
      default:
        return this.#unexpected(token, context);
    }
  }

  #nested(): Pipeline {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail("the template is nested too deeply");
    const pipeline = this.#pipeline("parenthesized pipeline", "right");
    this.#depth -= 1;
    return pipeline;
  }

  #number({ text, offset }: Token): number {
    const sign = text.startsWith("-") ? -1 : 1;
    const value = sign * Number(text.replace(/^[+-]/, "").replaceAll("_", ""));
    if (Number.isNaN(value)) this.#fail(`bad number syntax: ${JSON.stringify(text)}`, offset);
    return value;
  }
}
