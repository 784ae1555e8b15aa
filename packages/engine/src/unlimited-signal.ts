import { setMaxListeners } from "node:events";

/**
 * A signal that is aborted with the given one and that any number of calls may listen to at the same time. Node warns of eleven
 * listeners; fifty builds have more with reason. Adding a listener takes the longer the more there are, so each build gets its own
 * signal.
 */
export function unlimitedSignal(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}
