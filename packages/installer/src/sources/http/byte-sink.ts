import type { Readable } from "node:stream";

/** Takes bytes, in memory of its own. */
export interface ByteSink {
  /** Where the next bytes are to be put: room for one at least. */
  room(): Uint8Array;
  /**
   * Counts bytes that were put there. Gives a promise when it is busy: bring no more, but what is on its way, before that is settled. It
   * rejects when the sink can take nothing any more.
   */
  taken(count: number): Promise<void> | undefined;
}

/** Copies bytes to a sink. Gives what `taken` gives. */
export function giveBytes(sink: ByteSink, bytes: Uint8Array): Promise<void> | undefined {
  let busy: Promise<void> | undefined;
  for (let rest = bytes; rest.length > 0;) {
    const room = sink.room();
    const part = rest.subarray(0, room.length);
    room.set(part);
    rest = rest.subarray(part.length);
    busy = sink.taken(part.length) ?? busy;
  }
  return busy;
}

/** Stops a source as long as its sink is busy. Ends it when the sink fails, which says why to who closes it. */
export function pauseWhile(busy: Promise<void> | undefined, source: Readable): void {
  if (busy === undefined) return;
  source.pause();
  busy.then(
    () => source.resume(),
    () => source.destroy(),
  );
}
