import { limitDiagnostics, type Diagnostic, type Outcome, type SourceRange } from "@ingot/diag";

const MOST_KEPT = 200;

/** Gathers diagnostics along the way, and keeps a hundred of them. */
export class Collector {
  readonly #diagnostics = new Set<Diagnostic>();
  #errors = 0;

  get diagnostics(): readonly Diagnostic[] {
    return limitDiagnostics([...this.#diagnostics]);
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  add(...diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      // One more than is shown tells that there are more.
      if (this.#diagnostics.size <= MOST_KEPT) this.#diagnostics.add(diagnostic);
      if (diagnostic.severity === "error") this.#errors++;
    }
  }

  error(summary: string, detail: string, subject?: SourceRange): void {
    this.add({ severity: "error", summary, detail, ...(subject && { subject }) });
  }

  warning(summary: string, detail: string, subject?: SourceRange): void {
    this.add({ severity: "warning", summary, detail, ...(subject && { subject }) });
  }

  /** Takes over the diagnostics of an outcome and gives its value. */
  take<T>({ value, diagnostics }: Outcome<T>): T {
    this.add(...diagnostics);
    return value;
  }
}
