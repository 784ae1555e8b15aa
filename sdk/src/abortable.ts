import { onAbort } from "@ingot/protocol";

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
    return await Promise.race([work, aborted]);
  } finally {
    stopListening();
    clearTimeout(timer);
  }
}

/** Gives what the source gives, and throws the signal's reason when that comes first, even while the source is silent. */
export async function* abortable<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orAborted(iterator.next(), signal);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // A silent source ends when it speaks again; nobody waits for that.
    const ending = iterator.return?.();
    if (signal.aborted) ending?.catch(() => {});
    else await ending;
  }
}
