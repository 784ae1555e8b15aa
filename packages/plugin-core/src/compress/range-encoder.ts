const TOP = 2 ** 24;
const MODEL_BITS = 11;
const MOVE_BITS = 5;

/** The arithmetic coder of LZMA. Probabilities are elements of the array that it is made with, 1024 for even chances. */
export class RangeEncoder {
  readonly #output: Buffer;
  readonly #chances: Uint16Array;
  #low = 0; // up to 33 bits
  #range = 0xffffffff;
  #cache = 0;
  #pending = 1;
  #length = 0;

  constructor(output: Buffer, chances: Uint16Array) {
    this.#output = output;
    this.#chances = chances;
  }

  /** How many bytes there are, with those that `finish` adds. */
  get length(): number {
    return this.#length + this.#pending + 4;
  }

  /** Encodes one bit by the chance at an index, which adapts. */
  bit(index: number, bit: number): void {
    const chance = this.#chances[index] ?? 0;
    const bound = (this.#range >>> MODEL_BITS) * chance;
    if (bit === 0) {
      this.#range = bound;
      this.#chances[index] = chance + ((2048 - chance) >>> MOVE_BITS);
    } else {
      this.#low += bound;
      this.#range -= bound;
      this.#chances[index] = chance - (chance >>> MOVE_BITS);
    }
    if (this.#range < TOP) this.#shift();
  }

  /** Encodes bits with even chances, highest first. */
  direct(value: number, count: number): void {
    for (let index = count - 1; index >= 0; index -= 1) {
      this.#range >>>= 1;
      if ((value >>> index) & 1) this.#low += this.#range;
      if (this.#range < TOP) this.#shift();
    }
  }

  /** Encodes bits along a binary tree of chances, highest first. */
  tree(base: number, value: number, count: number): void {
    let node = 1;
    for (let index = count - 1; index >= 0; index -= 1) {
      const bit = (value >>> index) & 1;
      this.bit(base + node, bit);
      node = (node << 1) | bit;
    }
  }

  /** Encodes bits along a binary tree of chances, lowest first. */
  reverseTree(base: number, value: number, count: number): void {
    let node = 1;
    for (let index = 0; index < count; index += 1) {
      const bit = (value >>> index) & 1;
      this.bit(base + node, bit);
      node = (node << 1) | bit;
    }
  }

  /** Writes what is left and gives all bytes. Then it begins anew, with the chances as they are. */
  finish(): Buffer {
    for (let count = 0; count < 5; count += 1) this.#shiftLow();
    const bytes = Buffer.from(this.#output.subarray(0, this.#length));
    this.#low = 0;
    this.#range = 0xffffffff;
    this.#cache = 0;
    this.#pending = 1;
    this.#length = 0;
    return bytes;
  }

  #shift(): void {
    this.#range = (this.#range << 8) >>> 0;
    this.#shiftLow();
  }

  /** Gives out the highest byte, unless a later carry may still change it. */
  #shiftLow(): void {
    if (this.#low < 0xff000000 || this.#low >= 2 ** 32) {
      const carry = this.#low >= 2 ** 32 ? 1 : 0;
      let byte = this.#cache;
      for (; this.#pending > 0; this.#pending -= 1) {
        this.#output[this.#length++] = byte + carry;
        byte = 0xff;
      }
      this.#cache = (this.#low >>> 24) & 0xff;
    }
    this.#pending += 1;
    this.#low = (this.#low & 0xffffff) * 256;
  }
}
