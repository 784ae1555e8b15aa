import { open } from "node:fs/promises";
import { failedCall } from "../system-error.js";
import { deflate, type DeflateFacts } from "./gzip.js";

const MAX_32 = 0xffffffff;
const HAS_DESCRIPTOR = 0x08;
const IS_UTF8 = 0x800;
const DEFLATE = 8;

/** Writes files as a zip archive, with their whole paths and without dates, so that equal files give equal archives. */
export async function* zip(files: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  const entries: Entry[] = [];
  let offset = 0;
  const passed = <T extends Uint8Array>(bytes: T): T => {
    offset += bytes.length;
    return bytes;
  };
  for (const path of files) {
    const start = offset;
    const name = Buffer.from(process.platform === "win32" ? path.replaceAll("\\", "/") : path);
    yield passed(localHeader(name));
    const facts: DeflateFacts = { crc: 0, size: 0 };
    const dataStart = offset;
    const content = contentOf(path);
    for await (const chunk of deflate(content, { level: -1, facts })) yield passed(chunk);
    const entry = { ...facts, name, packed: offset - dataStart, offset: start };
    yield passed(descriptor(entry));
    entries.push(entry);
  }
  const start = offset;
  for (const entry of entries) yield passed(centralHeader(entry));
  yield end({ count: entries.length, start, size: offset - start });
}

async function* contentOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path).catch(failedCall(`Unable to read file ${path}: `, "open", path));
  try {
    yield* file.createReadStream({ highWaterMark: 1 << 18 });
  } catch (error) {
    failedCall(`Failed to copy ${path} data to archive: `, "read", path)(error);
  }
}

interface Entry extends DeflateFacts {
  readonly name: Buffer;
  readonly packed: number;
  readonly offset: number;
}

function flags(name: Buffer): number {
  return HAS_DESCRIPTOR | (name.some((byte) => byte > 0x7f) ? IS_UTF8 : 0);
}

function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(flags(name), 6);
  header.writeUInt16LE(DEFLATE, 8);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function isLarge({ size, packed }: Entry): boolean {
  return size >= MAX_32 || packed >= MAX_32;
}

function descriptor(entry: Entry): Buffer {
  const large = isLarge(entry);
  const block = Buffer.alloc(large ? 24 : 16);
  block.writeUInt32LE(0x08074b50, 0);
  block.writeUInt32LE(entry.crc, 4);
  if (large) {
    block.writeBigUInt64LE(BigInt(entry.packed), 8);
    block.writeBigUInt64LE(BigInt(entry.size), 16);
  } else {
    block.writeUInt32LE(entry.packed, 8);
    block.writeUInt32LE(entry.size, 12);
  }
  return block;
}

function centralHeader(entry: Entry): Buffer {
  const needs64 = isLarge(entry) || entry.offset >= MAX_32;
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(needs64 ? 45 : 20, 4);
  header.writeUInt16LE(needs64 ? 45 : 20, 6);
  header.writeUInt16LE(flags(entry.name), 8);
  header.writeUInt16LE(DEFLATE, 10);
  header.writeUInt32LE(entry.crc, 16);
  header.writeUInt32LE(needs64 ? MAX_32 : entry.packed, 20);
  header.writeUInt32LE(needs64 ? MAX_32 : entry.size, 24);
  header.writeUInt16LE(entry.name.length, 28);
  header.writeUInt16LE(needs64 ? 28 : 0, 30);
  header.writeUInt32LE(needs64 ? MAX_32 : entry.offset, 42);
  if (!needs64) return Buffer.concat([header, entry.name]);
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(entry.size), 4);
  extra.writeBigUInt64LE(BigInt(entry.packed), 12);
  extra.writeBigUInt64LE(BigInt(entry.offset), 20);
  return Buffer.concat([header, entry.name, extra]);
}

function end({
  count,
  start,
  size,
}: {
  readonly count: number;
  readonly start: number;
  readonly size: number;
}): Buffer {
  const needs64 = count >= 0xffff || start >= MAX_32 || size >= MAX_32;
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  last.writeUInt16LE(needs64 ? 0xffff : count, 8);
  last.writeUInt16LE(needs64 ? 0xffff : count, 10);
  last.writeUInt32LE(needs64 ? MAX_32 : size, 12);
  last.writeUInt32LE(needs64 ? MAX_32 : start, 16);
  if (!needs64) return last;
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(start + size), 64);
  record.writeUInt32LE(1, 72);
  return Buffer.concat([record, last]);
}
