import { openErrorText } from "@ingot/template";

/** An error of the operating system in Go's words: `stat FILE: no such file or directory`. */
export function systemErrorText(verb: string, file: string, error: unknown): string {
  return openErrorText(file, error).replace(/^open /, `${verb} `);
}
