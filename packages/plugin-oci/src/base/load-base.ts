import { join } from "node:path";
import type { Platform } from "../image/image-spec.js";
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
      return await (await import("./load-registry.js")).loadFromRegistry(options, spec.reference);
  }
}
