import { createReadStream } from "node:fs";
import { open, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@ingot/diag";
import { InstallError } from "../../install-error.js";
import type { FetchedArchive, FetchOptions, SourceOptions } from "../../plugin-source.js";
import { systemCodeOf } from "../../system-code.js";
import { giveBytes } from "../http/byte-sink.js";
import { HashingWriter } from "../http/hashing-writer.js";
import type { StaticPlace } from "./static-place.js";

/** Files in a folder of this computer. */
export class FolderPlace implements StaticPlace {
  readonly text: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.text = folder;
  }

  where(parts: readonly string[]): string {
    return this.#pathOf(parts);
  }

  async read(
    parts: readonly string[],
    { maxBytes, signal }: SourceOptions & { readonly maxBytes: number },
  ): Promise<Uint8Array | undefined> {
    const file = this.#pathOf(parts);
    try {
      const { size } = await stat(file);
      if (size > maxBytes) throw new InstallError(`${file} is larger than the allowed ${maxBytes} bytes.`);
      return await readFile(file, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (systemCodeOf(error) === "ENOENT" || systemCodeOf(error) === "ENOTDIR") return await this.#missing();
      throw unreadable(file, error);
    }
  }

  async fetch(
    parts: readonly string[],
    file: string,
    { maxBytes, progress, signal }: FetchOptions,
  ): Promise<FetchedArchive> {
    const from = this.#pathOf(parts);
    signal.throwIfAborted();
    const target = await open(file, "wx", 0o600);
    try {
      const { size: total } = await stat(from);
      if (total > maxBytes) throw new InstallError(`${from} is larger than the allowed ${maxBytes} bytes.`);
      const writer = new HashingWriter(target);
      for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20, signal })) {
        await giveBytes(writer, chunk as Buffer);
        if (writer.size > maxBytes) throw new InstallError(`${from} is larger than the allowed ${maxBytes} bytes.`);
        progress?.(writer.size, total);
      }
      await writer.flush();
      return { size: writer.size, sha256: writer.digest() };
    } catch (error) {
      await target.close();
      await rm(file, { force: true });
      signal.throwIfAborted();
      throw unreadable(from, error);
    } finally {
      await target.close().catch(() => {}); // closed already
    }
  }

  /** There is no such file; but is there a mirror at all? */
  async #missing(): Promise<undefined> {
    const isFolder = await stat(this.#folder).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (!isFolder)
      throw new InstallError(
        `The plugin mirror ${this.#folder} is not a folder. Check -mirror, INGOT_PLUGIN_MIRROR or "plugin_mirror" of the configuration.`,
      );
    return undefined;
  }

  #pathOf(parts: readonly string[]): string {
    for (const part of parts) {
      if (part === "" || part === "." || part === ".." || /[/\\\0:]/.test(part))
        throw new Error(`bug: ${JSON.stringify(part)} is no name`);
    }
    return path.join(this.#folder, ...parts);
  }
}

function unreadable(file: string, error: unknown): Error {
  if (error instanceof InstallError) return error;
  const why = systemCodeOf(error) === "ENOENT" ? "there is no such file" : messageOf(error);
  return new InstallError(`${file} cannot be copied: ${why}.`, { cause: error });
}
