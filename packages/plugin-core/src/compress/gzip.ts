import { promisify } from "node:util";
import { availableParallelism } from "node:os";
import { constants, crc32, deflateRaw } from "node:zlib";
import { blocksOf, type Bytes, type Encoder } from "./blocks.js";

const BLOCK_BYTES = 1 << 20;
const DICTIONARY_BYTES = 32 << 10;
/** The most that one BGZF block may stand for: its compressed form must fit into 64 KiB whatever the bytes are. */
const BGZF_BLOCK_BYTES = 0xff00;
const BGZF_END = Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex");

const compress = promisify<Buffer, Parameters<typeof deflateRaw>[1], Buffer>(deflateRaw as never); // one of its overloads

/**
 * Encodes to gzip, with blocks compressed at the same time on several cores: each takes the end of the one before as its
 * dictionary, so that little is lost. Level 1 to 9; 0 and -1: 6; -2: Huffman codes only.
 */
export function gzip({ level }: { readonly level: number }): Encoder {
  return async function* (source) {
    yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    const facts = { crc: 0, size: 0 };
    yield* deflate(source, { level, facts });
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(facts.crc, 0);
    trailer.writeUInt32LE(facts.size % 2 ** 32, 4);
    yield trailer;
  };
}

/** What `deflate` learns about the bytes that pass through it. */
export interface DeflateFacts {
  crc: number;
  size: number;
}

/** Encodes to one raw deflate stream, several blocks at a time. */
export async function* deflate(
  source: Bytes,
  { level, facts }: { readonly level: number; readonly facts: DeflateFacts },
): AsyncGenerator<Uint8Array, void, undefined> {
  let dictionary: Buffer | undefined;
  const start = (block: Buffer): Promise<Buffer> => {
    facts.crc = crc32(block, facts.crc);
    facts.size += block.length;
    const work = compress(block, {
      ...levelOptions(level),
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(dictionary === undefined ? {} : { dictionary }),
    });
    dictionary = block.subarray(-DICTIONARY_BYTES);
    return work;
  };
  yield* inParallel(blocksOf(source, BLOCK_BYTES), start);
  yield Buffer.from([3, 0]); // an empty last block
}

/** Encodes to BGZF: gzip in independent blocks with their sizes, so that readers can jump. Levels as for gzip, without -2. */
export function bgzf({ level }: { readonly level: number }): Encoder {
  return async function* (source) {
    yield* inParallel(blocksOf(source, BGZF_BLOCK_BYTES), async (block) => {
      const data = await compress(block, levelOptions(level));
      const member = Buffer.alloc(26 + data.length);
      Buffer.from("1f8b08040000000000ff060042430200", "hex").copy(member);
      member.writeUInt16LE(member.length - 1, 16);
      data.copy(member, 18);
      member.writeUInt32LE(crc32(block), 18 + data.length);
      member.writeUInt32LE(block.length, 22 + data.length);
      return member;
    });
    yield BGZF_END;
  };
}

function levelOptions(level: number): { readonly level?: number; readonly strategy?: number } {
  if (level === -2) return { strategy: constants.Z_HUFFMAN_ONLY };
  return level > 0 ? { level } : {};
}

/** Works on as many blocks at a time as there are cores and gives the results in order. */
async function* inParallel(
  blocks: AsyncIterable<Buffer>,
  work: (block: Buffer) => Promise<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  const running: Promise<Buffer>[] = [];
  const limit = availableParallelism() + 1;
  for await (const block of blocks) {
    const result = work(block);
    result.catch(() => {}); // awaited in its turn, unless nobody wants it any more
    running.push(result);
    if (running.length >= limit) yield await (running.shift() as Promise<Buffer>);
  }
  for (const result of running) yield await result;
}
