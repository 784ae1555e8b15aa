import type { Diagnostic } from "@ingot/diag";
import { Diagnostic_Severity, type Diagnostic as WireDiagnostic } from "@ingot/protocol";

/** Reads diagnostics from the wire. A severity that isn't set counts as an error. */
export function decodeDiagnostics(wires: readonly WireDiagnostic[]): readonly Diagnostic[] {
  return wires.map(decodeDiagnostic);
}

export function decodeDiagnostic(wire: WireDiagnostic): Diagnostic {
  const path = wire.path.flatMap(({ step }) => (step === undefined ? [] : [pathStep(step)]));
  return {
    severity: wire.severity === Diagnostic_Severity.WARNING ? "warning" : "error",
    summary: wire.summary === "" ? "Error from a plugin" : wire.summary,
    detail: wire.detail,
    ...(path.length > 0 ? { path } : {}),
  };
}

function pathStep(step: { $case: "name"; value: string } | { $case: "index"; value: bigint }): string | number {
  return step.$case === "name" ? step.value : Number(step.value);
}

/** Writes diagnostics for the wire. Ranges and paths stay behind: they are about another component's configuration. */
export function encodeDiagnostics(diagnostics: readonly Diagnostic[]): WireDiagnostic[] {
  return diagnostics.map(({ severity, summary, detail }) => ({
    severity: severity === "error" ? Diagnostic_Severity.ERROR : Diagnostic_Severity.WARNING,
    summary,
    detail,
    path: [],
  }));
}
