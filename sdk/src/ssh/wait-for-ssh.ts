import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@ingot/diag";
import { AuthenticationError } from "./auth.js";
import { openConnection, type OpenOptions, type SshConnection } from "./connection.js";
import { HostKeyError } from "./host-key.js";
import type { SshSettings } from "./settings.js";

/** Between rounds. The first ones follow one another faster: a local machine may be up in a moment. */
const ROUND_MS = 5_000;
const FIRST_ROUND_MS = 250;
/** After a refused login: the number of attempts stands for a time in which the machine may learn of the user. */
const AFTER_REFUSAL_MS = 7_000;

export interface WaitOptions extends OpenOptions {
  /** Gives the settings of each round: the host may become known, and files may appear, while we wait. */
  readonly settings: () => Promise<SshSettings>;
  readonly timeoutMs: number;
}

/**
 * Tries to connect until it succeeds, the time is over ("Timeout waiting for SSH."), the logins failed too often, or a host key
 * is wrong. Rejects with the Error that the user should read.
 */
export async function waitForSsh({ settings, timeoutMs, signal, ...rest }: WaitOptions): Promise<SshConnection> {
  const limit = timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : undefined;
  const both = limit === undefined ? signal : AbortSignal.any([signal, limit]);
  const { log } = rest;
  let refusals = 0;
  let delayMs = FIRST_ROUND_MS;
  try {
    for (;;) {
      let current: SshSettings | undefined;
      try {
        current = await settings();
        return await openConnection(current, { ...rest, signal: both });
      } catch (error) {
        both.throwIfAborted();
        log.debug("SSH is not available yet", { error: messageOf(error) });
        if (error instanceof HostKeyError) throw error;
        const isRefused = error instanceof AuthenticationError;
        if (isRefused) refusals++;
        const attempts = current?.handshakeAttempts ?? 0;
        if (isRefused && attempts > 0 && refusals >= attempts) throw explainRefusal(error);
        await sleep(isRefused ? AFTER_REFUSAL_MS : delayMs, undefined, { signal: both });
        delayMs = isRefused ? FIRST_ROUND_MS : Math.min(delayMs * 2, ROUND_MS);
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (limit?.aborted === true) throw new SshTimeoutError({ cause: error });
    throw error;
  }
}

/** Thrown when the time to connect is over. */
export class SshTimeoutError extends Error {
  override readonly name = "SshTimeoutError";

  constructor(options?: ErrorOptions) {
    super("Timeout waiting for SSH.", options);
  }
}

function explainRefusal(error: AuthenticationError): Error {
  return new Error(
    "Packer experienced an authentication error when trying to connect via SSH. This can happen if your username/password are " +
      "wrong. You may want to double-check your credentials as part of your debugging process. " +
      `original error: ${error.message}`,
    { cause: error },
  );
}
