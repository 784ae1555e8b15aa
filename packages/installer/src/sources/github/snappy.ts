/*
 * The block format of Snappy (google/snappy, format_description.txt): the size of the whole as a varint, then elements. The two lowest
 * bits of an element's first byte tell its kind.
 */
const LITERAL = 0;
const COPY_NEAR = 1;
const COPY_FAR = 2;
/** A literal up to this long has its length in its first byte; a longer one in one to four bytes after it. */
const MAX_SHORT_LITERAL = 60;

/** Unpacks a Snappy block that holds at most so many bytes; undefined when it is none, or holds more. */
export function unpackSnappy(packed: Uint8Array, maxBytes: number): Buffer | undefined {
  const header = readSize(packed);
  if (header === undefined || header.size > maxBytes) return undefined;
  const unpacked = Buffer.alloc(header.size);
  let [at, filled] = [header.end, 0];
  while (at < packed.length) {
    const element = readElement(packed, at);
    if (element === undefined || element.length > unpacked.length - filled) return undefined;
    const { length, end, offset } = element;
    if (offset === undefined) {
      if (end + length > packed.length) return undefined;
      unpacked.set(packed.subarray(end, end + length), filled);
      at = end + length;
    } else {
      if (offset === 0 || offset > filled) return undefined;
      // A copy may overlap what it writes: byte by byte, it repeats itself then.
      for (let index = filled; index < filled + length; index++) unpacked[index] = unpacked[index - offset] ?? 0;
      at = end;
    }
    filled += length;
  }
  return filled === unpacked.length ? unpacked : undefined;
}

interface Element {
  readonly length: number;
  /** Where the literal, or the next element, begins. */
  readonly end: number;
  /** How far back the bytes to be copied are; undefined for a literal. */
  readonly offset?: number;
}

function readElement(packed: Uint8Array, at: number): Element | undefined {
  const tag = packed[at] ?? 0;
  const rest = tag >> 2;
  switch (tag & 3) {
    case LITERAL: {
      if (rest < MAX_SHORT_LITERAL) return { length: rest + 1, end: at + 1 };
      const bytes = rest - MAX_SHORT_LITERAL + 1;
      const length = readNumber(packed, at + 1, bytes);
      return length === undefined ? undefined : { length: length + 1, end: at + 1 + bytes };
    }
    case COPY_NEAR: {
      const low = packed[at + 1];
      return low === undefined ? undefined : { length: 4 + (rest & 7), offset: ((tag >> 5) << 8) | low, end: at + 2 };
    }
    default: {
      const bytes = (tag & 3) === COPY_FAR ? 2 : 4;
      const offset = readNumber(packed, at + 1, bytes);
      return offset === undefined ? undefined : { length: rest + 1, offset, end: at + 1 + bytes };
    }
  }
}

/** Little endian; undefined when the bytes end before it. */
function readNumber(packed: Uint8Array, at: number, bytes: number): number | undefined {
  if (at + bytes > packed.length) return undefined;
  let value = 0;
  for (let index = bytes - 1; index >= 0; index--) value = value * 256 + (packed[at + index] ?? 0);
  return value;
}

/** Seven bits a byte, the lowest first; at most 32 bits. */
function readSize(packed: Uint8Array): { readonly size: number; readonly end: number } | undefined {
  let size = 0;
  for (let index = 0; index < 5; index++) {
    const byte = packed[index];
    if (byte === undefined) return undefined;
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { size, end: index + 1 };
  }
  return undefined;
}
