import { createReadStream } from "node:fs";
import { OciError } from "../oci-error.js";
import { BlobCache } from "../registry/blob-cache.js";
import type { ImageReference } from "../registry/image-reference.js";
import { pullImage } from "../registry/pull-image.js";
import { RegistryClient } from "../registry/registry-client.js";
import { findCredentials } from "../registry/registry-credentials.js";
import type { BaseOptions } from "./load-base.js";
import { loadImage } from "./load-image.js";
import type { LoadedBase } from "./loaded-base.js";

/** Pulls a base as far as it is not in the cache, and loads it. Rejects with OciError. */
export async function loadFromRegistry(options: BaseOptions, reference: ImageReference): Promise<LoadedBase> {
  const { say, signal, platform } = options;
  const { username, password } = options;
  const given = username !== undefined && password !== undefined ? { username, password } : undefined;
  const credentials = given ?? (await findCredentials(reference.registry));
  using client = new RegistryClient({ reference, credentials, caFile: options.caFile, signal });
  const cache = new BlobCache(options.cacheDirectory);
  say(`Pulling the base image ${reference.text}...`);
  let fetched = 0;
  const onFetch = (digest: string, size: number): void => {
    fetched++;
    say(`Fetching ${digest.slice(0, 19)} (${formatSize(size)})`);
  };
  const image = await pullImage({ client, reference, platform, cache, signal, onFetch });
  say(`Base image ${image.digest}${fetched === 0 ? " is in the cache" : ""}`);
  const stream = (digest: string): AsyncIterable<Buffer> =>
    createReadStream(image.file(digest), { highWaterMark: 256 * 1024 });
  try {
    return await loadImage({ name: reference.text, stream }, image.manifest, options);
  } catch (error) {
    // A damaged cache must not stay damaged: the next run fetches again.
    if (error instanceof OciError && error.code === "digest-mismatch")
      for (const { digest } of [image.manifest.config, ...image.manifest.layers]) await cache.forget(digest);
    throw error;
  }
}

function formatSize(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
