import { blocksOf, breathe, type Encoder } from "./blocks.js";
import { XxHash32 } from "./xxhash32.js";

const BLOCK_BYTES = 4 << 20;
const WINDOW = 65_535;
const HASH_BITS = 16;
const MIN_MATCH = 4;
/** A block ends with literals: the format wants the last match to begin this far before the end, and to end 5 before it. */
const MATCH_LIMIT = 12;
const LAST_LITERALS = 5;

/** Encodes to an LZ4 frame of independent blocks with a checksum. Level 1 to 9: how hard to search; below: fast. */
export function lz4({ level }: { readonly level: number }): Encoder {
  return async function* (source) {
    const descriptor = Buffer.from([0x64, 0x70]); // version 1, independent blocks, content checksum; blocks of 4 MiB
    const check = (new XxHash32().update(descriptor).digest() >>> 8) & 0xff;
    yield Buffer.from([0x04, 0x22, 0x4d, 0x18, ...descriptor, check]);
    const hash = new XxHash32();
    const compressor = new Lz4Compressor(level > 0 ? 4 << level : 1);
    for await (const block of blocksOf(source, BLOCK_BYTES)) {
      hash.update(block);
      const packed = compressor.compress(block);
      const size = Buffer.alloc(4);
      size.writeUInt32LE(packed === undefined ? block.length + 2 ** 31 : packed.length);
      yield size;
      yield packed ?? block;
      await breathe();
    }
    const end = Buffer.alloc(8);
    end.writeUInt32LE(hash.digest(), 4);
    yield end;
  };
}

class Lz4Compressor {
  readonly #heads = new Int32Array(1 << HASH_BITS);
  readonly #chain = new Int32Array(WINDOW + 1);
  readonly #depth: number;

  constructor(depth: number) {
    this.#depth = depth;
  }

  /** Compresses a block; undefined when that makes it no smaller. */
  compress(input: Buffer): Buffer | undefined {
    const output = Buffer.allocUnsafe(input.length);
    const last = input.length - MATCH_LIMIT;
    this.#heads.fill(-1);
    let out = 0;
    let anchor = 0;
    let misses = 0;
    for (let at = 0; at <= last;) {
      const [length, from] = this.#search(input, at);
      if (length < MIN_MATCH) {
        misses += 1;
        const step = this.#depth > 1 ? 1 : 1 + (misses >> 6); // bytes that can't be compressed are passed over fast
        at += step;
        continue;
      }
      misses = 0;
      out = writeSequence(input, output, { out, anchor, at, length, offset: at - from });
      if (out < 0) return undefined;
      const end = at + length;
      if (this.#depth > 1) for (at += 1; at < end && at <= last; at += 1) this.#insert(input, at);
      at = end;
      anchor = at;
    }
    out = writeSequence(input, output, { out, anchor, at: input.length, length: 0, offset: 0 });
    return out < 0 ? undefined : output.subarray(0, out);
  }

  #insert(input: Buffer, at: number): number {
    const word =
      (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8) | ((input[at + 2] ?? 0) << 16) | ((input[at + 3] ?? 0) << 24);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const before = this.#heads[slot] ?? -1;
    this.#heads[slot] = at;
    this.#chain[at & WINDOW] = before;
    return before;
  }

  /** Finds the longest earlier occurrence of what begins here: its length and place. */
  #search(input: Buffer, at: number): readonly [number, number] {
    const limit = input.length - LAST_LITERALS;
    let candidate = this.#insert(input, at);
    let best = 0;
    let from = 0;
    for (let tries = this.#depth; tries > 0 && candidate >= 0 && at - candidate <= WINDOW; tries -= 1) {
      if (input[candidate + best] === input[at + best]) {
        let length = 0;
        while (at + length < limit && input[candidate + length] === input[at + length]) length += 1;
        if (length > best) [best, from] = [length, candidate];
      }
      const next = this.#chain[candidate & WINDOW] ?? -1;
      if (next >= candidate) break; // an entry that a later position has overwritten
      candidate = next;
    }
    return [best, from];
  }
}

interface Sequence {
  readonly out: number;
  readonly anchor: number;
  readonly at: number;
  /** 0 for the literals at the end. */
  readonly length: number;
  readonly offset: number;
}

/** Writes literals and a match; gives the new end, or -1 when there is no room. */
function writeSequence(input: Buffer, output: Buffer, { out, anchor, at, length, offset }: Sequence): number {
  const literals = at - anchor;
  const extra = length - MIN_MATCH;
  if (out + literals + literals / 255 + length / 255 + 8 > output.length) return -1;
  let to = out;
  output[to++] = (Math.min(literals, 15) << 4) | (length === 0 ? 0 : Math.min(extra, 15));
  if (literals >= 15) to = writeLength(output, to, literals - 15);
  to += input.copy(output, to, anchor, at);
  if (length === 0) return to;
  to = output.writeUInt16LE(offset, to);
  return extra >= 15 ? writeLength(output, to, extra - 15) : to;
}

function writeLength(output: Buffer, at: number, length: number): number {
  let to = at;
  let rest = length;
  for (; rest >= 255; rest -= 255) output[to++] = 255;
  output[to++] = rest;
  return to;
}
