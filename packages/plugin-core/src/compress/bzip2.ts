import { breathe, type Encoder } from "./blocks.js";
import { fitTables } from "./bzip2-huffman.js";
import { suffixArray } from "./suffix-array.js";

const MAX_RUN = 255;

/** Encodes to bzip2. Level 1 to 9: blocks of that many times 100 kB; 0 and below: 9. */
export function bzip2({ level }: { readonly level: number }): Encoder {
  return async function* (source) {
    const blockSize = level > 0 ? level : 9;
    const bits = new BitWriter();
    for (const char of `BZh${blockSize}`) bits.write(char.charCodeAt(0), 8);
    const block = new RunBlock(blockSize * 100_000 - 19);
    let combined = 0;
    const endBlock = (): void => {
      if (block.length === 0) return;
      combined = ((combined << 1) | (combined >>> 31)) ^ block.crc;
      writeBlock(bits, block);
      block.clear();
    };
    for await (const bytes of source) {
      for (let taken = 0; taken < bytes.length;) {
        taken = block.fill(bytes, taken);
        if (!block.isFull) continue;
        endBlock();
        yield bits.take();
        await breathe();
      }
    }
    block.endRun();
    endBlock();
    bits.write(0x177245, 24);
    bits.write(0x385090, 24);
    bits.write(combined >>> 16, 16);
    bits.write(combined & 0xffff, 16);
    bits.pad();
    yield bits.take();
  };
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value;
});

/** The bytes of a block: runs of four and more are shortened, which the format wants first. */
class RunBlock {
  readonly #bytes: Buffer;
  #size = 0;
  #crc = -1;
  #byte = 0;
  #run = 0;

  constructor(size: number) {
    this.#bytes = Buffer.alloc(size);
  }

  get length(): number {
    return this.#size;
  }
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }
  /** The checksum of the bytes as they were. */
  get crc(): number {
    return ~this.#crc;
  }
  /** True when another run might not fit. A run that has begun goes into the next block. */
  get isFull(): boolean {
    return this.#size + 5 > this.#bytes.length;
  }

  /** Takes bytes until the block is full; gives where it stopped. */
  fill(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === this.#byte && this.#run > 0 && this.#run < MAX_RUN) {
        this.#run += 1;
        continue;
      }
      this.endRun();
      this.#byte = byte;
      this.#run = 1;
      if (this.isFull) return at + 1;
    }
    return at;
  }

  endRun(): void {
    const byte = this.#byte;
    for (let index = 0; index < this.#run; index += 1) {
      this.#crc = (this.#crc << 8) ^ (CRC_TABLE[(this.#crc >>> 24) ^ byte] ?? 0);
      if (index < 4) this.#bytes[this.#size++] = byte;
    }
    if (this.#run >= 4) this.#bytes[this.#size++] = this.#run - 4;
    this.#run = 0;
  }

  clear(): void {
    this.#size = 0;
    this.#crc = -1;
  }
}

function writeBlock(bits: BitWriter, block: RunBlock): void {
  const { last, start } = sortRotations(block.bytes);
  const used = Array.from({ length: 256 }, () => false);
  for (const byte of last) used[byte] = true;
  const alphabet = used.flatMap((isUsed, byte) => (isUsed ? [byte] : []));
  const symbols = moveToFront(last, alphabet);
  const { lengths, selectors } = fitTables(symbols, alphabet.length + 2);

  bits.write(0x314159, 24);
  bits.write(0x265359, 24);
  bits.write(block.crc >>> 16, 16);
  bits.write(block.crc & 0xffff, 16);
  bits.write(0, 1);
  bits.write(start, 24);
  const rows = Array.from({ length: 16 }, (_, row) => used.slice(row * 16, row * 16 + 16));
  for (const row of rows) bits.write(row.includes(true) ? 1 : 0, 1);
  for (const row of rows) if (row.includes(true)) for (const isUsed of row) bits.write(isUsed ? 1 : 0, 1);
  bits.write(lengths.length, 3);
  bits.write(selectors.length, 15);
  writeSelectors(bits, selectors, lengths.length);
  for (const table of lengths) writeLengths(bits, table);
  const codes = lengths.map(codesOf);
  for (const [index, symbol] of symbols.entries()) {
    const table = selectors[Math.floor(index / 50)] ?? 0;
    bits.write(codes[table]?.[symbol] ?? 0, lengths[table]?.[symbol] ?? 0);
  }
}

/**
 * The Burrows-Wheeler transform: the last bytes of all rotations in order, and the place of the text itself among them. The text is
 * turned to begin with its least rotation first: then the order of its suffixes is that of its rotations.
 */
function sortRotations(text: Buffer): { readonly last: Uint8Array; readonly start: number } {
  const size = text.length;
  const least = leastRotation(text);
  const turned = Buffer.concat([text.subarray(least), text.subarray(0, least)]);
  const order = suffixArray(turned, 255);
  const origin = (size - least) % size;
  const last = new Uint8Array(size);
  let start = 0;
  for (let index = 0; index < size; index += 1) {
    const at = order[index] ?? 0;
    last[index] = turned[at === 0 ? size - 1 : at - 1] ?? 0;
    if (at === origin) start = index;
  }
  return { last, start };
}

function leastRotation(text: Buffer): number {
  const size = text.length;
  let [best, other, same] = [0, 1, 0];
  while (best < size && other < size && same < size) {
    const a = text[(best + same) % size] ?? 0;
    const b = text[(other + same) % size] ?? 0;
    if (a === b) {
      same += 1;
      continue;
    }
    if (a > b) best += same + 1;
    else other += same + 1;
    if (best === other) other += 1;
    same = 0;
  }
  return Math.min(best, other);
}

/** Codes each byte by how many others came since its last time; rows of zeros become numbers of the digits 0 and 1. */
function moveToFront(bytes: Uint8Array, alphabet: readonly number[]): Uint16Array {
  const front = Uint8Array.from(alphabet);
  const symbols = new Uint16Array(bytes.length + 1);
  let size = 0;
  let zeros = 0;
  const endZeros = (): void => {
    for (; zeros > 0; zeros = (zeros - 1) >>> 1) symbols[size++] = (zeros - 1) & 1;
  };
  for (const byte of bytes) {
    if (front[0] === byte) {
      zeros += 1;
      continue;
    }
    endZeros();
    const place = front.indexOf(byte);
    front.copyWithin(1, 0, place);
    front[0] = byte;
    symbols[size++] = place + 1;
  }
  endZeros();
  symbols[size++] = alphabet.length + 1;
  return symbols.subarray(0, size);
}

function writeSelectors(bits: BitWriter, selectors: Uint8Array, count: number): void {
  const front = Array.from({ length: count }, (_, index) => index);
  for (const selector of selectors) {
    const place = front.indexOf(selector);
    front.splice(place, 1);
    front.unshift(selector);
    bits.write(2 ** (place + 1) - 2, place + 1);
  }
}

function writeLengths(bits: BitWriter, lengths: Uint8Array): void {
  let current = lengths[0] ?? 0;
  bits.write(current, 5);
  for (const length of lengths) {
    for (; current < length; current += 1) bits.write(0b10, 2);
    for (; current > length; current -= 1) bits.write(0b11, 2);
    bits.write(0, 1);
  }
}

/** Canonical codes: by length, then by symbol. */
function codesOf(lengths: Uint8Array): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= 20; length += 1) {
    for (const [symbol, own] of lengths.entries()) if (own === length) codes[symbol] = code++;
    code <<= 1;
  }
  return codes;
}

/** Writes bits, highest first. */
class BitWriter {
  #bytes = Buffer.alloc(1 << 16);
  #length = 0;
  #value = 0;
  #count = 0;

  /** Writes up to 24 bits. */
  write(value: number, count: number): void {
    this.#value = (this.#value << count) | value;
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, this.#bytes]);
      this.#bytes[this.#length++] = this.#value >>> this.#count;
    }
    this.#value &= (1 << this.#count) - 1;
  }

  pad(): void {
    if (this.#count > 0) this.write(0, 8 - this.#count);
  }

  /** Gives the whole bytes written since the last time. */
  take(): Buffer {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return bytes;
  }
}
