import { createHash, randomBytes, type Hash } from "node:crypto";
import { open, rename, rm, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders } from "@ingot/sdk";
import { OciError } from "../oci-error.js";
import { mediaTypes, type Descriptor } from "./image-spec.js";

/** Tells where a blob is inside a layout. */
export function blobPath(layout: string, digest: string): string {
  const [algorithm = "", hex = ""] = digest.split(":");
  return join(layout, "blobs", algorithm, hex);
}

/** Makes an empty OCI layout folder. */
export async function createLayout(layout: string): Promise<void> {
  await makeFolders(join(layout, "blobs", "sha256"));
  await writeFile(join(layout, "oci-layout"), `{"imageLayoutVersion":"1.0.0"}`);
}

/** Writes a JSON document as a blob and gives its descriptor. Equal documents give equal bytes. */
export async function writeJsonBlob(layout: string, mediaType: string, document: unknown): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  await writeFile(blobPath(layout, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** Writes the layout's entry point: one manifest, once for each tag, or once without a name. */
export async function writeLayoutIndex(layout: string, manifest: Descriptor, tags: readonly string[]): Promise<void> {
  const named = tags.map((tag) => ({ ...manifest, annotations: { "org.opencontainers.image.ref.name": tag } }));
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: named.length === 0 ? [manifest] : named,
  };
  await writeFile(join(layout, "index.json"), JSON.stringify(index));
}

/** Writes a blob whose digest is known only at the end: hashes while writing, then takes its name. */
export class BlobWriter {
  readonly #layout: string;
  readonly #temp: string;
  readonly #file: FileHandle;
  readonly #hash: Hash = createHash("sha256");
  #size = 0;

  private constructor(layout: string, temp: string, file: FileHandle) {
    this.#layout = layout;
    this.#temp = temp;
    this.#file = file;
  }

  /** Starts a blob in a layout. */
  static async create(layout: string): Promise<BlobWriter> {
    const temp = join(layout, "blobs", `.partial-${randomBytes(6).toString("hex")}`);
    return new BlobWriter(layout, temp, await open(temp, "wx"));
  }

  async write(data: Buffer): Promise<void> {
    this.#hash.update(data);
    this.#size += data.length;
    await writeFully(this.#file, data);
  }

  /** Ends the blob. With `expected`, rejects with OciError "digest-mismatch" when digest or size is another. */
  async end(mediaType: string, expected?: { digest: string; size?: number }): Promise<Descriptor> {
    await this.#file.close();
    const digest = `sha256:${this.#hash.digest("hex")}`;
    const differs =
      expected !== undefined && (expected.digest !== digest || (expected.size ?? this.#size) !== this.#size);
    if (differs) {
      await rm(this.#temp, { force: true });
      throw digestMismatch(expected.digest, digest);
    }
    await rename(this.#temp, blobPath(this.#layout, digest));
    return { mediaType, digest, size: this.#size };
  }

  /** Removes what was written, after a failure. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined); // may be closed already
    await rm(this.#temp, { force: true });
  }
}

/** Writes all bytes; a single write may stop early. */
export async function writeFully(file: FileHandle, data: Buffer): Promise<void> {
  let rest = data;
  while (rest.length > 0) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}

/** The error for content that is not what its digest promises. */
export function digestMismatch(expected: string, actual: string): OciError {
  return new OciError(
    "digest-mismatch",
    `A part of the image is damaged: its digest should be ${expected}, but it is ${actual}.`,
  );
}
