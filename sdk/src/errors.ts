import { isError, messageOf, type AttributePath, type Diagnostic } from "@ingot/diag";

/** What a component throws to report a mistake of the user or trouble with the world, with the attribute at fault. */
export class DiagnosticError extends Error {
  override readonly name = "DiagnosticError";
  /** What is reported: at least one error. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    problem:
      | {
          /** A short phrase: "Unsupported argument". */
          readonly summary: string;
          /** Whole sentences: what is wrong, why, what to do. */
          readonly detail?: string;
          /** The attribute at fault: attribute names, block types, map keys and indexes. */
          readonly path?: AttributePath;
        }
      | readonly Diagnostic[],
    options?: ErrorOptions,
  ) {
    const diagnostics: readonly Diagnostic[] = isList(problem)
      ? problem
      : [{ severity: "error", summary: problem.summary, detail: problem.detail ?? "", path: problem.path ?? [] }];
    super(
      diagnostics.map(({ summary, detail }) => (detail === "" ? summary : `${summary}: ${detail}`)).join("\n"),
      options,
    );
    this.diagnostics = diagnostics;
  }
}

function isList(problem: object): problem is readonly Diagnostic[] {
  return Array.isArray(problem);
}

/** Thrown by `provision` when the provisioners failed. The host has shown why; the builder only has to clean up. */
export class ProvisioningFailed extends Error {
  override readonly name = "ProvisioningFailed";
  /** What the host reported: at least one error. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.find(({ severity }) => severity === "error")?.summary ?? "provisioning failed");
    this.diagnostics = diagnostics;
  }
}

/** Gives the diagnostics for anything that was thrown: those of our errors, otherwise one with the message. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof DiagnosticError || error instanceof ProvisioningFailed) return error.diagnostics;
  if (error instanceof AggregateError) return error.errors.flatMap(diagnosticsOf);
  const summary = messageOf(error);
  return [
    { severity: "error", summary: summary === "" ? "The component failed without a message." : summary, detail: "" },
  ];
}

/** Tells whether an error only says that the work was aborted. */
export function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || (isError(error) && error.name === "AbortError"));
}
