/** Why a template can't be parsed or rendered, in the words of Go's text/template. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** Writes a position as Go does: line from 1, column from 0 in bytes. */
export function locate(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lastLine = before.slice(before.lastIndexOf("\n") + 1);
  return { line: before.split("\n").length, column: Buffer.byteLength(lastLine) };
}
