import type { Diagnostic } from "@ingot/diag";
import type { ComponentBlock } from "@ingot/template";
import { locateDiagnostics } from "./locate-diagnostics.js";
import type { SessionHandlers } from "./plugin-set.js";
import type { RunContext } from "./run-context.js";

/** A step as its events name it, with the block to which its diagnostics belong. */
export interface StepPlace {
  readonly build?: string;
  readonly step: string;
  readonly block: ComponentBlock;
}

/** Turns what a plugin says during a session into events of its step. */
export function sessionHandlers(run: RunContext, { block, ...place }: StepPlace): SessionHandlers {
  const { stream } = run;
  return {
    ui: (level, text) => stream.emit({ type: "ui", ...place, level, text }),
    log: ({ level, message, fields }) => stream.emit({ type: "log", ...place, level, message, fields }),
    progress: (progress) => stream.emit({ type: "progress", ...place, progress }),
    ask: (question, options) => run.asker.ask(question, place, options),
    resource: (record) => run.ledger.record(record, place),
    warning: (diagnostic) => reportDiagnostics(run, { block, ...place }, [diagnostic]),
    secrets: (values) => run.secrets.add(values),
  };
}

/** Sends what a running step has to say about the template. Nothing for an empty list. */
export function reportDiagnostics(
  run: RunContext,
  { block, ...place }: StepPlace,
  diagnostics: readonly Diagnostic[],
): void {
  if (diagnostics.length === 0) return;
  run.stream.emit({ type: "diagnostics", phase: "run", ...place, diagnostics: locateDiagnostics(diagnostics, block) });
}
