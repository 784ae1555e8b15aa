import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describeOutput } from "./check-config.js";
import { writeFully } from "./image/image-layout.js";
import { OciError } from "./oci-error.js";
import { tarEntry, toByteString } from "./tar/tar-entry.js";
import { tarHeader, tarPadding, tarTrailer } from "./tar/write-tar.js";

const mark = ".ingot-partial-";

/** Chooses the name under which an output grows: beside it, so that it can be renamed at the end. */
export function choosePartialFolder(output: string): string {
  return join(dirname(output), `.${basename(output)}${mark}${randomBytes(6).toString("hex")}`);
}

/**
 * Removes an unfinished output. Already gone is no error. `made` is the uppermost folder that was made for it: it and those
 * in it go too when they are empty.
 */
export async function removePartialFolder(path: string, made?: string): Promise<void> {
  if (!basename(path).includes(mark)) throw new Error(`bug: ${path} is not an unfinished output`);
  for (const folder of [path, `${path}-old`]) await rm(folder, { recursive: true, force: true });
  if (made === undefined) return;
  for (let folder = dirname(path); folder.startsWith(made); folder = dirname(folder)) {
    const isGone = await rmdir(folder).then(
      () => true,
      () => false, // not empty, or gone already
    );
    if (!isGone) return;
  }
}

/** Tells whether an output is an archive. */
function isArchiveName(output: string): boolean {
  return output.endsWith(".tar");
}

/**
 * Gives a finished layout its final name, or packs it into an archive of that name. What is there is replaced only with
 * `force`. Rejects with OciError "output-exists".
 */
export async function publishOutput(
  layout: string,
  output: string,
  options: { readonly force: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const isArchive = isArchiveName(output);
  if (isArchive) await packLayout(layout, `${layout}/archive.tar`, options.signal);
  const inUse = await describeOutput(output, options.force);
  if (inUse !== undefined) throw new OciError("output-exists", `"${output}" ${inUse}`, { attribute: "output" });
  const old = `${layout}-old`;
  const hadOld = await rename(output, old).then(
    () => true,
    () => false, // there was none
  );
  try {
    await rename(isArchive ? `${layout}/archive.tar` : layout, output);
  } catch (error) {
    if (hadOld) await rename(old, output);
    throw error;
  }
  if (hadOld) await rm(old, { recursive: true, force: true });
  if (isArchive) await rm(layout, { recursive: true, force: true });
}

/** Writes a layout as a tar archive; equal layouts give equal archives. */
async function packLayout(layout: string, archive: string, signal: AbortSignal): Promise<void> {
  const blobs = (await readdir(join(layout, "blobs", "sha256"))).sort().map((name) => `blobs/sha256/${name}`);
  const file = await open(archive, "wx");
  try {
    for (const folder of ["blobs", "blobs/sha256"]) await writeFully(file, tarHeader(tarEntry(folder, "directory")));
    for (const path of [...blobs, "index.json", "oci-layout"]) {
      signal.throwIfAborted();
      const { size } = await stat(join(layout, path));
      await writeFully(file, tarHeader(tarEntry(toByteString(path), "file", { size })));
      for await (const part of createReadStream(join(layout, path), { highWaterMark: 1 << 20 }))
        await writeFully(file, part as Buffer);
      await writeFully(file, tarPadding(size));
    }
    await writeFully(file, tarTrailer);
  } finally {
    await file.close();
  }
}
