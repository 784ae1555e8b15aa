import type { TemplateItem } from "./parse-template-items.js";

/** Unicode white space, which is what strip markers and `<<-` remove. */
const SPACE = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const LEADING_SPACE = new RegExp(`^${SPACE}*`);

export function trimStart(text: string): string {
  return text.slice(leadingSpace(text).length);
}

export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && LEADING_SPACE.exec(text.slice(end - 1, end))?.[0] !== "") end--;
  return text.slice(0, end);
}

function leadingSpace(text: string): string {
  return LEADING_SPACE.exec(text)?.[0] ?? "";
}

/**
 * Removes the common indentation of a `<<-` heredoc, in place. Only literal text that begins a line counts; lines of nothing but
 * white space are left alone; a line that begins with a sequence has no indentation. Source: chapter 2.3 of the specification.
 */
export function flushIndentation(items: TemplateItem[]): void {
  const indented: Extract<TemplateItem, { kind: "text" }>[] = [];
  let smallest = Number.POSITIVE_INFINITY;
  let isLineStart = true;
  for (const item of items) {
    if (isLineStart) {
      const width = item.kind === "text" ? leadingSpace(item.text).length : 0;
      const isBlank = item.kind === "text" && width === item.text.length && item.text.endsWith("\n");
      if (!isBlank) smallest = Math.min(smallest, width);
      if (!isBlank && item.kind === "text") indented.push(item);
    }
    isLineStart = item.kind === "text" && item.text.endsWith("\n");
  }
  for (const item of indented) {
    item.text = item.text.slice(smallest);
    item.start += smallest;
  }
}
