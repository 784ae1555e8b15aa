import { crc32 } from "node:zlib";
import { breathe, type Bytes, type Encoder } from "./blocks.js";
import { LZMA_PROPERTIES, LzmaEncoder, MAX_PACKED } from "./lzma.js";
import { DICTIONARY_BYTES, MAX_MATCH } from "./match-finder.js";

/** A stream whose blocks carry a CRC32. */
const STREAM_FLAGS = Buffer.from([0, 1]);
/** One filter, LZMA2, with a dictionary of 4 MiB; sizes are not known beforehand. */
const BLOCK_HEADER = Buffer.from([2, 0, 0x21, 1, 20, 0, 0, 0]);

/** Encodes to xz: one stream with one block of LZMA2. */
export function xz(): Encoder {
  return async function* (source) {
    yield Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), STREAM_FLAGS, checksum(STREAM_FLAGS)]);
    yield Buffer.concat([BLOCK_HEADER, checksum(BLOCK_HEADER)]);
    const facts = { crc: 0, size: 0 };
    let packed = 0;
    for await (const piece of lzma2(source, facts)) {
      packed += piece.length;
      yield piece;
    }
    const check = Buffer.alloc(4);
    check.writeUInt32LE(facts.crc);
    yield padded(packed);
    yield check;
    const records = [1, BLOCK_HEADER.length + 4 + packed + check.length, facts.size].map(variableLength);
    const list = Buffer.concat([Buffer.alloc(1), ...records]);
    const index = Buffer.concat([list, padded(list.length)]);
    yield index;
    yield checksum(index);
    const footer = Buffer.alloc(6);
    footer.writeUInt32LE(index.length / 4);
    STREAM_FLAGS.copy(footer, 4);
    yield Buffer.concat([checksum(footer), footer, Buffer.from("YZ")]);
  };
}

async function* lzma2(
  source: Bytes,
  facts: { crc: number; size: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new LzmaEncoder();
  const { finder } = encoder;
  const chunks = new ChunkWriter(encoder);
  for await (const bytes of source) {
    facts.crc = crc32(bytes, facts.crc);
    facts.size += bytes.length;
    for (let taken = 0; taken < bytes.length;) {
      taken += finder.fill(bytes.subarray(taken));
      if (finder.end < finder.window.length) continue;
      yield* chunks.upTo(finder.end - MAX_MATCH);
      finder.slide();
      encoder.moved(DICTIONARY_BYTES);
    }
  }
  yield* chunks.upTo(finder.end);
  yield Buffer.alloc(1);
}

/** Puts the header of LZMA2 before chunks, and writes those as they are that compression makes no smaller. */
class ChunkWriter {
  readonly #encoder: LzmaEncoder;
  #isFirst = true;
  #knowsProperties = false;
  #isReset = true;

  constructor(encoder: LzmaEncoder) {
    this.#encoder = encoder;
  }

  async *upTo(limit: number): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.#encoder.position < limit) {
      yield this.#chunk(limit);
      await breathe();
    }
  }

  #chunk(limit: number): Buffer {
    const encoder = this.#encoder;
    const { start, size, packed } = encoder.encode(limit);
    if (packed.length >= size && size <= MAX_PACKED) {
      const header = Buffer.alloc(3);
      header[0] = this.#isFirst ? 1 : 2;
      header.writeUInt16BE(size - 1, 1);
      encoder.reset();
      this.#isFirst = false;
      this.#isReset = true;
      return Buffer.concat([header, encoder.finder.window.subarray(start, start + size)]);
    }
    const reset = this.#isFirst ? 3 : !this.#knowsProperties ? 2 : this.#isReset ? 1 : 0;
    const header = Buffer.alloc(reset >= 2 ? 6 : 5);
    header[0] = 0x80 | (reset << 5) | ((size - 1) >>> 16);
    header.writeUInt16BE((size - 1) & 0xffff, 1);
    header.writeUInt16BE(packed.length - 1, 3);
    if (reset >= 2) header[5] = LZMA_PROPERTIES;
    this.#isFirst = false;
    this.#knowsProperties = true;
    this.#isReset = false;
    return Buffer.concat([header, packed]);
  }
}

function checksum(bytes: Buffer): Buffer {
  const result = Buffer.alloc(4);
  result.writeUInt32LE(crc32(bytes));
  return result;
}

function padded(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}

/** Seven bits a byte, lowest first. */
function variableLength(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
