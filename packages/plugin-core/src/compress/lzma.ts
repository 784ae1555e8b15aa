import { MAX_MATCH, MatchFinder } from "./match-finder.js";
import { RangeEncoder } from "./range-encoder.js";

/** Literal context bits 3, literal position bits 0, position bits 2, as one byte. */
export const LZMA_PROPERTIES = 0x5d;
/** The most that one chunk of LZMA2 may be, compressed. */
export const MAX_PACKED = 1 << 16;
const MAX_PLAIN = 1 << 21;
/** More than one symbol can take. */
const MARGIN = 64;

/** Where each group of chances begins in the one array of them. */
const STATES = 12;
const POSITION_MASK = 3;
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * 4;
const IS_REP_0 = IS_REP + STATES;
const IS_REP_1 = IS_REP_0 + STATES;
const IS_REP_2 = IS_REP_1 + STATES;
const IS_REP_0_LONG = IS_REP_2 + STATES;
const SLOTS = IS_REP_0_LONG + STATES * 4;
const SPECIAL = SLOTS + 4 * 64;
const ALIGN = SPECIAL + 115;
const LENGTHS = ALIGN + 16;
const LENGTH_CHANCES = 2 + 4 * 8 * 2 + 256;
const REP_LENGTHS = LENGTHS + LENGTH_CHANCES;
const LITERALS = REP_LENGTHS + LENGTH_CHANCES;
const CHANCES = LITERALS + 0x300 * 8;

/** One run of `encode`: a chunk. */
export interface LzmaChunk {
  /** Where its bytes begin in the window. */
  readonly start: number;
  readonly size: number;
  /** Empty for nothing. */
  readonly packed: Buffer;
}

/** Encodes the bytes of a window to LZMA, chunk by chunk: matches are taken greedily, with one look ahead. */
export class LzmaEncoder {
  readonly finder = new MatchFinder();
  /** The next byte to encode. */
  position = 0;
  readonly #chances = new Uint16Array(CHANCES);
  readonly #coder = new RangeEncoder(Buffer.alloc(MAX_PACKED + MARGIN), this.#chances);
  readonly #reps = [1, 1, 1, 1];
  #state = 0;
  /** The match at `position` that a look ahead has found already. */
  #ahead: { readonly length: number; readonly distance: number } | undefined;
  /** The position in the whole, modulo 4. */
  #phase = 0;

  constructor() {
    this.reset();
  }

  /** Begins with even chances, as a chunk that resets the state says. */
  reset(): void {
    this.#chances.fill(1024);
    this.#reps.fill(1);
    this.#state = 0;
  }

  /** Encodes up to a position of the window, or until the chunk is full. */
  encode(limit: number): LzmaChunk {
    const start = this.position;
    const end = Math.min(limit, start + MAX_PLAIN - MAX_MATCH);
    while (this.position < end && this.#coder.length < MAX_PACKED - MARGIN) this.#symbol();
    return { start, size: this.position - start, packed: this.#coder.finish() };
  }

  /** Follows the window when it has slid. */
  moved(by: number): void {
    this.position -= by;
  }

  #symbol(): void {
    const { finder, position: at } = this;
    const limit = Math.min(MAX_MATCH, finder.end - at);
    if (this.#ahead === undefined) finder.find(at);
    const { length, distance } = this.#ahead ?? finder;
    this.#ahead = undefined;

    let rep = 0;
    let repLength = 0;
    for (let index = 0; index < 4; index += 1) {
      const found = finder.matchLength(at, this.#reps[index] ?? 1, limit);
      if (found > repLength) [rep, repLength] = [index, found];
    }
    const isFar = distance >= 1 << 15 ? 3 : distance >= 1 << 9 ? 2 : 1; // what a distance costs, in bytes
    if (repLength >= 2 && repLength + isFar >= length) return this.#rep(rep, repLength);
    if (length < 4 || (length === 4 && distance >= 1 << 19)) return this.#literalOrShortRep();

    // Perhaps the next byte begins something longer. Looking remembers that position, so it isn't looked for again.
    if (length < 48 && limit > length) {
      finder.find(at + 1);
      const next = { length: finder.length, distance: finder.distance };
      if (next.length > length + (next.distance > distance * 128 ? 1 : 0)) {
        this.#ahead = next;
        return this.#literalOrShortRep();
      }
      return this.#match(length, distance, at + 2);
    }
    return this.#match(length, distance, at + 1);
  }

  #literalOrShortRep(): void {
    const { finder, position: at } = this;
    const { window } = finder;
    const coder = this.#coder;
    const state = this.#state;
    const byte = window[at] ?? 0;
    const rep = this.#reps[0] ?? 1;
    const other = rep <= at ? window[at - rep] : undefined;
    if (other === byte && state >= 7 && at > 0) {
      coder.bit(IS_MATCH + state * 4 + this.#phase, 1);
      coder.bit(IS_REP + state, 1);
      coder.bit(IS_REP_0 + state, 0);
      coder.bit(IS_REP_0_LONG + state * 4 + this.#phase, 0);
      this.#state = state < 7 ? 9 : 11;
      return this.#advance(1);
    }
    coder.bit(IS_MATCH + state * 4 + this.#phase, 0);
    const base = LITERALS + 0x300 * (at === 0 ? 0 : (window[at - 1] ?? 0) >>> 5);
    let node = 1;
    let index = 7;
    if (state >= 7) {
      // The byte that a match would have continued with is unlikely, and a good hint.
      for (let same = true; same && index >= 0; index -= 1) {
        const hint = ((other ?? 0) >>> index) & 1;
        const bit = (byte >>> index) & 1;
        coder.bit(base + ((1 + hint) << 8) + node, bit);
        node = (node << 1) | bit;
        same = hint === bit;
      }
    }
    for (; index >= 0; index -= 1) {
      const bit = (byte >>> index) & 1;
      coder.bit(base + node, bit);
      node = (node << 1) | bit;
    }
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
    this.#advance(1);
  }

  #rep(index: number, length: number): void {
    const coder = this.#coder;
    const state = this.#state;
    coder.bit(IS_MATCH + state * 4 + this.#phase, 1);
    coder.bit(IS_REP + state, 1);
    coder.bit(IS_REP_0 + state, index === 0 ? 0 : 1);
    if (index === 0) coder.bit(IS_REP_0_LONG + state * 4 + this.#phase, 1);
    else {
      coder.bit(IS_REP_1 + state, index === 1 ? 0 : 1);
      if (index > 1) coder.bit(IS_REP_2 + state, index - 2);
    }
    const [distance = 1] = this.#reps.splice(index, 1);
    this.#reps.unshift(distance);
    this.#length(REP_LENGTHS, length);
    this.#state = state < 7 ? 8 : 11;
    this.#remember(this.position + 1, length);
  }

  #match(length: number, distance: number, next: number): void {
    const coder = this.#coder;
    const state = this.#state;
    coder.bit(IS_MATCH + state * 4 + this.#phase, 1);
    coder.bit(IS_REP + state, 0);
    this.#length(LENGTHS, length);
    const value = distance - 1;
    const bits = value < 4 ? 0 : 31 - Math.clz32(value);
    const slot = value < 4 ? value : (bits << 1) | ((value >>> (bits - 1)) & 1);
    coder.tree(SLOTS + Math.min(length - 2, 3) * 64, slot, 6);
    if (slot >= 4) {
      const footer = (slot >> 1) - 1;
      const base = (2 | (slot & 1)) << footer;
      if (slot < 14) coder.reverseTree(SPECIAL + base - slot, value - base, footer);
      else {
        coder.direct((value - base) >>> 4, footer - 4);
        coder.reverseTree(ALIGN, value & 15, 4);
      }
    }
    this.#reps.pop();
    this.#reps.unshift(distance);
    this.#state = state < 7 ? 7 : 10;
    this.#remember(next, length);
  }

  #length(base: number, length: number): void {
    const coder = this.#coder;
    const value = length - 2;
    const low = base + 2 + this.#phase * 8;
    if (value < 8) {
      coder.bit(base, 0);
      coder.tree(low, value, 3);
    } else if (value < 16) {
      coder.bit(base, 1);
      coder.bit(base + 1, 0);
      coder.tree(low + 32, value - 8, 3);
    } else {
      coder.bit(base, 1);
      coder.bit(base + 1, 1);
      coder.tree(base + 2 + 64, value - 16, 8);
    }
  }

  /** Passes over a match whose positions from `next` on are not remembered yet. */
  #remember(next: number, length: number): void {
    const end = this.position + length;
    for (let at = next; at < end; at += 1) this.finder.insert(at);
    this.#advance(length);
  }

  #advance(by: number): void {
    this.position += by;
    this.#phase = (this.#phase + by) & POSITION_MASK;
  }
}
