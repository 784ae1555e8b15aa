import { messageOf, type Diagnostic } from "@ingot/diag";
import type { ComponentBlock } from "@ingot/template";
import { elapsedMs } from "./elapsed.js";
import { CANCELLED_TEXT, errorText } from "./error-text.js";
import type { StepKind } from "./events.js";
import type { SessionHandlers, SessionResult } from "./plugin-set.js";
import { leavesThings, type RunContext } from "./run-context.js";
import { reportDiagnostics, sessionHandlers } from "./session-handlers.js";

/** A step as it runs. */
export interface AttemptOf {
  readonly build?: string;
  readonly step: string;
  readonly kind: StepKind;
  readonly block: ComponentBlock;
  readonly attempt: number;
}

/** How an attempt ended. `error` is there exactly when it failed or was cancelled. */
export interface AttemptResult<R> {
  readonly result?: R;
  readonly error?: string;
  /** It ended because its signal was aborted. */
  readonly cancelled: boolean;
  /** The session broke off; its plugin and the instance may be gone. */
  readonly crashed: boolean;
}

/**
 * Runs one session of a component between its started and its finished event. Never rejects. When the plugin dies, what it
 * recorded is removed before this resolves.
 */
export async function runAttempt<R extends SessionResult>(
  run: RunContext,
  about: AttemptOf,
  options: { readonly signal: AbortSignal; readonly call: (handlers: SessionHandlers) => Promise<R> },
): Promise<AttemptResult<R>> {
  const { kind, block, attempt, ...place } = about;
  const startedAt = performance.now();
  const component = block.type;
  const name = "name" in block ? (block as { readonly name: string }).name : ""; // blocks with a name have it as text
  let ended: AttemptResult<R>;
  try {
    options.signal.throwIfAborted();
    await run.stream.announce({ type: "step-started", ...place, kind, component, name, attempt });
    options.signal.throwIfAborted(); // writing that down takes its time
    const result = await options.call(sessionHandlers(run, about));
    ended = settle(result, options.signal);
    reportDiagnostics(run, about, reportable(result.diagnostics));
  } catch (error) {
    ended = broken(error, options.signal);
    if (ended.crashed && !leavesThings(run.settings)) await run.ledger.cleanUp(place);
  }
  const outcome = ended.cancelled ? "cancelled" : ended.error === undefined ? "success" : "failed";
  const failure = ended.error === undefined ? {} : { error: ended.error };
  const durationMs = elapsedMs(startedAt);
  run.stream.emit({ type: "step-finished", ...place, kind, component, attempt, outcome, durationMs, ...failure });
  return ended;
}

/** Warnings have no other place to be shown; errors do, unless they point into the template. */
function reportable(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(
    ({ severity, path, subject }) => severity === "warning" || path !== undefined || subject !== undefined,
  );
}

function settle<R extends SessionResult>(result: R, signal: AbortSignal): AttemptResult<R> {
  const error = errorText(result.diagnostics);
  const cancelled = signal.aborted && (result.cancelled || error !== undefined);
  if (cancelled || result.cancelled) return { result, error: error ?? CANCELLED_TEXT, cancelled, crashed: false };
  return { result, cancelled: false, crashed: false, ...(error === undefined ? {} : { error }) };
}

function broken(error: unknown, signal: AbortSignal): AttemptResult<never> {
  if (signal.aborted && error === signal.reason) return { error: CANCELLED_TEXT, cancelled: true, crashed: false };
  return { error: messageOf(error), cancelled: false, crashed: true };
}
