import { BUILTINS } from "./builtins.js";
import { parse } from "./parse.js";
import type { RenderOptions } from "./render.js";

/** Tells whether a word is a function of a template. */
export function isFunctionName(word: string, functions: NonNullable<RenderOptions["functions"]>): boolean {
  const isSpecial = word === "and" || word === "or" || word === "call";
  return isSpecial || Object.hasOwn(functions, word) || Object.hasOwn(BUILTINS, word);
}

/** Parses a template without rendering it. Throws a TemplateError when it is none. */
export function checkTemplate(text: string, { functions = {}, name = "root" }: Omit<RenderOptions, "data"> = {}): void {
  if (text.includes("{{")) parse(text, { name, hasFunction: (word) => isFunctionName(word, functions) });
}
