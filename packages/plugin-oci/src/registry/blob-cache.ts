import { createHash, randomBytes } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders } from "@ingot/sdk";
import { digestMismatch, writeFully } from "../image/image-layout.js";

/**
 * Blobs by digest in a folder that all runs share. A blob takes its final name only when it is complete and verified, so
 * that any number of processes may use the folder at a time.
 */
export class BlobCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, "oci", "blobs", "sha256");
  }

  /** Tells where a blob is or would be. */
  path(digest: string): string {
    return join(this.#folder, digest.slice("sha256:".length));
  }

  /**
   * Gives the file of a blob; when it is not there, or not of the right size, it is fetched first.
   * Rejects with OciError "digest-mismatch" when what comes is not what the digest promises.
   */
  async file(digest: string, size: number | undefined, fetch: () => Promise<AsyncIterable<unknown>>): Promise<string> {
    const path = this.path(digest);
    const known = await stat(path).catch(() => undefined); // most often: not there yet
    if (known !== undefined && (size === undefined || known.size === size)) return path;
    await makeFolders(this.#folder);
    const temp = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.partial`;
    const file = await open(temp, "wx");
    try {
      const hash = createHash("sha256");
      for await (const part of await fetch()) {
        hash.update(part as Buffer); // responses give buffers
        await writeFully(file, part as Buffer);
      }
      await file.close();
      const actual = `sha256:${hash.digest("hex")}`;
      if (actual !== digest) throw digestMismatch(digest, actual);
      await rename(temp, path);
      return path;
    } catch (error) {
      await file.close().catch(() => undefined); // may be closed already
      await rm(temp, { force: true });
      throw error;
    }
  }

  /** Gives a small blob that is there and undamaged. */
  async read(digest: string): Promise<Buffer | undefined> {
    const bytes = await readFile(this.path(digest)).catch(() => undefined); // most often: not there
    if (bytes === undefined) return undefined;
    return `sha256:${createHash("sha256").update(bytes).digest("hex")}` === digest ? bytes : undefined;
  }

  /** Removes a blob that turned out to be damaged. */
  async forget(digest: string): Promise<void> {
    await rm(this.path(digest), { force: true });
  }
}
