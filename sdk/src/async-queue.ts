/**
 * Hands values from callbacks to one reader. `push` gives a promise that resolves when the reader has taken the value, so
 * that whoever waits for it holds at most one value in memory.
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: { readonly value: T; readonly taken: () => void }[] = [];
  #wake: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;
  #isAbandoned = false;

  /** Adds a value. Nothing happens after the end, or when the reader has left. */
  push(value: T): Promise<void> {
    if (this.#end !== undefined || this.#isAbandoned) return Promise.resolve();
    return new Promise((taken) => {
      this.#items.push({ value, taken });
      this.#wake?.();
    });
  }

  /** Ends the queue: after the values that are in it the reader sees the end. */
  end(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  /** Ends the queue with an error, which the reader sees after the values that are in it. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item !== undefined) {
          item.taken();
          yield item.value;
        } else if (this.#end !== undefined) {
          if ("error" in this.#end) throw this.#end.error;
          return;
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve));
          this.#wake = undefined;
        }
      }
    } finally {
      this.#isAbandoned = true;
      for (const { taken } of this.#items.splice(0)) taken();
    }
  }
}
