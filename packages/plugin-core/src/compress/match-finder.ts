/** How far back matches may lie. */
export const DICTIONARY_BYTES = 4 << 20;
export const MAX_MATCH = 273;

const HASH_BITS = 20;
const DEPTH = 32;
const NICE_LENGTH = 96;

/** A window over bytes that come piece by piece, in which earlier occurrences are found by chains of equal hashes. */
export class MatchFinder {
  readonly window = Buffer.alloc(2 * DICTIONARY_BYTES);
  /** Where the bytes end that the window has. */
  end = 0;
  /** What `find` found last. */
  length = 0;
  distance = 0;
  readonly #heads = new Int32Array(1 << HASH_BITS).fill(-1);
  readonly #chain = new Int32Array(DICTIONARY_BYTES);

  /** Takes as many bytes as there is room for and gives their number. */
  fill(bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.window.length - this.end);
    this.window.set(part, this.end);
    this.end += part.length;
    return part.length;
  }

  /** Makes room by dropping the older half. All positions are smaller by the size of the dictionary afterwards. */
  slide(): void {
    this.window.copyWithin(0, DICTIONARY_BYTES);
    this.end -= DICTIONARY_BYTES;
    for (const table of [this.#heads, this.#chain]) {
      for (let index = 0; index < table.length; index += 1)
        table[index] = Math.max(-1, (table[index] ?? 0) - DICTIONARY_BYTES);
    }
  }

  /** Remembers a position; gives the last one with the same hash, or -1. */
  insert(at: number): number {
    const { window } = this;
    if (at + 4 > this.end) return -1;
    const word =
      (window[at] ?? 0) | ((window[at + 1] ?? 0) << 8) | ((window[at + 2] ?? 0) << 16) | ((window[at + 3] ?? 0) << 24);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const before = this.#heads[slot] ?? -1;
    this.#heads[slot] = at;
    this.#chain[at & (DICTIONARY_BYTES - 1)] = before;
    return before;
  }

  /** Remembers a position and looks for the longest earlier occurrence of what begins there. */
  find(at: number): void {
    const { window } = this;
    const limit = Math.min(MAX_MATCH, this.end - at);
    let candidate = this.insert(at);
    let best = 0;
    let distance = 0;
    for (let tries = DEPTH; tries > 0 && candidate >= 0; tries -= 1) {
      if (at - candidate >= DICTIONARY_BYTES) break;
      if (window[candidate + best] === window[at + best]) {
        const length = this.matchLength(at, at - candidate, limit);
        if (length > best) {
          best = length;
          distance = at - candidate;
          if (best >= NICE_LENGTH || best === limit) break;
        }
      }
      const next = this.#chain[candidate & (DICTIONARY_BYTES - 1)] ?? -1;
      if (next >= candidate) break; // an entry that a later position has overwritten
      candidate = next;
    }
    this.length = best;
    this.distance = distance;
  }

  /** How many bytes at a position are the same as those at a distance before it. */
  matchLength(at: number, distance: number, limit: number): number {
    const { window } = this;
    if (distance > at) return 0;
    let length = 0;
    while (length < limit && window[at + length] === window[at + length - distance]) length += 1;
    return length;
  }
}
