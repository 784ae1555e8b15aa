import type { JsonSyntaxError } from "./go-json.js";

/** Writes a syntax error with its place and the lines around it, as the reference does: columns and offsets count bytes. */
export function syntaxErrorText(error: JsonSyntaxError, bytes: Uint8Array): string {
  const before = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(error.offset, bytes.byteLength));
  const lines = before.toString("latin1").split("\n");
  const line = lines.length;
  const last = lines[line - 1] ?? "";
  const column = line > 1 ? last.length + 1 : last.length;
  const shown = lines.slice(-2).map((text, index, all) => {
    const number = String(line - all.length + index + 1).padStart(5);
    return `${number}: ${Buffer.from(text, "latin1").toString("utf8")}\n`;
  });
  const place = `At line ${line}, column ${column} (offset ${error.offset}):`;
  return `Error parsing JSON: ${error.message}\n${place}\n${shown.join("")}${" ".repeat(column + 5)}^\n`;
}
