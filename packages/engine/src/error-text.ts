import type { Diagnostic } from "@ingot/diag";

/** What the result of a cancelled build says. */
export const CANCELLED_TEXT = "context canceled";
/** What the result of a step says that ended because its time was over and that gave no reason of its own. */
export const TIMED_OUT_TEXT = "context deadline exceeded";

/** The errors among the diagnostics as one text; undefined when there are none. */
export function errorText(diagnostics: readonly Diagnostic[]): string | undefined {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  return errors.length === 0 ? undefined : errors.map(diagnosticText).join("\n");
}

/** One diagnostic on one line: summary and detail. */
export function diagnosticText({ summary, detail }: Diagnostic): string {
  if (summary === "" || detail === "") return summary + detail;
  return `${summary}: ${detail}`;
}

/** Several errors of one build as one text. Existing users know this form. */
export function severalErrorsText(errors: readonly string[]): string {
  return `${errors.length} error(s) occurred:\n\n${errors.map((error) => `* ${error}`).join("\n")}`;
}
