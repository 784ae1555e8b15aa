import type { Diagnostic } from "@ingot/diag";
import type { ComponentBlock } from "@ingot/template";

/** Gives a plugin's diagnostics the places in the template that their attribute paths mean. */
export function locateDiagnostics(diagnostics: readonly Diagnostic[], block: ComponentBlock): readonly Diagnostic[] {
  return diagnostics.map((diagnostic) =>
    diagnostic.subject === undefined
      ? { ...diagnostic, subject: block.rangeOfPath(diagnostic.path ?? []) }
      : diagnostic,
  );
}

/** Drops repetitions, as when several builds use one faulty source. */
export function distinctDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ severity, summary, detail, subject }) => {
    const key = JSON.stringify([severity, summary, detail, subject]);
    return !seen.has(key) && seen.add(key);
  });
}
