import type { TemplateFunction } from "./render.js";

/** What a parameter of a template function takes. "strings" is the last one and takes any number of strings. */
export type ArgumentKind = "string" | "int" | "strings";

const KINDS = new WeakMap<TemplateFunction, readonly ArgumentKind[]>();

/** Says what arguments a function takes, so that a call with others fails as in Go, before the function runs. */
export function typedFunction(
  kinds: readonly ArgumentKind[],
  call: (...args: readonly string[]) => unknown,
): TemplateFunction;
export function typedFunction(
  kinds: readonly ArgumentKind[],
  call: (...args: readonly (string | number)[]) => unknown,
): TemplateFunction;
export function typedFunction(
  kinds: readonly ArgumentKind[],
  call: (...args: readonly never[]) => unknown,
): TemplateFunction {
  const typed: TemplateFunction = (...args) => call(...(args as readonly never[])); // checked before each call
  KINDS.set(typed, kinds);
  return typed;
}

/** What is wrong with the number of arguments; undefined when nothing is. */
export function argumentCountProblem(called: TemplateFunction, name: string, count: number): string | undefined {
  const kinds = KINDS.get(called);
  if (kinds === undefined) return undefined;
  const isVariadic = kinds.at(-1) === "strings";
  const least = kinds.length - (isVariadic ? 1 : 0);
  if (count === least || (isVariadic && count > least)) return undefined;
  return `wrong number of args for ${name}: want ${isVariadic ? "at least " : ""}${least} got ${count}`;
}

/** The kind of the argument at a position; undefined when any value will do. */
export function argumentKind(called: TemplateFunction, position: number): "string" | "int" | undefined {
  const kinds = KINDS.get(called);
  if (kinds === undefined) return undefined;
  const kind = kinds[Math.min(position, kinds.length - 1)];
  return kind === "strings" ? "string" : kind;
}
