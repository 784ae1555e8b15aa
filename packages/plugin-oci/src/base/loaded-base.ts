import type { ImageConfig, Layer } from "../image/image-spec.js";
import type { LayerSource } from "../sandbox/extract-tree.js";
import { MergedTree } from "./merge-layers.js";

/** A base image whose layers are in the new image's layout already. */
export interface LoadedBase {
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
  /** What the layers give together. */
  readonly tree: MergedTree;
  /** How to read the layers again, to extract them. Empty when `folder` has the files already. */
  readonly sources: readonly LayerSource[];
  /** The user's own folder with the files; it must not be changed. */
  readonly folder?: string;
  /** Set while the layer is still being written, which need not be waited for to run provisioners: what the image has then. */
  readonly pending?: Promise<Pick<LoadedBase, "config" | "layers">>;
}

/** The configuration of an image that has none yet. */
export function emptyConfig(platform: {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}): ImageConfig {
  const { os, architecture, variant } = platform;
  return {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    config: {},
    rootfs: { type: "layers", diff_ids: [] },
  };
}

/** A base without files. */
export function scratchBase(config: ImageConfig): LoadedBase {
  return { config, layers: [], tree: new MergedTree(), sources: [] };
}
