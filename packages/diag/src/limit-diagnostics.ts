import type { Diagnostic } from "./diagnostic.js";

/** More messages than this help nobody. */
const MOST = 100;

/**
 * Cuts a long list of diagnostics, and says so at its end. What is cut counts as errors. One that comes several times, as the same
 * object, is shown once: its cause is one.
 */
export function limitDiagnostics(all: readonly Diagnostic[]): readonly Diagnostic[] {
  const diagnostics = [...new Set(all)];
  if (diagnostics.length <= MOST) return diagnostics;
  const shown = diagnostics.filter(({ summary }) => summary !== REST.summary).slice(0, MOST);
  return [...shown, REST];
}

const REST: Diagnostic = {
  severity: "error",
  summary: "Too many problems",
  detail: "Only the first 100 are shown. Correct these, then look again.",
};
