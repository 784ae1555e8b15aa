import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import { ZipFile } from "yazl";

/** A file in an archive. */
export interface PackedFile {
  readonly name: string;
  readonly content: { readonly path: string } | { readonly text: string };
  readonly isExecutable: boolean;
}

/** Writes a zip archive: the same files give the same bytes. Gives its SHA-256 in hex and its size in bytes. */
export async function writeArchive(
  target: string,
  files: readonly PackedFile[],
): Promise<{ readonly sha256: string; readonly size: number }> {
  const zip = new ZipFile();
  const failed = new Promise<never>((_resolve, reject) => zip.once("error", reject));
  const mtime = archiveTime();
  for (const { name, content, isExecutable } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const options = { mtime, mode: isExecutable ? 0o100755 : 0o100644, compressionLevel: 9, forceDosTimestamp: true };
    if ("path" in content) zip.addFile(content.path, name, options);
    else zip.addBuffer(Buffer.from(content.text), name, options);
  }
  zip.end();
  const hash = createHash("sha256");
  let size = 0;
  const output = zip.outputStream as Readable; // its types know less than it is
  const written = pipeline(
    output,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(target),
  );
  await Promise.race([written, failed]);
  return { sha256: hash.digest("hex"), size };
}

/**
 * The time of all files in archives: SOURCE_DATE_EPOCH, or the first that zip archives know. They keep local times, so this is the
 * local time whose digits are those of the wanted time in UTC.
 */
function archiveTime(): Date {
  const seconds = Number(process.env["SOURCE_DATE_EPOCH"] || 0);
  const wanted = new Date(Math.max(Number.isFinite(seconds) ? seconds * 1000 : 0, Date.UTC(1980, 0, 1)));
  return new Date(
    wanted.getUTCFullYear(),
    wanted.getUTCMonth(),
    wanted.getUTCDate(),
    wanted.getUTCHours(),
    wanted.getUTCMinutes(),
    wanted.getUTCSeconds(),
  );
}
