import { crc32, deflateRawSync } from "node:zlib";

/** An entry of a zip archive made for tests; what isn't given is as an honest packer writes it. */
export interface RawEntry {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** With the type bits, such as 0o120777 for a link. Default a regular file 0644. */
  readonly mode?: number;
  /** 0 stored, 8 deflated (the default). */
  readonly method?: number;
  /** General purpose flags: 1 says encrypted. */
  readonly flags?: number;
  /** What the directory claims. */
  readonly claimedSize?: number;
  readonly claimedCrc?: number;
}

/** Makes a zip archive byte by byte, so that it may also lie. */
export function rawZip(entries: readonly RawEntry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { local, central } = encode(entry, offset);
    bodies.push(local);
    directory.push(central);
    offset += local.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

function encode(entry: RawEntry, offset: number): { readonly local: Buffer; readonly central: Buffer } {
  const { method = 8, flags = 0x800, mode = 0o100644 } = entry;
  const name = Buffer.from(entry.name as string); // copies a Buffer
  const content = Buffer.from((entry.content ?? "") as string);
  const data = method === 8 ? deflateRawSync(content) : content;
  const shared = Buffer.alloc(26); // what both headers have, from "version needed" on
  shared.writeUInt16LE(20, 0);
  shared.writeUInt16LE(flags, 2);
  shared.writeUInt16LE(method, 4);
  shared.writeUInt32LE(0x00210000, 6);
  shared.writeUInt32LE(entry.claimedCrc ?? crc32(content), 10);
  shared.writeUInt32LE(data.length, 14);
  shared.writeUInt32LE(entry.claimedSize ?? content.length, 18);
  shared.writeUInt16LE(name.length, 22);
  const localMagic = Buffer.from([0x50, 0x4b, 3, 4]);
  const centralStart = Buffer.from([0x50, 0x4b, 1, 2, 20, 3]);
  const centralEnd = Buffer.alloc(14);
  centralEnd.writeUInt32LE(((mode & 0xffff) << 16) >>> 0, 6);
  centralEnd.writeUInt32LE(offset, 10);
  return {
    local: Buffer.concat([localMagic, shared, name, data]),
    central: Buffer.concat([centralStart, shared, centralEnd, name]),
  };
}
