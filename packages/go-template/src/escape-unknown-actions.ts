import { isFunctionName } from "./check-template.js";
import { parse } from "./parse.js";
import type { RenderOptions } from "./render.js";
import { TemplateError } from "./template-error.js";
import type { Node, Pipeline } from "./tree.js";

const GO_NODES: Readonly<Record<Exclude<Node["kind"], "text" | "action">, string>> = {
  if: "*parse.IfNode",
  with: "*parse.WithNode",
  range: "*parse.RangeNode",
  template: "*parse.TemplateNode",
  break: "*parse.BreakNode",
  continue: "*parse.ContinueNode",
};

/**
 * Rewrites a template so that actions of one word that is no function of the caller's, such as `{{ .Path }}`, are printed instead of
 * rendered. Other actions stay. Throws a TemplateError when the text is no template, or has more than text and simple actions.
 */
export function escapeUnknownActions(
  text: string,
  { functions = {}, name = "root" }: Omit<RenderOptions, "data">,
): string {
  const tree = parse(text, { name, hasFunction: (word) => isFunctionName(word, functions) });
  return tree.content.map((node) => rewrite(node, functions)).join("");
}

function rewrite(node: Node, functions: NonNullable<RenderOptions["functions"]>): string {
  if (node.kind === "text") return node.text;
  if (node.kind !== "action") throw new TemplateError(`unhandled node type ${GO_NODES[node.kind]}`);
  const [command, ...others] = node.pipeline.commands;
  const [word, ...args] = command?.operands ?? [];
  const isPlain = others.length === 0 && args.length === 0 && word !== undefined;
  if (!isPlain || Object.hasOwn(functions, word.text)) return `{{${pipelineText(node.pipeline)}}}`;
  return `{{ "{{" }} ${word.text} {{ "}}" }}`;
}

function pipelineText({ variables, declares, commands }: Pipeline): string {
  const targets = variables.length === 0 ? "" : `${variables.join(", ")} ${declares ? ":=" : "="} `;
  return targets + commands.map(({ operands }) => operands.map(({ text }) => text).join(" ")).join(" | ");
}
