import type { Writable } from "node:stream";

/** The events of a server's call after which nobody reads any more. */
const ENDS = ["close", "cancelled", "error"] as const;

/** Tells whether somebody may still read what is written to a call. */
export function isOpen(call: Writable & { readonly cancelled: boolean }): boolean {
  return !call.cancelled && !call.writableEnded && !call.destroyed;
}

/**
 * Writes a message to a server's call. Gives undefined when there is room for the next one at once, otherwise a promise that
 * resolves when there is, or when the caller has gone. Does nothing once the call is over.
 */
export function writeToCall(
  call: Writable & { readonly cancelled: boolean },
  message: unknown,
): Promise<void> | undefined {
  if (!isOpen(call)) return undefined;
  if (call.write(message)) return undefined;
  return new Promise((resolve) => {
    const done = (): void => {
      for (const name of ["drain", ...ENDS]) call.removeListener(name, done);
      resolve();
    };
    for (const name of ["drain", ...ENDS]) call.on(name, done);
  });
}
