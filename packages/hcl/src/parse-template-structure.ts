import { formatRange } from "@ingot/diag";
import type { Span, TemplateExpression, TemplatePart, TemplateText, TemplateWrapExpression } from "./ast.js";
import { MAX_NESTING, type ParseCursor } from "./parse-cursor.js";
import type { SequenceItem, TemplateItem, TextItem } from "./parse-template-items.js";

type Opener = Extract<SequenceItem, { kind: "if" | "for" }>;
type Directive = Extract<SequenceItem, { kind: "else" | "endif" | "endfor" }>;

/** A directive that is open, with what it contains so far. */
interface OpenDirective {
  readonly opener: Opener;
  parts: TemplatePart[];
  /** The parts before `%{ else }`. */
  then?: TemplatePart[];
}

interface Frame extends Span {
  readonly form: TemplateExpression["form"];
}

/** Matches directives with their ends and gives the tree of a template. */
export function buildTemplate(
  cursor: ParseCursor,
  items: readonly TemplateItem[],
  { start, end, form }: Frame,
): TemplateExpression | TemplateWrapExpression {
  let highest = 0;
  for (const item of items) if ("height" in item) highest = Math.max(highest, item.height);
  cursor.height = 1 + highest;
  const [only] = items;
  if (items.length === 1 && only?.kind === "interpolation") {
    return { kind: "template-wrap", start, end, inner: only.expression };
  }
  return { kind: "template", start, end, form, parts: matchDirectives(cursor, items, end) };
}

function matchDirectives(cursor: ParseCursor, items: readonly TemplateItem[], end: number): TemplatePart[] {
  const root: TemplatePart[] = [];
  const open: OpenDirective[] = [];
  let deepest = 0;
  for (const item of items) {
    const top = open.at(-1);
    const parts = top?.parts ?? root;
    switch (item.kind) {
      case "text":
        addText(parts, item);
        break;
      case "interpolation":
        parts.push({ kind: "interpolation", start: item.start, end: item.end, expression: item.expression });
        break;
      case "if":
      case "for":
        open.push({ opener: item, parts: [] });
        deepest = Math.max(deepest, open.length);
        if (deepest > MAX_NESTING) cursor.failTooDeep({ start: item.start, end: item.end });
        break;
      default:
        if (top === undefined || !endsDirective(top, item)) failDirective(cursor, top?.opener, item, top?.then);
        else if (item.kind === "else") [top.then, top.parts] = [top.parts, []];
        else {
          open.pop();
          (open.at(-1)?.parts ?? root).push(closeDirective(top, item.end));
        }
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) failUnclosed(cursor, unclosed.opener, end);
  cursor.height += deepest;
  return root.slice();
}

function addText(parts: TemplatePart[], { start, end, text }: TextItem): void {
  if (text === "") return;
  const previous = parts.at(-1);
  if (previous?.kind !== "text") {
    parts.push({ kind: "text", start, end, text });
    return;
  }
  const joined: TemplateText = { kind: "text", start: previous.start, end, text: previous.text + text };
  parts[parts.length - 1] = joined;
}

function endsDirective({ opener, then }: OpenDirective, { kind }: Directive): boolean {
  if (opener.kind === "for") return kind === "endfor";
  return kind === "endif" || (kind === "else" && then === undefined);
}

function closeDirective({ opener, parts, then }: OpenDirective, end: number): TemplatePart {
  if (opener.kind === "if") {
    const { start, condition } = opener;
    if (then === undefined) return { kind: "if", start, end, condition, then: parts };
    return { kind: "if", start, end, condition, then, otherwise: parts };
  }
  const { start, keyName, valueName, collection } = opener;
  return { kind: "for", start, end, ...(keyName !== undefined && { keyName }), valueName, collection, body: parts };
}

function failUnclosed(cursor: ParseCursor, { kind, ...span }: Opener, end: number): never {
  const place = formatRange(cursor.file.range(span));
  cursor.report({
    summary: "Unexpected end of template",
    detail: `The ${kind} directive at ${place} is missing its corresponding end${kind} directive.`,
    subject: { start: Math.max(0, end - 1), end },
  });
  return cursor.giveUp();
}

function failDirective(
  cursor: ParseCursor,
  opener: Opener | undefined,
  { kind, start, end }: Directive,
  then: TemplatePart[] | undefined,
): never {
  let detail = "The control directives within this template are unbalanced.";
  if (opener !== undefined) {
    const place = formatRange(cursor.file.range(opener));
    if (opener.kind === "for") {
      detail =
        kind === "else"
          ? "An else clause is not expected for a for directive."
          : `Expecting an endfor directive corresponding to the for directive at ${place}.`;
    } else {
      detail =
        kind === "else" && then !== undefined
          ? `Already in the else clause for the if started at ${place}.`
          : `Expecting an endif directive for the if started at ${place}.`;
    }
  }
  cursor.report({ summary: `Unexpected ${kind} directive`, detail, subject: { start, end } });
  return cursor.giveUp();
}
