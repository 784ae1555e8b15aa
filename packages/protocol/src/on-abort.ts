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
