import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

/**
 * Gives the messages of an object stream, then throws `toError(error)` when the stream reported an error. Unlike a stream's own
 * iterator it listens at once, so an error before the first `next` is not lost, and it doesn't destroy the stream.
 */
export function readMessages<T>(
  stream: Readable,
  toError: (error: unknown) => unknown = (error) => error,
): AsyncGenerator<T, void, undefined> {
  let failure: { readonly error: unknown } | undefined;
  let hasEnded = false;
  let wake = () => {};
  stream.on("readable", () => wake());
  stream.once("end", () => {
    hasEnded = true;
    wake();
  });
  stream.on("error", (error: unknown) => {
    failure ??= { error };
    wake();
  });
  stream.once("close", () => {
    hasEnded = true;
    wake();
  });
  return (async function* () {
    for (;;) {
      const message = stream.read() as T | null;
      if (message !== null) yield message;
      else if (failure) throw toError(failure.error);
      else if (hasEnded) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  })();
}

/** Writes a message and waits until there is room for the next. Does nothing when `isOver` says that nobody reads any more. */
export async function writeMessage<T>(stream: Writable, message: T, isOver: () => boolean): Promise<void> {
  if (isOver() || stream.writableEnded || stream.destroyed) return;
  if (stream.write(message)) return;
  // An error of the call is reported by its reader; a writer only has to stop waiting.
  await once(stream, "drain").catch(() => {});
}
