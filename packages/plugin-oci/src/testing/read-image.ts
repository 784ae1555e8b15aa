import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decompress } from "../image/decompress.js";
import { blobPath } from "../image/image-layout.js";
import type { ImageConfig, ImageIndex, ImageManifest } from "../image/image-spec.js";
import { readTar } from "../tar/read-tar.js";
import type { TarEntry } from "../tar/tar-entry.js";

/** An image as a test looks at it. */
export interface ReadImage {
  readonly index: ImageIndex;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  /** The entries of each layer, lowest first, with the content of files as text. */
  readonly layers: readonly (readonly (TarEntry & { readonly text: string })[])[];
}

/** Reads an image from an OCI layout folder. */
export async function readImage(layout: string): Promise<ReadImage> {
  const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, "utf8"));
  const index = (await json(join(layout, "index.json"))) as ImageIndex;
  const manifest = (await json(blobPath(layout, index.manifests[0]?.digest ?? ""))) as ImageManifest;
  const config = (await json(blobPath(layout, manifest.config.digest))) as ImageConfig;
  const layers = await Promise.all(manifest.layers.map(({ digest }) => readLayer(blobPath(layout, digest))));
  return { index, manifest, config, layers };
}

async function readLayer(path: string): Promise<(TarEntry & { text: string })[]> {
  const entries: (TarEntry & { text: string })[] = [];
  for await (const { entry, content } of readTar(decompress(createReadStream(path), path), path)) {
    const parts: Buffer[] = [];
    for await (const part of content()) parts.push(part);
    entries.push({ ...entry, text: Buffer.concat(parts).toString() });
  }
  return entries;
}
