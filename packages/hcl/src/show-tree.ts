/** Writes syntax trees as short text, for this package's own tests; nothing here is public. */
import type { BodyNode, Expression, TemplatePart, TraversalStep } from "./ast.js";

export function showTree(expression: Expression): string {
  const show = showTree;
  switch (expression.kind) {
    case "number":
      return expression.text;
    case "bool":
      return String(expression.value);
    case "null":
    case "error":
      return expression.kind;
    case "template":
      return `(${expression.form}${expression.parts.map((part) => ` ${showPart(part)}`).join("")})`;
    case "template-wrap":
      return `(wrap ${show(expression.inner)})`;
    case "traversal":
      return `${expression.name}${showSteps(expression.steps)}`;
    case "relative-traversal":
      return `${show(expression.source)}${showSteps(expression.steps)}`;
    case "index":
      return `(index ${show(expression.collection)} ${show(expression.key)})`;
    case "splat":
      return `(${expression.isFull ? "[*]" : ".*"} ${show(expression.source)} ${show(expression.each)})`;
    case "splat-item":
      return "@";
    case "call": {
      const list = expression.arguments.map((argument) => ` ${show(argument)}`).join("");
      return `(call ${expression.name}${list}${expression.expandsFinal ? "..." : ""})`;
    }
    case "conditional":
      return `(if ${show(expression.condition)} ${show(expression.whenTrue)} ${show(expression.whenFalse)})`;
    case "unary":
      return `(${expression.operator} ${show(expression.operand)})`;
    case "binary":
      return `(${expression.operator} ${show(expression.left)} ${show(expression.right)})`;
    case "tuple":
      return `[${expression.elements.map(show).join(" ")}]`;
    case "object":
      return `{${expression.items.map(({ key, keyName, value }) => `${keyName ?? show(key)}=${show(value)}`).join(" ")}}`;
    case "for": {
      const { keyName, valueName, collection, key, value, condition, groups } = expression;
      const names = keyName === undefined ? valueName : `${keyName},${valueName}`;
      const result = key === undefined ? show(value) : `${show(key)}=>${show(value)}${groups ? "..." : ""}`;
      return `(for ${names} ${show(collection)} ${result}${condition === undefined ? "" : ` if ${show(condition)}`})`;
    }
    case "parentheses":
      return `(paren ${show(expression.inner)})`;
    case "json-string":
      return JSON.stringify(expression.text);
  }
}

function showSteps(steps: readonly TraversalStep[]): string {
  return steps
    .map((step) => {
      if (step.kind === "attribute") return `.${step.name}`;
      if (step.isLegacy) return `.${step.key.text}`;
      return `[${step.key.kind === "string" ? JSON.stringify(step.key.text) : step.key.text}]`;
    })
    .join("");
}

function showPart(part: TemplatePart): string {
  const show = (parts: readonly TemplatePart[]): string => `[${parts.map(showPart).join(" ")}]`;
  switch (part.kind) {
    case "text":
      return JSON.stringify(part.text);
    case "interpolation":
      return `$${showTree(part.expression)}`;
    case "if": {
      const otherwise = part.otherwise === undefined ? "" : ` ${show(part.otherwise)}`;
      return `(%if ${showTree(part.condition)} ${show(part.then)}${otherwise})`;
    }
    case "for": {
      const names = part.keyName === undefined ? part.valueName : `${part.keyName},${part.valueName}`;
      return `(%for ${names} ${showTree(part.collection)} ${show(part.body)})`;
    }
  }
}

/** `name=expression` for arguments, `type "label"{…}` for blocks. */
export function showBody({ attributes, blocks }: BodyNode): string {
  const items = [
    ...attributes.map(({ start, name, expression }) => ({ start, text: `${name}=${showTree(expression)}` })),
    ...blocks.map(({ start, type, labels, body }) => {
      const header = [type, ...labels.map(({ value, isQuoted }) => (isQuoted ? JSON.stringify(value) : value))];
      return { start, text: `${header.join(" ")}{${showBody(body)}}` };
    }),
  ];
  return items
    .sort((a, b) => a.start - b.start)
    .map(({ text }) => text)
    .join("; ");
}
