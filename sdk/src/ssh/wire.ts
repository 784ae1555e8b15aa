/** Writes SSH's `string`: its length in four bytes, then the bytes. */
export function sshString(value: string | Uint8Array): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Writes SSH's `mpint` of a number that is not negative, given as big-endian bytes. */
export function sshInteger(value: Uint8Array): Buffer {
  let bytes = Buffer.from(value);
  while (bytes.length > 0 && bytes[0] === 0) bytes = bytes.subarray(1);
  return sshString(((bytes[0] ?? 0) & 0x80) === 0 ? bytes : Buffer.concat([Buffer.alloc(1), bytes]));
}

/** Writes a `uint32`. */
export function sshUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Reads SSH's data types one after another. Throws an Error when the data end early. */
export class WireReader {
  readonly #data: Buffer;
  #position = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#data.length;
  }

  string(): Buffer {
    return this.#take(this.uint32());
  }

  text(): string {
    return this.string().toString();
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  uint64(): bigint {
    return this.#take(8).readBigUInt64BE();
  }

  #take(size: number): Buffer {
    const end = this.#position + size;
    if (end > this.#data.length) throw new Error("ssh: short read");
    const bytes = this.#data.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }
}

/** Reads DER values one after another: enough for keys. */
export class DerReader {
  readonly #data: Buffer;
  #position = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  /** Gives the content of the next value. */
  next(): Buffer {
    const first = this.#data[this.#position + 1] ?? 0;
    let start = this.#position + 2;
    let length = first;
    if (first >= 0x80) {
      length = this.#data.readUIntBE(start, first & 0x7f);
      start += first & 0x7f;
    }
    this.#position = start + length;
    return this.#data.subarray(start, this.#position);
  }

  /** Reads into the next value. */
  into(): DerReader {
    return new DerReader(this.next());
  }
}

/** Writes a DER value. */
export function derValue(tag: number, content: Uint8Array): Buffer {
  const length = content.length;
  let header = [tag, length];
  if (length >= 0x100) header = [tag, 0x82, length >> 8, length & 0xff];
  else if (length >= 0x80) header = [tag, 0x81, length];
  return Buffer.concat([Buffer.from(header), content]);
}
