import { setTimeout as sleep } from "node:timers/promises";

/** How often and after what times requests are made again. */
export interface RetryPolicy {
  /** How often a request is made in all. */
  readonly attempts: number;
  /** Before the second attempt, in milliseconds; doubled for each one after. */
  readonly firstDelayMs: number;
}

export const DEFAULT_RETRIES: RetryPolicy = { attempts: 4, firstDelayMs: 500 };

/** The longest time that a server may make us wait, in milliseconds. */
export const LONGEST_WAIT_MS = 65_000;

/** How long to wait before the attempt with this number (the second is 2), by the policy with a little chance. */
export function delayBefore(attempt: number, { firstDelayMs }: RetryPolicy): number {
  return firstDelayMs * 2 ** (attempt - 2) * (1 + Math.random() / 4);
}

/** What a `Retry-After` header asks for, in milliseconds: seconds or a date. Undefined when it is neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** Waits; rejects with the signal's reason when aborted. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
