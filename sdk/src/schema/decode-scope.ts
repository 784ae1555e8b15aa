import type { AttributePath, Diagnostic } from "@ingot/diag";

/** A problem that a `check` function found: a sentence, or a diagnostic with a path relative to the checked value. */
export type Problem =
  | string
  | {
      readonly summary: string;
      readonly detail?: string;
      readonly severity?: "error" | "warning";
      readonly path?: AttributePath;
    };

/** What a `check` function gives: nothing when all is well, otherwise one problem or several. */
export type CheckResult = void | undefined | Problem | readonly Problem[];

interface Collected {
  readonly diagnostics: Diagnostic[];
  readonly secrets: Set<string>;
  errors: number;
  unknowns: number;
}

/** Where a decoder stands in a configuration, and what it found so far. Scopes of one decoding share their findings. */
export class DecodeScope {
  readonly path: AttributePath;
  readonly #collected: Collected;

  constructor(path: AttributePath = [], collected?: Collected) {
    this.path = path;
    this.#collected = collected ?? { diagnostics: [], secrets: new Set(), errors: 0, unknowns: 0 };
  }

  /** Everything that was reported, in order. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#collected.diagnostics;
  }

  /** Texts of sensitive values. */
  get secrets(): ReadonlySet<string> {
    return this.#collected.secrets;
  }

  /** How many errors and unknown values there were. Unchanged after a decoding: it is complete. */
  get gaps(): number {
    return this.#collected.errors + this.#collected.unknowns;
  }

  /** How many values were unknown. */
  get unknowns(): number {
    return this.#collected.unknowns;
  }

  /** The scope of a value inside this one. */
  at(step: string | number): DecodeScope {
    return new DecodeScope([...this.path, step], this.#collected);
  }

  /** The last attribute name of the path, for messages. */
  get name(): string {
    return String(this.path.findLast((step) => typeof step === "string") ?? "");
  }

  error(summary: string, detail: string): undefined {
    this.report({ severity: "error", summary, detail, path: this.path });
  }

  report(diagnostic: Diagnostic): void {
    this.#collected.diagnostics.push(diagnostic);
    if (diagnostic.severity === "error") this.#collected.errors++;
  }

  /** Notes that a value is not known yet. */
  unknown(): undefined {
    this.#collected.unknowns++;
  }

  /** Remembers a text that must not be shown. */
  secret(text: string): void {
    if (text !== "") this.#collected.secrets.add(text);
  }

  /** Reports what a `check` function found. */
  problems(result: CheckResult): void {
    for (const diagnostic of problemsToDiagnostics(result, this.path)) this.report(diagnostic);
  }
}

/** Turns what a `check` function gave into diagnostics below a path. */
export function problemsToDiagnostics(result: CheckResult, base: AttributePath = []): Diagnostic[] {
  if (result === undefined) return [];
  const problems = Array.isArray(result) ? (result as readonly Problem[]) : [result as Problem];
  return problems.map((problem) =>
    typeof problem === "string"
      ? { severity: "error", summary: problem, detail: "", path: base }
      : {
          severity: problem.severity ?? "error",
          summary: problem.summary,
          detail: problem.detail ?? "",
          path: [...base, ...(problem.path ?? [])],
        },
  );
}
