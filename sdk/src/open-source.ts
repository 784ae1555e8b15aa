import { stat } from "node:fs/promises";
import { LocalContent } from "./local-content.js";
import type { FileInfo } from "./machine.js";
import type { UploadOptions } from "./remote-machine.js";

/** What is to be uploaded: the file as the machine is told of it, and its content. */
export interface UploadSource {
  readonly file: FileInfo;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Finds out about what is to be uploaded to a path: a local path or bytes. Rejects when a local file cannot be looked at. */
export async function openSource(
  source: string | Uint8Array | AsyncIterable<Uint8Array>,
  path: string,
  { mode, size }: UploadOptions,
): Promise<UploadSource> {
  const given = { ...(mode === undefined ? {} : { mode }), ...(size === undefined ? {} : { size }) };
  if (typeof source === "string") {
    const stats = await stat(source);
    const file = { path, mode: stats.mode & 0o7777, size: stats.size, modifiedMs: stats.mtimeMs, ...given };
    return { content: new LocalContent(source, stats.size), file };
  }
  if (source instanceof Uint8Array) return { content: [source], file: { path, size: source.length, ...given } };
  return { content: source, file: { path, ...given } };
}
