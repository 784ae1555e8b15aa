import { setTimeout as sleep } from "node:timers/promises";

export interface RetryOptions {
  /** For how long new attempts are made. An attempt under way is not interrupted. */
  readonly limitMs: number;
  /** The pause between attempts. Default: two seconds. */
  readonly delayMs?: number;
  readonly signal: AbortSignal;
}

/** Calls a function until it succeeds and gives its result; rejects with the last error when the time is over. */
export async function retry<T>(work: () => Promise<T>, { limitMs, delayMs = 2_000, signal }: RetryOptions): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (performance.now() + delayMs > end) throw error;
    }
    await sleep(delayMs, undefined, { signal });
  }
}
