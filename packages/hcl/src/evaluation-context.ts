import type { Diagnostic } from "@ingot/diag";
import type { FunctionTable } from "./function-spec.js";
import type { Value } from "./value.js";

/** What expressions may refer to. A child context sees its parents' names too and shadows equal ones. */
export interface EvaluationContext {
  /** Root names. Absent: this scope adds none. When no scope has any, variables are "not allowed". */
  readonly variables?: ReadonlyMap<string, Value>;
  /** Absent: this scope adds none. When no scope has any, function calls are "not allowed". */
  readonly functions?: FunctionTable;
  readonly parent?: EvaluationContext;
  /** Bounds the work. A child uses its nearest ancestor's; without any each evaluation gets a new one. */
  readonly budget?: EvaluationBudget;
}

/** Counts what evaluation produces, so that a small template cannot fill the memory. Shared by everything that gets the same one. */
export class EvaluationBudget {
  #remaining: number;
  #remainingForReports: number;
  #end: Diagnostic | undefined;

  /** `units`: characters of text that may be produced. An element of a collection takes 16, a round of a loop 128. */
  constructor(units = 64 * 1024 * 1024) {
    this.#remaining = units;
    this.#remainingForReports = units;
  }

  /** Takes units. Gives false when the budget is used up. */
  take(units: number): boolean {
    this.#remaining -= units;
    return this.#remaining >= 0;
  }

  /** As `take`, for writing a message. Messages have units of their own: there may be more to say when the others are used up. */
  takeForReport(units: number): boolean {
    this.#remainingForReports -= units;
    return this.#remainingForReports >= 0;
  }

  /**
   * Gives the message that the budget is used up: always the one that was made first, the same object, so that it can be shown
   * once however many evaluations end with it.
   */
  endMessage(make: () => Diagnostic): Diagnostic {
    return (this.#end ??= make());
  }
}

/** Gives a context that sees additional root names. */
export function childContext(parent: EvaluationContext, variables: ReadonlyMap<string, Value>): EvaluationContext {
  return { variables, parent };
}
