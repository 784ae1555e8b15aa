import type { Diagnostic, Outcome } from "@ingot/diag";
import { formatTokens } from "./format-tokens.js";
import { parseFileBody } from "./parse-body.js";
import { parseTokens, type SourceText } from "./parse-with.js";
import { scanFile } from "./scan.js";
import { SourceFile } from "./source-file.js";

/**
 * Gives a file of native syntax in the canonical layout. Nothing but spaces and tabs between tokens changes, and a byte-order mark
 * goes. A text with syntax errors is given back as it is, with the errors. For text that is still being typed see `formatTokens`.
 */
export function formatHcl({ filename, source }: SourceText): Outcome<string> {
  const file = new SourceFile(filename, source);
  const tokens = scanFile(file);
  const { diagnostics } = parseTokens(tokens, parseFileBody);
  if (diagnostics.length > 0) return { value: originalText(source), diagnostics };
  const formatted = formatTokens(tokens);
  if (formatted === undefined) return { value: originalText(source), diagnostics: [tooLarge(file)] };
  return { value: new TextDecoder().decode(formatted), diagnostics };
}

function originalText(source: Uint8Array | string): string {
  return typeof source === "string" ? source : new TextDecoder("utf-8", { ignoreBOM: true }).decode(source);
}

function tooLarge(file: SourceFile): Diagnostic {
  return {
    severity: "error",
    summary: "Formatted text too large",
    detail:
      "Aligned with the longest line beside it, this text would need more than 400 MB. Put an empty line between very long and short lines.",
    subject: file.range({ start: 0, end: 0 }),
  };
}
