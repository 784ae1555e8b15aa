/**
 * Collects clean-up steps and runs them newest first when disposed (`await using`). Every step runs; failures are gathered
 * in one AggregateError. Disposing twice runs each step once.
 */
export class CleanupStack implements AsyncDisposable {
  readonly #steps: (() => void | Promise<void>)[] = [];

  /** Adds a step. It runs before all steps that were added earlier. */
  defer(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  /** Adds something disposable and returns it. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.defer(() => resource[Symbol.asyncDispose]() as Promise<void>);
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, "several clean-up steps failed");
  }
}
