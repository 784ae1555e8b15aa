/**
 * Text that only adds lines to a terminal: of its escape sequences those for colours stay, of its control characters line feeds and tabs.
 * What builds print could move the cursor and erase otherwise.
 */
export function safeForTerminal(text: string): string {
  if (!/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(text)) return text;
  return text
    .replaceAll(/\u001b\[([0-9;:?<=>!]*)[ -/]*([@-~])/g, (whole, _, kind: string) => (kind === "m" ? whole : ""))
    .replaceAll(/\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?/g, "")
    .replaceAll(/\u001b(?!\[[0-9;:]*m)[ -/]*[0-~]?/g, "")
    .replaceAll(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, "");
}
