import { createHash, type Hash } from "node:crypto";
import { tarHeader, tarPadding, tarTrailer } from "../tar/write-tar.js";
import type { TarEntry } from "../tar/tar-entry.js";
import { GzipMembers } from "./gzip-members.js";
import { BlobWriter } from "./image-layout.js";
import { mediaTypes, type Layer } from "./image-spec.js";

const bufferBytes = 256 * 1024;

/** Writes one layer into a layout: tar, compressed, both digests computed on the way. */
export class LayerWriter {
  readonly #blob: BlobWriter;
  readonly #gzip: GzipMembers;
  readonly #hash: Hash = createHash("sha256");
  #small: Buffer[] = [];
  #smallBytes = 0;
  #entries = 0;

  private constructor(blob: BlobWriter) {
    this.#blob = blob;
    this.#gzip = new GzipMembers((data) => blob.write(data));
  }

  /** Starts a layer. */
  static async create(layout: string): Promise<LayerWriter> {
    return new LayerWriter(await BlobWriter.create(layout));
  }

  /** The number of entries so far. */
  get entries(): number {
    return this.#entries;
  }

  /** Adds an entry. Files need their content, of exactly `entry.size` bytes. */
  async add(entry: TarEntry, content?: AsyncIterable<Buffer>): Promise<void> {
    this.#entries++;
    await this.writeRaw(tarHeader(entry));
    if (entry.type !== "file" || entry.size === 0) return;
    for await (const part of content ?? []) await this.writeRaw(part);
    await this.writeRaw(tarPadding(entry.size));
  }

  /** Adds bytes of a tar archive that is finished already. */
  async writeRaw(data: Buffer): Promise<void> {
    this.#small.push(data);
    this.#smallBytes += data.length;
    if (this.#smallBytes >= bufferBytes) await this.#flush();
  }

  /** Ends the layer with the tar trailer. */
  async end(): Promise<Layer> {
    await this.writeRaw(tarTrailer);
    return await this.endRaw();
  }

  /** Ends the layer as it is; for archives that were given with writeRaw. */
  async endRaw(): Promise<Layer> {
    await this.#flush();
    await this.#gzip.end();
    const descriptor = await this.#blob.end(mediaTypes.ociLayerGzip);
    return { descriptor, diffId: `sha256:${this.#hash.digest("hex")}` };
  }

  /** Removes what was written, after a failure. */
  async abandon(): Promise<void> {
    await this.#gzip.abandon();
    await this.#blob.abandon();
  }

  async #flush(): Promise<void> {
    const data = this.#small.length === 1 && this.#small[0] ? this.#small[0] : Buffer.concat(this.#small);
    this.#small = [];
    this.#smallBytes = 0;
    this.#hash.update(data);
    await this.#gzip.write(data);
  }
}
