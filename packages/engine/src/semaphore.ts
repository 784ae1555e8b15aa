/** Lets a limited number of holders in, in the order in which they ask. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** A limit below 1 is no limit. */
  constructor(limit: number) {
    this.#free = limit < 1 ? Infinity : limit;
  }

  /** Resolves with a function that gives the place back. Rejects with the signal's reason. */
  async acquire(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
    } else {
      await new Promise<void>((resolve, reject) => {
        const enter = (): void => {
          signal.removeEventListener("abort", leave);
          resolve();
        };
        const leave = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(enter), 1);
          // The caller's reason, whatever it is.
          reject(signal.reason as Error);
        };
        this.#waiting.push(enter);
        signal.addEventListener("abort", leave, { once: true });
      });
    }
    let held = true;
    return () => {
      if (held) this.#release();
      held = false;
    };
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next();
    else this.#free++;
  }
}
