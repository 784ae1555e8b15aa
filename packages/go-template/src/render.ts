import { BUILTINS } from "./builtins.js";
import { isFunctionName } from "./check-template.js";
import { parse } from "./parse.js";
import { TemplateError, locate } from "./template-error.js";
import type { Command, Node, Operand, Pipeline, TemplateTree } from "./tree.js";
import { argumentCountProblem, argumentKind } from "./typed-function.js";
import { NO_VALUE, isTrue, printValue, typeName } from "./value.js";

/** A function that templates can call. What it throws becomes part of the template's error. */
export type TemplateFunction = (...args: readonly unknown[]) => unknown;

export interface RenderOptions {
  /** What `.` stands for: usually an object whose properties are `.NAME`. A missing one prints as `<no value>`. */
  readonly data?: unknown;
  /** Functions in addition to the built-in ones, by name. */
  readonly functions?: Readonly<Record<string, TemplateFunction>>;
  /** The template's name in messages. Default "root". */
  readonly name?: string;
}

const MAX_OUTPUT = 64 * 1024 * 1024;
const MAX_CALLS = 1_000;

/**
 * Parses and renders a template. Throws a TemplateError, worded as Go words it, when the text is no template or an action fails:
 * `template: root:1:3: executing "root" at <user "x">: error calling user: ...`.
 */
export function renderTemplate(text: string, { data, functions = {}, name = "root" }: RenderOptions = {}): string {
  const hasFunction = (word: string) => isFunctionName(word, functions);
  return new Renderer(parse(text, { name, hasFunction }), functions).render(data);
}

/** What ends a loop's body early. */
type Jump = "break" | "continue" | undefined;

interface Variable {
  readonly name: string;
  value: unknown;
}

/** What a node sees: `.`, and the variables, innermost last. */
interface Scope {
  readonly dot: unknown;
  readonly variables: readonly Variable[];
}

class Renderer {
  readonly #tree: TemplateTree;
  readonly #functions: Readonly<Record<string, TemplateFunction>>;
  #output: string[] = [];
  #size = 0;
  #calls = 0;
  /** The name of the template that is being rendered. */
  #name: string;

  constructor(tree: TemplateTree, functions: Readonly<Record<string, TemplateFunction>>) {
    this.#tree = tree;
    this.#functions = functions;
    this.#name = tree.name;
  }

  render(data: unknown): string {
    this.#nodes(this.#tree.content, { dot: data, variables: [{ name: "$", value: data }] });
    return this.#output.join("");
  }

  #fail(message: string, { text, offset }: { readonly text: string; readonly offset: number }): never {
    const { line, column } = locate(this.#tree.text, offset);
    const where = `template: ${this.#tree.name}:${line}:${column}: executing ${JSON.stringify(this.#name)} at <${text}>`;
    throw new TemplateError(`${where}: ${message}`);
  }

  #write(text: string): void {
    this.#size += text.length;
    if (this.#size > MAX_OUTPUT)
      throw new TemplateError(`template: ${this.#tree.name}: the output is larger than 64 MiB`);
    this.#output.push(text);
  }

  #nodes(nodes: readonly Node[], scope: Scope): Jump {
    let current = scope;
    for (const node of nodes) {
      switch (node.kind) {
        case "text":
          this.#write(node.text);
          break;
        case "action": {
          const value = this.#pipeline(node.pipeline, current);
          if (node.pipeline.variables.length === 0) this.#write(printValue(value));
          else current = bind(node.pipeline, [value], current);
          break;
        }
        case "if":
        case "with": {
          const value = this.#pipeline(node.pipeline, current);
          const inner = bind(node.pipeline, [value], current);
          const jump = isTrue(value)
            ? this.#nodes(node.then, node.kind === "with" ? { ...inner, dot: value } : inner)
            : this.#nodes(node.otherwise, inner);
          if (jump !== undefined) return jump;
          break;
        }
        case "range":
          this.#range(node, current);
          break;
        case "template":
          this.#template(node, current);
          break;
        case "break":
        case "continue":
          return node.kind;
      }
    }
    return undefined;
  }

  #range(node: Extract<Node, { kind: "range" }>, scope: Scope): void {
    const value = this.#pipeline(node.pipeline, scope);
    const items = this.#items(value, node.pipeline);
    if (items.length === 0) {
      this.#nodes(node.otherwise, scope);
      return;
    }
    for (const [key, item] of items) {
      const values = node.pipeline.variables.length === 2 ? [key, item] : [item];
      const inner = bind(node.pipeline, values, scope);
      if (this.#nodes(node.then, { ...inner, dot: item }) === "break") return;
    }
  }

  #items(value: unknown, { commands, offset }: Pipeline): readonly (readonly [unknown, unknown])[] {
    if (value === NO_VALUE || value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item] as const);
    if (typeof value === "number" && Number.isInteger(value) && value <= 1e6) {
      return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index] as const);
    }
    if (typeof value === "object") return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    const text = commands.map((command) => command.text).join(" | ");
    return this.#fail(`range can't iterate over ${printValue(value)}`, { text, offset });
  }

  #template(node: Extract<Node, { kind: "template" }>, scope: Scope): void {
    const at = { text: `{{template ${JSON.stringify(node.name)}}}`, offset: node.offset };
    const content = this.#tree.definitions.get(node.name);
    if (content === undefined) this.#fail(`template ${JSON.stringify(node.name)} not defined`, at);
    this.#calls += 1;
    if (this.#calls > MAX_CALLS) this.#fail("exceeded maximum template depth", at);
    const dot = node.pipeline === undefined ? undefined : this.#pipeline(node.pipeline, scope);
    const caller = this.#name;
    this.#name = node.name;
    this.#nodes(content, { dot, variables: [{ name: "$", value: dot }] });
    this.#name = caller;
    this.#calls -= 1;
  }

  #pipeline(pipeline: Pipeline, scope: Scope): unknown {
    let value: unknown;
    for (const [index, command] of pipeline.commands.entries()) {
      value = this.#command(command, scope, index === 0 ? [] : [value]);
    }
    return value;
  }

  #command(command: Command, scope: Scope, piped: readonly unknown[]): unknown {
    const [first, ...rest] = command.operands;
    if (first === undefined) return NO_VALUE;
    if (first.kind === "nil") this.#fail("nil is not a command", first);
    if (first.kind === "function") return this.#fields(first, this.#call(first.name, command, rest, piped, scope));
    if (rest.length > 0 || piped.length > 0) this.#fail(`can't give argument to non-function ${first.text}`, command);
    return this.#operand(first, scope);
  }

  #call(
    name: string,
    command: Command,
    operands: readonly Operand[],
    piped: readonly unknown[],
    scope: Scope,
  ): unknown {
    if (name === "and" || name === "or") return this.#shortCircuit(name, command, operands, piped, scope);
    if (name === "call") this.#fail("error calling call: non-function of type nil", command);
    const called = Object.hasOwn(this.#functions, name) ? this.#functions[name] : BUILTINS[name];
    if (called === undefined) throw new Error(`bug: no function ${name}`);
    const problem = argumentCountProblem(called, name, operands.length + piped.length);
    if (problem !== undefined) this.#fail(problem, command.operands[0] ?? command);
    const args = [...operands.map((operand) => this.#operand(operand, scope)), ...piped];
    for (const [position, arg] of args.entries())
      this.#checkKind(arg, argumentKind(called, position), operands[position] ?? command);
    try {
      return called(...args);
    } catch (error) {
      return this.#fail(`error calling ${name}: ${error instanceof Error ? error.message : String(error)}`, command);
    }
  }

  #checkKind(
    arg: unknown,
    kind: "string" | "int" | undefined,
    at: { readonly text: string; readonly offset: number; readonly kind?: string },
  ): void {
    if (kind === undefined || (kind === "string" ? typeof arg === "string" : Number.isInteger(arg))) return;
    // Go takes a value of the wrong type for a mistake in the template when it is written there, and else for one of the data.
    if (at.kind === "constant" || at.kind === "nil")
      this.#fail(`expected ${kind === "int" ? "integer" : kind}; found ${at.text}`, at);
    if (arg === NO_VALUE || arg === null || arg === undefined) this.#fail(`invalid value; expected ${kind}`, at);
    this.#fail(`wrong type for value; expected ${kind}; got ${typeName(arg)}`, at);
  }

  #shortCircuit(
    name: "and" | "or",
    command: Command,
    operands: readonly Operand[],
    piped: readonly unknown[],
    scope: Scope,
  ): unknown {
    let value: unknown = NO_VALUE;
    for (const operand of operands) {
      value = this.#operand(operand, scope);
      if (isTrue(value) === (name === "or")) return value;
    }
    if (operands.length + piped.length === 0)
      this.#fail(`wrong number of args for ${name}: want at least 1 got 0`, command);
    return piped.length > 0 ? piped[0] : value;
  }

  #operand(operand: Operand, scope: Scope): unknown {
    switch (operand.kind) {
      case "dot":
        return this.#fields(operand, scope.dot);
      case "nil":
        return null;
      case "constant":
        return operand.value;
      case "variable":
        return this.#fields(operand, scope.variables.findLast(({ name }) => name === operand.name)?.value);
      case "pipeline":
        return this.#fields(operand, this.#pipeline(operand.pipeline, scope));
      case "function": {
        const command = { operands: [operand], text: operand.text, offset: operand.offset };
        return this.#fields(operand, this.#call(operand.name, command, [], [], scope));
      }
    }
  }

  #fields(operand: Operand, start: unknown): unknown {
    let value = start;
    for (const field of operand.fields) {
      if (value === NO_VALUE || value === null || value === undefined) {
        if (value !== start) this.#fail(`nil pointer evaluating interface {}.${field}`, operand);
        return NO_VALUE;
      }
      if (typeof value !== "object" || Array.isArray(value)) {
        this.#fail(`can't evaluate field ${field} in type ${typeName(value)}`, operand);
      }
      value = Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : NO_VALUE;
    }
    return value;
  }
}

/** Sets or makes a pipeline's variables. */
function bind({ variables, declares }: Pipeline, values: readonly unknown[], scope: Scope): Scope {
  if (variables.length === 0) return scope;
  if (declares) {
    const made = variables.map((name, index) => ({ name, value: values[index] }));
    return { ...scope, variables: [...scope.variables, ...made] };
  }
  for (const [index, name] of variables.entries()) {
    const variable = scope.variables.findLast((candidate) => candidate.name === name);
    if (variable !== undefined) variable.value = values[index];
  }
  return scope;
}
