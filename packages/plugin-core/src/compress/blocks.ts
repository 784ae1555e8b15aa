import { setImmediate as nextTurn } from "node:timers/promises";

/** Bytes of any origin, in pieces of any size. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Turns bytes into compressed bytes, piece by piece. Memory does not grow with the input. */
export type Encoder = (source: Bytes) => AsyncGenerator<Uint8Array, void, undefined>;

/** Regroups bytes into blocks of one size; the last may be shorter, and there is none for no bytes. Each block is a new buffer. */
export async function* blocksOf(source: Bytes, size: number): AsyncGenerator<Buffer, void, undefined> {
  let block = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + size - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield block;
      block = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/** Lets other work of this process have its turn, between blocks that are computed here. */
export function breathe(): Promise<void> {
  return nextTurn();
}
