import type { RunEvent } from "@ingot/engine";

/** One event as one line. Plugins are free in what their texts contain, so line separators are written as escapes. */
export function jsonLine(event: RunEvent): string {
  return `${JSON.stringify(event).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}\n`;
}
