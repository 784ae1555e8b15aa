import type { Diagnostic } from "@ingot/diag";
import { Diagnostic_Severity, type Diagnostic as WireDiagnostic } from "@ingot/protocol";

/** Writes a diagnostic for the wire. */
export function toWireDiagnostic({ severity, summary, detail, path }: Diagnostic): WireDiagnostic {
  return {
    severity: severity === "warning" ? Diagnostic_Severity.WARNING : Diagnostic_Severity.ERROR,
    summary,
    detail,
    path: (path ?? []).map((step) => ({
      step: typeof step === "number" ? { $case: "index", value: BigInt(step) } : { $case: "name", value: step },
    })),
  };
}

/** Reads a diagnostic from the wire. */
export function fromWireDiagnostic({ severity, summary, detail, path }: WireDiagnostic): Diagnostic {
  return {
    severity: severity === Diagnostic_Severity.WARNING ? "warning" : "error",
    summary,
    detail,
    path: path.flatMap(({ step }) =>
      step === undefined ? [] : [step.$case === "index" ? Number(step.value) : step.value],
    ),
  };
}
