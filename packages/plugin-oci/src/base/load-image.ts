import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { decompress, sniffCompression } from "../image/decompress.js";
import { blobPath, digestMismatch, BlobWriter } from "../image/image-layout.js";
import { mediaTypes, type Descriptor, type ImageManifest, type Layer, type Platform } from "../image/image-spec.js";
import { isObject, parseImageConfig, parseManifestOrIndex } from "../image/parse-document.js";
import { choosePlatform } from "../image/platform.js";
import { OciError } from "../oci-error.js";
import type { LayerSource } from "../sandbox/extract-tree.js";
import { readTar } from "../tar/read-tar.js";
import { TarFile } from "../tar/tar-file.js";
import { storeLayer, type LoadOptions } from "./load-rootfs.js";
import type { LoadedBase } from "./loaded-base.js";
import { MergedTree } from "./merge-layers.js";

/** Where an image's blobs can be read. */
export interface BlobStore {
  readonly name: string;
  stream(digest: string): AsyncIterable<Buffer>;
}

const layerTypes: Record<string, string> = {
  [mediaTypes.ociLayer]: mediaTypes.ociLayer,
  [mediaTypes.ociLayerGzip]: mediaTypes.ociLayerGzip,
  [mediaTypes.ociLayerZstd]: mediaTypes.ociLayerZstd,
  [mediaTypes.dockerLayer]: mediaTypes.ociLayer,
  [mediaTypes.dockerLayerGzip]: mediaTypes.ociLayerGzip,
};

/** Opens the store of an OCI layout folder. */
export function layoutStore(path: string): BlobStore & { readonly index: () => Promise<Buffer> } {
  return {
    name: path,
    index: () => readFile(join(path, "index.json")),
    stream: (digest) => createReadStream(blobPath(path, digest), { highWaterMark: 256 * 1024 }),
  };
}

/** Opens the store of an OCI archive. `scratchFile` is used when the archive itself is compressed. */
export async function archiveStore(
  path: string,
  scratchFile: string,
): Promise<BlobStore & { readonly index: () => Promise<Buffer> }> {
  const archive = await openArchive(path, scratchFile);
  return {
    name: path,
    index: () => archive.read("index.json", path),
    stream: (digest) => archive.stream(blobPath("", digest), path),
  };
}

/** Finds the manifest of a tag and a platform, starting from a layout's index. */
export async function findManifest(
  store: BlobStore & { readonly index: () => Promise<Buffer> },
  tag: string | undefined,
  platform: Platform,
): Promise<ImageManifest> {
  const top = parseManifestOrIndex(await store.index(), `${store.name}/index.json`);
  if (!("index" in top)) throw new OciError("bad-image", `${store.name} has no index of images.`);
  const all = top.index.manifests;
  const named = all.filter((item) => tag === undefined || refName(item) === tag || hasTag(imageName(item), tag));
  const distinct = [...new Map(named.map((item) => [item.digest, item])).values()];
  const [first] = distinct;
  if (first === undefined) {
    const tags = all.map(refName).filter((item) => item !== undefined);
    throw new OciError("no-tag", `${store.name} has no image "${tag ?? ""}". It has: ${tags.join(", ") || "none"}.`, {
      attribute: "base",
    });
  }
  const isAmbiguous = distinct.length > 1 && distinct.some((item) => item.platform === undefined);
  if (isAmbiguous) {
    const tags = all.map((item) => refName(item) ?? item.digest);
    const detail = `${store.name} has several images: ${tags.join(", ")}. Choose one by adding ":TAG" to the path.`;
    throw new OciError("no-tag", detail, { attribute: "base" });
  }
  let chosen =
    first.platform === undefined || distinct.length === 1
      ? first
      : choosePlatform({ schemaVersion: 2, manifests: distinct }, platform, store.name);
  for (let depth = 0; depth < 4; depth++) {
    const document = parseManifestOrIndex(await readBlob(store, chosen), store.name);
    if ("manifest" in document) return document.manifest;
    chosen = choosePlatform(document.index, platform, store.name);
  }
  throw new OciError("bad-image", `${store.name} has indexes within indexes without end.`);
}

/** Copies an image's layers into the new layout, checks every digest on the way, and builds its tree. */
export async function loadImage(store: BlobStore, manifest: ImageManifest, options: LoadOptions): Promise<LoadedBase> {
  const config = parseImageConfig(await readBlob(store, manifest.config), store.name);
  const { diff_ids: diffIds } = config.rootfs;
  if (diffIds.length !== manifest.layers.length)
    throw new OciError(
      "bad-image",
      `${store.name} is damaged: its manifest and its configuration name different layers.`,
    );
  const tree = new MergedTree();
  const layers: Layer[] = [];
  const sources: LayerSource[] = [];
  for (const [index, { digest, size, mediaType }] of manifest.layers.entries()) {
    const type = layerTypes[mediaType];
    if (type === undefined)
      throw new OciError("bad-image", `${store.name} has a layer of the kind ${mediaType}, which cannot be read.`);
    const writer = await BlobWriter.create(options.layout);
    try {
      for await (const part of store.stream(digest)) {
        options.signal.throwIfAborted();
        await writer.write(part);
      }
      await writer.end(type, { digest, size });
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    const file = blobPath(options.layout, digest);
    const name = `layer ${digest} of ${store.name}`;
    const open = (): AsyncIterable<Buffer> => decompress(createReadStream(file, { highWaterMark: 256 * 1024 }), name);
    const diffId = diffIds[index] ?? "";
    await readLayer({ name, open }, { tree, index, diffId, signal: options.signal });
    layers.push({ descriptor: { mediaType: type, digest, size }, diffId });
    sources.push({ name, open });
  }
  return { config, layers, tree, sources };
}

/** Loads what `docker save` wrote. */
export async function loadDockerArchive(
  path: string,
  tag: string | undefined,
  options: LoadOptions & { readonly scratchFile: string },
): Promise<LoadedBase> {
  const archive = await openArchive(path, options.scratchFile);
  const list: unknown = JSON.parse((await archive.read("manifest.json", path)).toString("utf8"));
  const images = (Array.isArray(list) ? list : []).filter(isDockerImage);
  const matches = images.filter(
    ({ RepoTags }) => tag === undefined || (RepoTags ?? []).some((name) => hasTag(name, tag)),
  );
  const [image] = matches;
  if (image === undefined || matches.length > 1) {
    const names = images.flatMap(({ RepoTags }) => RepoTags ?? []).join(", ") || "none";
    const detail = `${path} has ${image === undefined ? `no image "${tag ?? ""}"` : "several images"}. Its tags are: ${names}. Choose one by adding ":TAG" to the path.`;
    throw new OciError("no-tag", detail, { attribute: "base" });
  }
  const config = parseImageConfig(await archive.read(image.Config, path), path);
  const tree = new MergedTree();
  const layers: Layer[] = [];
  const sources: LayerSource[] = [];
  for (const [index, file] of image.Layers.entries()) {
    const name = `${file} of ${path}`;
    const open = (): AsyncIterable<Buffer> => decompress(archive.stream(file, path), name);
    const layer = await storeLayer(open(), { ...options, tree, index, name });
    const expected = config.rootfs.diff_ids[index];
    if (expected !== layer.diffId) throw digestMismatch(expected ?? "none", layer.diffId);
    layers.push(layer);
    sources.push({ name, open });
  }
  if (layers.length !== config.rootfs.diff_ids.length)
    throw new OciError("bad-image", `${path} is damaged: its list and its configuration name different layers.`);
  return { config, layers, tree, sources };
}

interface DockerImage {
  readonly Config: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Layers: readonly string[];
}

async function readLayer(
  source: LayerSource,
  options: { readonly tree: MergedTree; readonly index: number; readonly diffId: string; readonly signal: AbortSignal },
): Promise<void> {
  const hash = createHash("sha256");
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const part of source.open()) {
      options.signal.throwIfAborted();
      hash.update(part);
      yield part;
    }
  };
  let number = 0;
  for await (const { entry } of readTar(hashed(), source.name)) options.tree.add(entry, options.index, number++);
  const actual = `sha256:${hash.digest("hex")}`;
  if (actual !== options.diffId) throw digestMismatch(options.diffId, actual);
}

/** Reads a small blob and verifies it. */
async function readBlob(store: BlobStore, { digest }: Descriptor): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of store.stream(digest)) parts.push(part);
  const bytes = Buffer.concat(parts);
  const actual = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (actual !== digest) throw digestMismatch(digest, actual);
  return bytes;
}

async function openArchive(path: string, scratchFile: string): Promise<TarFile> {
  let start = Buffer.alloc(0);
  for await (const part of createReadStream(path, { end: 3 })) start = Buffer.concat([start, part as Buffer]);
  if (sniffCompression(start) === "none") return await TarFile.open(path, path);
  await pipeline(Readable.from(decompress(createReadStream(path), path)), createWriteStream(scratchFile));
  return await TarFile.open(scratchFile, path);
}

function refName(item: Descriptor): string | undefined {
  return item.annotations?.["org.opencontainers.image.ref.name"];
}

/** Newer Dockers write the whole name of an image here, and only its tag there. */
function imageName(item: Descriptor): string {
  return item.annotations?.["io.containerd.image.name"] ?? "";
}

function hasTag(name: string, tag: string): boolean {
  return name === tag || name.endsWith(`:${tag}`) || name.endsWith(`/${tag}`);
}

function isDockerImage(value: unknown): value is DockerImage {
  return isObject(value) && typeof value["Config"] === "string" && Array.isArray(value["Layers"]);
}
