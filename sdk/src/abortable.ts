import { onAbort } from "@ingot/protocol";

/** Gives the promise's outcome, or rejects with the signal's reason when that comes first. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stopListening = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stopListening = onAbort(signal, () => reject(signal.reason as Error));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopListening();
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
