import type { DirEntry } from "./machine.js";

const BLOCK = 512;

/**
 * Reads a tar stream (ustar, GNU long names, pax paths) as entries of a folder. The content of a file must be read, or left,
 * before the next entry is asked for. Devices and the like are left out. Throws an Error when the stream ends early.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<DirEntry, void, undefined> {
  const reader = new BlockReader(source);
  let override: { path?: string; linkTarget?: string; size?: number } = {};
  try {
    for (;;) {
      const header = await reader.read(BLOCK);
      if (header === undefined || header.every((byte) => byte === 0)) {
        await reader.drain();
        return;
      }
      const type = String.fromCharCode(header[156] ?? 0);
      const size = override.size ?? numberAt(header, 124, 12);
      if (type === "L" || type === "K" || type === "x" || type === "g") {
        const body = (await reader.readAll(size)).toString();
        if (type === "L") override.path = body.replace(/\0.*$/s, "");
        else if (type === "K") override.linkTarget = body.replace(/\0.*$/s, "");
        else if (type === "x") override = { ...override, ...parsePax(body) };
        continue;
      }
      const prefix = textAt(header, 345, 155);
      const name = textAt(header, 0, 100);
      const full = override.path ?? (prefix !== "" && textAt(header, 257, 5) === "ustar" ? `${prefix}/${name}` : name);
      const path = full.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
      const linkTarget = override.linkTarget ?? textAt(header, 157, 100);
      override = {};
      const common = { path, mode: numberAt(header, 100, 8) & 0o7777, modifiedMs: numberAt(header, 136, 12) * 1000 };
      const isNamed = path !== "" && path !== ".";
      if (type === "5" && isNamed) yield { ...common, kind: "directory" };
      else if (type === "2" && isNamed) yield { ...common, kind: "symlink", linkTarget };
      else if ((type === "0" || type === "\0" || type === "7") && isNamed) {
        yield { ...common, kind: "file", size, content: reader.body(size) };
        await reader.skipBody();
        continue;
      }
      await reader.readAll(type === "1" || type === "2" || type === "5" ? 0 : size);
    }
  } finally {
    await reader.close();
  }
}

function textAt(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString("utf8", start, end === -1 ? start + length : Math.min(end, start + length));
}

/** Octal text, or a big-endian number when the highest bit is set (GNU). */
function numberAt(block: Buffer, start: number, length: number): number {
  if (((block[start] ?? 0) & 0x80) !== 0) {
    let value = 0;
    for (const byte of block.subarray(start + 1, start + length)) value = value * 256 + byte;
    return value;
  }
  return parseInt(textAt(block, start, length).trim(), 8) || 0;
}

function parsePax(body: string): { path?: string; linkTarget?: string; size?: number } {
  const found: { path?: string; linkTarget?: string; size?: number } = {};
  for (const line of body.split("\n")) {
    const [, key, value] = /^\d+ ([^=]+)=(.*)$/s.exec(line) ?? [];
    if (value === undefined) continue;
    if (key === "path") found.path = value;
    else if (key === "linkpath") found.linkTarget = value;
    else if (key === "size") found.size = Number(value);
  }
  return found;
}

/** Takes exact amounts from a stream of chunks. */
class BlockReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  #bodyLeft = 0;
  #padding = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Gives exactly `size` bytes; undefined at the end of the stream. */
  async read(size: number): Promise<Buffer | undefined> {
    while (this.#rest.length < size) {
      if (await this.#more()) continue;
      if (this.#rest.length === 0) return undefined;
      throw new Error("The tar stream ends in the middle of an entry.");
    }
    const block = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return block;
  }

  /** Gives a small body with its padding taken off. */
  async readAll(size: number): Promise<Buffer> {
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (padded === 0) return Buffer.alloc(0);
    return ((await this.read(padded)) ?? Buffer.alloc(0)).subarray(0, size);
  }

  /** Starts a body and gives its chunks. */
  body(size: number): AsyncGenerator<Buffer, void, undefined> {
    this.#bodyLeft = size;
    this.#padding = Math.ceil(size / BLOCK) * BLOCK - size;
    return this.#chunks();
  }

  async *#chunks(): AsyncGenerator<Buffer, void, undefined> {
    for (let chunk = await this.#bodyChunk(); chunk !== undefined; chunk = await this.#bodyChunk()) yield chunk;
  }

  /** Skips what is left of a body, and its padding. */
  async skipBody(): Promise<void> {
    while ((await this.#bodyChunk()) !== undefined);
    if (this.#padding > 0) await this.read(this.#padding);
    this.#padding = 0;
  }

  async #bodyChunk(): Promise<Buffer | undefined> {
    if (this.#bodyLeft === 0) return undefined;
    if (this.#rest.length === 0 && !(await this.#more())) {
      throw new Error("The tar stream ends in the middle of a file.");
    }
    const chunk = this.#rest.subarray(0, this.#bodyLeft);
    this.#rest = this.#rest.subarray(chunk.length);
    this.#bodyLeft -= chunk.length;
    return chunk;
  }

  /** Reads to the end, so that the writer is not left waiting. */
  async drain(): Promise<void> {
    this.#rest = Buffer.alloc(0);
    while (await this.#more()) this.#rest = Buffer.alloc(0);
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    const bytes = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    return true;
  }
}
