import { setTimeout as sleep } from "node:timers/promises";

const DELAY_MS = 2_000;

export interface RetryOptions {
  /** For how long new attempts are made. An attempt under way is not interrupted. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** Calls a function until it succeeds, every two seconds; rejects with the last error when the time is over. */
export async function retry(work: () => Promise<void>, { limitMs, signal }: RetryOptions): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (performance.now() + DELAY_MS > end) throw error;
    }
    await sleep(DELAY_MS, undefined, { signal });
  }
}
