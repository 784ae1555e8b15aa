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
export function sessionHandlers(run: RunContext, about: StepPlace): SessionHandlers {
  const { stream } = run;
  const place = placeOf(about);
  return {
    ui: (level, text) => stream.emit({ type: "ui", ...place, level, text }),
    log: ({ level, message, fields }) => stream.emit({ type: "log", ...place, level, message, fields }),
    progress: (progress) => stream.emit({ type: "progress", ...place, progress }),
    ask: (question, options) => run.asker.ask(question, place, options),
    resource: (record) => run.ledger.record(record, place),
    warning: (diagnostic) => reportDiagnostics(run, about, [diagnostic]),
    secrets: (values) => run.secrets.add(values),
  };
}

/** Sends what a running step has to say about the template. Nothing for an empty list. */
export function reportDiagnostics(run: RunContext, about: StepPlace, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  const located = locateDiagnostics(diagnostics, about.block);
  run.stream.emit({ type: "diagnostics", phase: "run", ...placeOf(about), diagnostics: located });
}

/** The part of a step's description that its events have. */
function placeOf({ build, step }: StepPlace): { readonly build?: string; readonly step: string } {
  return build === undefined ? { step } : { build, step };
}
