import { createHash } from "node:crypto";
import { mediaTypes, type ImageManifest, type Platform } from "../image/image-spec.js";
import { digestMismatch } from "../image/image-layout.js";
import { isDigest, parseManifestOrIndex } from "../image/parse-document.js";
import { choosePlatform } from "../image/platform.js";
import { OciError } from "../oci-error.js";
import type { BlobCache } from "./blob-cache.js";
import { readBody, withRetries } from "./https-get.js";
import type { RegistryClient } from "./registry-client.js";
import type { ImageReference } from "./image-reference.js";

/** An image of which every blob is in the cache. */
export interface PulledImage {
  readonly manifest: ImageManifest;
  /** Of the manifest for the platform. */
  readonly digest: string;
  /** The file of a blob. */
  file(digest: string): string;
}

/** What to pull. */
export interface PullOptions {
  readonly client: RegistryClient;
  readonly reference: ImageReference;
  readonly platform: Platform;
  readonly cache: BlobCache;
  readonly signal: AbortSignal;
  /** Told for each blob that has to be fetched, with its size. */
  readonly onFetch?: (digest: string, size: number) => void;
}

const accepted = [mediaTypes.ociIndex, mediaTypes.ociManifest, mediaTypes.dockerList, mediaTypes.dockerManifest];
const parallelBlobs = 3;

/**
 * Fetches an image's manifest, configuration and layers into the cache, as far as they are not there. A reference with a
 * digest that is cached needs no network at all.
 */
export async function pullImage(options: PullOptions): Promise<PulledImage> {
  const { reference, cache } = options;
  const top = await fetchManifest(options, reference.digest ?? reference.tag ?? "latest");
  const name = reference.text;
  let document = parseManifestOrIndex(top.bytes, name);
  let { digest } = top;
  if ("index" in document) {
    const chosen = choosePlatform(document.index, options.platform, name);
    const inner = await fetchManifest(options, chosen.digest);
    document = parseManifestOrIndex(inner.bytes, name);
    digest = chosen.digest;
  }
  if (!("manifest" in document))
    throw new OciError("bad-image", `${name} is an index of indexes, which is not supported.`);
  const { manifest } = document;
  await fetchBlobs(options, [manifest.config, ...manifest.layers]);
  return { manifest, digest, file: (blob) => cache.path(blob) };
}

async function fetchManifest(options: PullOptions, name: string): Promise<{ bytes: Buffer; digest: string }> {
  const { client, cache, signal } = options;
  const cached = isDigest(name) ? await cache.read(name) : undefined;
  if (cached !== undefined) return { bytes: cached, digest: name };
  const bytes = await withRetries(signal, async () =>
    readBody(await client.get(`manifests/${name}`, accepted.join(", "))),
  );
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (isDigest(name) && digest !== name) throw digestMismatch(name, digest);
  await cache.file(digest, bytes.length, () => Promise.resolve(single(bytes)));
  return { bytes, digest };
}

async function fetchBlobs(
  options: PullOptions,
  blobs: readonly { readonly digest: string; readonly size: number }[],
): Promise<void> {
  const { client, cache, signal, onFetch } = options;
  const unique = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const queue = unique.values();
  const worker = async (): Promise<void> => {
    for (const { digest, size } of queue) {
      await withRetries(signal, () =>
        cache.file(digest, size, async () => {
          const response = await client.get(`blobs/${digest}`);
          onFetch?.(digest, size);
          return response;
        }),
      );
    }
  };
  const results = await Promise.allSettled(Array.from({ length: parallelBlobs }, worker));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function* single(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
