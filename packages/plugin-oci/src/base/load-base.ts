import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Platform } from "../image/image-spec.js";
import { OciError } from "../oci-error.js";
import { resolveBase } from "./base-spec.js";
import { archiveStore, findManifest, layoutStore, loadDockerArchive, loadImage } from "./load-image.js";
import { loadFolder, loadRootfsTar, type LoadOptions } from "./load-rootfs.js";
import { emptyConfig, scratchBase, type LoadedBase } from "./loaded-base.js";

/** What the user said about the base, and what it is loaded with. */
export interface BaseOptions extends LoadOptions {
  readonly base: string;
  readonly workingDirectory: string;
  readonly cacheDirectory: string;
  readonly platform: Platform;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly caFile: string | undefined;
  /** A folder for files that are needed for the time of the build. */
  readonly work: string;
  readonly say: (text: string) => void;
}

/** Loads a base of any form into the new image's layout. Rejects with OciError. */
export async function loadBase(options: BaseOptions): Promise<LoadedBase> {
  const { base, platform, say } = options;
  const spec = await resolveBase(base, options.workingDirectory);
  const scratchFile = join(options.work, "base-archive.tar");
  switch (spec.kind) {
    case "scratch":
      return scratchBase(emptyConfig(platform));
    case "folder":
      say(`Reading the root file system ${base}...`);
      return await loadFolder(spec.path, emptyConfig(platform), {
        ...options,
        onForeignOwner: (count) =>
          say(`${count} files belong to users that do not exist here; in the image they belong to user 65534.`),
      });
    case "rootfs-tar":
      say(`Reading the root file system ${base}...`);
      return await loadRootfsTar(spec.path, emptyConfig(platform), options);
    case "oci-layout": {
      say(`Reading the base image ${base}...`);
      const store = layoutStore(spec.path);
      return await loadImage(store, await findManifest(store, spec.tag, platform), options);
    }
    case "oci-archive": {
      say(`Reading the base image ${base}...`);
      const store = await archiveStore(spec.path, scratchFile);
      return await loadImage(store, await findManifest(store, spec.tag, platform), options);
    }
    case "docker-archive":
      say(`Reading the base image ${base}...`);
      return await loadDockerArchive(spec.path, spec.tag, { ...options, scratchFile });
    case "registry":
      return await loadFromRegistry(options, spec.reference);
  }
}

type Reference = Extract<Awaited<ReturnType<typeof resolveBase>>, { kind: "registry" }>["reference"];

async function loadFromRegistry(options: BaseOptions, reference: Reference): Promise<LoadedBase> {
  const { say, signal, platform } = options;
  const [{ RegistryClient }, { pullImage }, { BlobCache }, { findCredentials }] = await Promise.all([
    import("../registry/registry-client.js"),
    import("../registry/pull-image.js"),
    import("../registry/blob-cache.js"),
    import("../registry/registry-credentials.js"),
  ]);
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
