/** The numbers of SFTP's messages, version 3 (draft-ietf-secsh-filexfer-02). */
export const SFTP = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  realpath: 16,
  stat: 17,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
} as const;

/** The status numbers that we look at. */
export const STATUS_OK = 0;
export const STATUS_EOF = 1;
export const NO_SUCH_FILE = 2;
export const PERMISSION_DENIED = 3;
export const FAILURE = 4;

const HAS_SIZE = 1;
const HAS_OWNER = 2;
const HAS_MODE = 4;
const HAS_TIMES = 8;
const HAS_MORE = 0x8000_0000;

/** What SFTP tells of a file. What the machine left out is 0. */
export class SftpStats {
  readonly mode: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;

  constructor({ mode = 0, size = 0, mtime = 0 }: { mode?: number; size?: number; mtime?: number }) {
    this.mode = mode;
    this.size = size;
    this.mtime = mtime;
  }

  isDirectory(): boolean {
    return (this.mode & 0o170_000) === 0o040_000;
  }

  isFile(): boolean {
    return (this.mode & 0o170_000) === 0o100_000;
  }

  isSymbolicLink(): boolean {
    return (this.mode & 0o170_000) === 0o120_000;
  }
}

/** A part of a request: text and bytes are written with their length in front. */
export type SftpField = number | bigint | string | Buffer | SftpAttributes;

/** The attributes that a request sets. */
export interface SftpAttributes {
  readonly mode: number | undefined;
}

/** Gives how many bytes a field takes. */
export function fieldSize(field: SftpField): number {
  if (typeof field === "number") return 4;
  if (typeof field === "bigint") return 8;
  if (typeof field === "string") return 4 + Buffer.byteLength(field);
  if (Buffer.isBuffer(field)) return 4 + field.length;
  return field.mode === undefined ? 4 : 8;
}

/** Writes a field at a place of a buffer. Gives where it ends. */
export function writeField(into: Buffer, field: SftpField, at: number): number {
  if (typeof field === "number") return into.writeUInt32BE(field, at);
  if (typeof field === "bigint") return into.writeBigUInt64BE(field, at);
  if (typeof field === "string") {
    const length = into.write(field, at + 4);
    into.writeUInt32BE(length, at);
    return at + 4 + length;
  }
  if (Buffer.isBuffer(field)) {
    into.set(field, into.writeUInt32BE(field.length, at));
    return at + 4 + field.length;
  }
  if (field.mode === undefined) return into.writeUInt32BE(0, at);
  return into.writeUInt32BE(field.mode, into.writeUInt32BE(HAS_MODE, at));
}

/** Reads the fields of an answer. Throws a RangeError when it ends early. */
export class SftpReader {
  readonly #data: Buffer;
  readonly #end: number;
  #at: number;

  constructor(data: Buffer, at: number, end = data.length) {
    this.#data = data;
    this.#at = at;
    this.#end = end;
  }

  uint32(): number {
    if (this.#at + 4 > this.#end) throw new RangeError("the answer ends early");
    const value = this.#data.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  bytes(): Buffer {
    const length = this.uint32();
    const end = this.#at + length;
    if (end > this.#end) throw new RangeError("the answer ends early");
    const value = this.#data.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    return this.bytes().toString();
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  stats(): SftpStats {
    const flags = this.uint32();
    const found: { mode?: number; size?: number; mtime?: number } = {};
    if ((flags & HAS_SIZE) !== 0) found.size = this.uint32() * 2 ** 32 + this.uint32();
    if ((flags & HAS_OWNER) !== 0) this.#at += 8;
    if ((flags & HAS_MODE) !== 0) found.mode = this.uint32();
    if ((flags & HAS_TIMES) !== 0) {
      this.#at += 4;
      found.mtime = this.uint32();
    }
    if ((flags & HAS_MORE) !== 0) {
      for (let count = this.uint32(); count > 0; count--) {
        this.bytes();
        this.bytes();
      }
    }
    return new SftpStats(found);
  }
}
