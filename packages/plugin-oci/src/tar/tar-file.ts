import { createReadStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { OciError } from "../oci-error.js";
import type { SkippableChunks } from "./byte-source.js";
import { readTar } from "./read-tar.js";

interface Place {
  readonly offset: number;
  readonly size: number;
}

/** The files of an uncompressed tar archive on disk, by path, without reading their content. */
export class TarFile {
  readonly #path: string;
  readonly #places: ReadonlyMap<string, Place>;

  private constructor(path: string, places: ReadonlyMap<string, Place>) {
    this.#path = path;
    this.#places = places;
  }

  /** Reads the archive's headers. Rejects with OciError "bad-tar". */
  static async open(path: string, name: string): Promise<TarFile> {
    const file = await open(path);
    try {
      const places = new Map<string, Place>();
      const { size } = await file.stat();
      for await (const { entry, offset } of readTar(new FileChunks(file, size), name)) {
        // Links: docker save writes a layer that it has written already as a link to it.
        const folder = entry.path.split("/").slice(0, -1);
        const place = entry.type === "file" ? { offset, size: entry.size } : places.get(linked(folder, entry));
        if (place !== undefined) places.set(entry.path, place);
      }
      return new TarFile(path, places);
    } finally {
      await file.close();
    }
  }

  /** Tells whether there is a file of this path. */
  has(path: string): boolean {
    return this.#places.has(path);
  }

  /** Gives a small file's content. Rejects with OciError "bad-image" when it is missing. */
  async read(path: string, name: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.stream(path, name)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** Gives a file's content piece by piece. Throws OciError "bad-image" when it is missing. */
  stream(path: string, name: string): AsyncIterable<Buffer> {
    const place = this.#places.get(path);
    if (place === undefined) throw new OciError("bad-image", `${name} is damaged: it lacks "${path}".`);
    if (place.size === 0) return emptyChunks();
    const options = { start: place.offset, end: place.offset + place.size - 1, highWaterMark: 256 * 1024 };
    return createReadStream(this.#path, options);
  }
}

function linked(folder: readonly string[], entry: { type: string; linkTarget: string }): string {
  if (entry.type === "link") return entry.linkTarget;
  const parts = [...folder];
  for (const part of entry.linkTarget.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

class FileChunks implements SkippableChunks {
  readonly #file: FileHandle;
  readonly #size: number;
  #position = 0;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  skip(length: number): boolean {
    this.#position += length;
    return this.#position <= this.#size;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const buffer = Buffer.alloc(4096);
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}

async function* emptyChunks(): AsyncGenerator<Buffer> {
  // nothing to give
}
