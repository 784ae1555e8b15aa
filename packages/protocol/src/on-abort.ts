import { setMaxListeners } from "node:events";

/**
 * Calls the listener when the signal aborts, at once when it has already. Gives a function that stops listening. Many calls may
 * share one signal: Node's warning about eleven listeners, which ends up on the user's screen, does not come.
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    listener();
    return () => {};
  }
  setMaxListeners(0, signal);
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/**
 * Gives the promise's outcome, or rejects with the signal's reason when that comes first. What is under way may have `graceMs` to
 * end in good order.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal, graceMs = 0): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let stopListening = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    stopListening = onAbort(signal, () => {
      if (graceMs === 0) giveUp();
      else timer = setTimeout(giveUp, graceMs);
    });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    stopListening();
    clearTimeout(timer);
  }
}
