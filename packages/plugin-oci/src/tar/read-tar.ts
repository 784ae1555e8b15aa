import { OciError } from "../oci-error.js";
import { ByteSource, type SkippableChunks } from "./byte-source.js";
import { fromByteString, type TarEntry, type TarEntryType } from "./tar-entry.js";

/** An entry together with its content. Content that the consumer leaves unread is skipped. */
export interface TarItem {
  readonly entry: TarEntry;
  /** Where the content starts in the archive. */
  readonly offset: number;
  /** The content's bytes; can be read once, before the next entry is asked for. */
  readonly content: () => AsyncIterable<Buffer>;
}

const types: Record<string, TarEntryType> = {
  "\0": "file",
  "0": "file",
  "7": "file",
  "1": "link",
  "2": "symlink",
  "3": "char",
  "4": "block",
  "5": "directory",
  "6": "fifo",
};
/** Headers larger than this are not believed. */
const maxMetadataBytes = 16 * 1024 * 1024;

/**
 * Reads a tar archive: ustar, pax, and GNU tar's long names and large numbers. `name` is used in messages.
 * Reads the stream to its very end. Rejects with OciError "bad-tar" when the archive is damaged or cut off, or when it has
 * sparse files, which are not supported.
 */
export async function* readTar(chunks: AsyncIterable<Buffer> | SkippableChunks, name: string): AsyncGenerator<TarItem> {
  const source = new ByteSource(chunks);
  let globalPax = new Map<string, Buffer>();
  let pax = new Map<string, Buffer>();
  let longName: string | undefined;
  let longLink: string | undefined;
  try {
    for (;;) {
      const header = await source.read(512);
      if (header.length === 0) return; // without a trailer, as some tools write it
      if (header.length < 512) throw badTar(name, "it ends in the middle of a header");
      if (header[0] === 0 && header.every((byte) => byte === 0)) break;
      checkSum(header, name);
      const flag = String.fromCharCode(header[156] ?? 0);
      const headerSize = readNumber(header, 124, 12, name);
      if (flag === "x" || flag === "g" || flag === "L" || flag === "K") {
        if (headerSize > maxMetadataBytes) throw badTar(name, "it has a header of impossible size");
        const body = await source.read(headerSize);
        if (body.length < headerSize || !(await source.skip(paddingOf(headerSize))))
          throw badTar(name, "it ends in the middle of a header");
        if (flag === "x") pax = parsePax(body, name);
        else if (flag === "g") globalPax = new Map([...globalPax, ...parsePax(body, name)]);
        else if (flag === "L") longName = untilZero(body);
        else longLink = untilZero(body);
        continue;
      }
      const records = globalPax.size === 0 ? pax : new Map([...globalPax, ...pax]);
      const entry = decodeEntry(header, flag, { records, longName, longLink, headerSize, name });
      const contentSize = entry?.size ?? paxNumber(records, "size") ?? headerSize;
      pax = new Map();
      longName = longLink = undefined;
      let unread = contentSize;
      const content = async function* (): AsyncGenerator<Buffer> {
        while (unread > 0) {
          const part = await source.readSome(unread);
          if (part === undefined) throw badTar(name, `it ends in the middle of "${fromByteString(entry?.path ?? "")}"`);
          unread -= part.length;
          yield part;
        }
      };
      if (entry !== undefined) yield { entry, offset: source.position, content };
      if (!(await source.skip(unread + paddingOf(contentSize)))) throw badTar(name, "it is cut off");
    }
    await source.drain();
  } finally {
    await source.close();
  }
}

interface DecodeContext {
  readonly records: ReadonlyMap<string, Buffer>;
  readonly longName: string | undefined;
  readonly longLink: string | undefined;
  readonly headerSize: number;
  readonly name: string;
}

/** Gives undefined for entry types that archives may contain but that stand for nothing in a file system. */
function decodeEntry(header: Buffer, flag: string, context: DecodeContext): TarEntry | undefined {
  const { records, name } = context;
  const sparse = flag === "S" || [...records.keys()].some((key) => key.startsWith("GNU.sparse."));
  if (sparse) throw badTar(name, "it has sparse files; write it again without the option --sparse");
  const rawPath = records.get("path")?.toString("latin1") ?? context.longName ?? ustarPath(header);
  const type = types[flag] === "file" && rawPath.endsWith("/") ? "directory" : types[flag];
  if (type === undefined) return undefined;
  const xattrs = new Map<string, Buffer>();
  for (const [key, value] of records) if (key.startsWith("SCHILY.xattr.")) xattrs.set(decodeAttributeName(key), value);
  return {
    path: normalisePath(rawPath, name),
    type,
    mode: readNumber(header, 100, 8, name) & 0o7777,
    uid: paxNumber(records, "uid") ?? readNumber(header, 108, 8, name),
    gid: paxNumber(records, "gid") ?? readNumber(header, 116, 8, name),
    size: type === "file" ? (paxNumber(records, "size") ?? context.headerSize) : 0,
    mtime: Math.floor(paxNumber(records, "mtime") ?? readNumber(header, 136, 12, name)),
    linkTarget: linkTarget(header, type, context),
    devMajor: type === "char" || type === "block" ? readNumber(header, 329, 8, name) : 0,
    devMinor: type === "char" || type === "block" ? readNumber(header, 337, 8, name) : 0,
    xattrs,
  };
}

function decodeAttributeName(key: string): string {
  return key.slice("SCHILY.xattr.".length).replace(/%3D/g, "=").replace(/%25/g, "%");
}

function linkTarget(header: Buffer, type: TarEntryType, { records, longLink, name }: DecodeContext): string {
  if (type !== "link" && type !== "symlink") return "";
  const raw = records.get("linkpath")?.toString("latin1") ?? longLink ?? untilZero(header.subarray(157, 257));
  return type === "link" ? normalisePath(raw, name) : raw;
}

/** Removes "./", doubled and outer slashes. A path that leads out of the archive is an error. */
function normalisePath(path: string, name: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw badTar(name, `the path "${fromByteString(path)}" leads out of it`);
  return parts.join("/");
}

function ustarPath(header: Buffer): string {
  const path = untilZero(header.subarray(0, 100));
  const isUstar = header.toString("latin1", 257, 263) === "ustar\0"; // GNU's old format keeps other things there
  const prefix = isUstar ? untilZero(header.subarray(345, 500)) : "";
  return prefix === "" ? path : `${prefix}/${path}`;
}

function untilZero(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("latin1", 0, end === -1 ? bytes.length : end);
}

function parsePax(body: Buffer, name: string): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  let offset = 0;
  while (offset < body.length && body[offset] !== 0) {
    const space = body.indexOf(0x20, offset);
    const length = space === -1 ? NaN : Number(body.toString("latin1", offset, space));
    const equals = body.indexOf(0x3d, space);
    if (!Number.isInteger(length) || length < 5 || offset + length > body.length || equals === -1)
      throw badTar(name, "it has a damaged pax header");
    records.set(body.toString("latin1", space + 1, equals), body.subarray(equals + 1, offset + length - 1));
    offset += length;
  }
  return records;
}

function paxNumber(records: ReadonlyMap<string, Buffer>, key: string): number | undefined {
  const value = records.get(key);
  const number = value === undefined ? NaN : Number(value.toString("latin1"));
  return Number.isFinite(number) ? number : undefined;
}

function readNumber(header: Buffer, offset: number, length: number, name: string): number {
  const first = header[offset] ?? 0;
  if ((first & 0x80) !== 0) {
    // GNU's binary form: big-endian, the first bit is a mark.
    let value = first === 0xff ? -1n : BigInt(first & 0x7f);
    for (let index = 1; index < length; index++) value = (value << 8n) | BigInt(header[offset + index] ?? 0);
    return Number(value);
  }
  const text = untilZero(header.subarray(offset, offset + length)).trim();
  if (text === "") return 0;
  if (!/^[0-7]+$/.test(text)) throw badTar(name, "it has a damaged header");
  return parseInt(text, 8);
}

function checkSum(header: Buffer, name: string): void {
  let sum = 8 * 0x20;
  for (let index = 0; index < 512; index++) if (index < 148 || index >= 156) sum += header[index] ?? 0;
  if (sum !== parseInt(untilZero(header.subarray(148, 156)).trim(), 8)) throw badTar(name, "it is not a tar archive");
}

function paddingOf(size: number): number {
  return (512 - (size % 512)) % 512;
}

function badTar(name: string, why: string): OciError {
  return new OciError("bad-tar", `${name} cannot be read as a tar archive: ${why}.`);
}
