import type { BodyNode, Expression, Span } from "./ast.js";
import { parseJsonExpression } from "./json-parse.js";
import { parseHcl } from "./parse-hcl.js";
import type { SourceText } from "./parse-with.js";
import { SourceFile } from "./source-file.js";

/**
 * Says in which part of a file a byte offset lies, as messages show it after the line: the outermost block with its labels
 * (`source "null" "a"`), or in JSON syntax the path of properties (`build.provisioner[0]`). Undefined at top level.
 * Parses the text anew: it is meant for showing messages. Source: chapter 11.1 of the language specification.
 */
export function describeContext(
  text: SourceText,
  { syntax, offset }: { syntax: "native" | "json"; offset: number },
): string | undefined {
  if (syntax === "native") return nativeContext(parseHcl(text).value, offset);
  const path = jsonPath(parseJsonExpression(new SourceFile(text.filename, text.source)).value, offset);
  return path === "" ? undefined : path.replace(/^\./, "");
}

function nativeContext({ blocks }: BodyNode, offset: number): string | undefined {
  const block = blocks.find((candidate) => contains(candidate, offset));
  return block && [block.type, ...block.labels.map(({ value }) => JSON.stringify(value))].join(" ");
}

function jsonPath(value: Expression, offset: number): string {
  if (value.kind === "object") {
    const item = value.items.find((candidate) => holdsOffset(candidate.value, offset));
    if (item?.key.kind === "json-string") return `.${item.key.text}${jsonPath(item.value, offset)}`;
  } else if (value.kind === "tuple") {
    const index = value.elements.findIndex((element) => holdsOffset(element, offset));
    const element = value.elements[index];
    if (element !== undefined) return `[${index}]${jsonPath(element, offset)}`;
  }
  return "";
}

function holdsOffset(value: Expression, offset: number): boolean {
  return (value.kind === "object" || value.kind === "tuple") && contains(value, offset);
}

function contains({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset < end;
}
