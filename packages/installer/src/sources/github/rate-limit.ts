import type { IncomingHttpHeaders } from "node:http";
import { retryAfterMs } from "../http/retry.js";

/** GitHub's word that it answers no more for a while. */
export interface RateLimit {
  /** From now on, in milliseconds. */
  readonly waitMs: number;
  /** `hourly`: the requests of the hour are used up; `burst`: too many at once. */
  readonly kind: "hourly" | "burst";
}

/** Reads whether an answer is a refusal because of too many requests, by the rules that GitHub documents. */
export function rateLimitOf(
  status: number,
  headers: IncomingHttpHeaders,
  message: string,
  nowMs: number,
): RateLimit | undefined {
  if (status !== 403 && status !== 429) return undefined;
  // The server's clock counts: that of this computer may be wrong.
  const serverNow = Date.parse(headers.date ?? "");
  const now = Number.isNaN(serverNow) ? nowMs : serverNow;
  const after = retryAfterMs(headers["retry-after"], now);
  if (after !== undefined) return { kind: "burst", waitMs: after };
  const reset = headers["x-ratelimit-reset"];
  if (headers["x-ratelimit-remaining"] === "0" && typeof reset === "string" && /^\d{1,12}$/.test(reset)) {
    return { kind: "hourly", waitMs: Math.max(0, Number(reset) * 1000 - now) + 1000 };
  }
  if (status === 429 || /rate limit/i.test(message)) return { kind: "burst", waitMs: 60_000 };
  return undefined;
}

/** `14:05 (in 37 minutes)`: by the clock of this computer. */
export function whenText(waitMs: number, nowMs: number): string {
  const at = new Date(nowMs + waitMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = Math.ceil(waitMs / 1000);
  const minutes = Math.ceil(seconds / 60);
  const isFar = seconds > 120;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}${isFar ? "" : `:${two(at.getSeconds())}`}`;
  return `${clock} (in ${isFar ? `${minutes} minutes` : `${seconds} seconds`})`;
}
