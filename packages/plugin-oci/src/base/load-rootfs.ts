import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { clampTime } from "../image/clamp-time.js";
import { decompress } from "../image/decompress.js";
import { blobPath } from "../image/image-layout.js";
import type { HistoryEntry, ImageConfig, Layer } from "../image/image-spec.js";
import { LayerWriter } from "../image/layer-writer.js";
import type { IdSpace } from "../sandbox/id-space.js";
import { folderEntries } from "../sandbox/layer-changes.js";
import { readTar } from "../tar/read-tar.js";
import type { LoadedBase } from "./loaded-base.js";
import { MergedTree } from "./merge-layers.js";

/** What a base is loaded with. */
export interface LoadOptions {
  /** The new image's layout, which gets the base's layers. */
  readonly layout: string;
  readonly ids: IdSpace;
  readonly sourceDateEpoch: number | undefined;
  readonly signal: AbortSignal;
}

/** Owners beyond this are what the kernel shows for users that do not exist in a user namespace. */
const overflowId = 65534;

/**
 * Makes the first layer from a folder with a root file system. In a user namespace our own files become root's, and
 * `onForeignOwner` is told how many belong to users that do not exist there; a folder of somebody else is read from outside
 * instead, where all owners are to be seen, and then needs a copy that provisioners may change. The layer of our own folder
 * is written in the background.
 */
export async function loadFolder(
  folder: string,
  config: ImageConfig,
  options: LoadOptions & { readonly onForeignOwner?: (count: number) => void },
): Promise<LoadedBase> {
  const tree = new MergedTree();
  const writer = await LayerWriter.create(options.layout);
  const isOurs = options.ids.mode === "host" || (await stat(folder)).uid === process.geteuid?.();
  const prefix = isOurs ? options.ids.prefix : [];
  const writeLayer = async (): Promise<Pick<LoadedBase, "config" | "layers">> => {
    let foreign = 0;
    let index = 0;
    try {
      for await (const item of folderEntries(prefix, folder, options.signal)) {
        const entry = clampTime(item.entry, options.sourceDateEpoch);
        if (isOurs && options.ids.mode !== "host" && entry.uid === overflowId) foreign++;
        tree.add(entry, 0, index++);
        await writer.add(entry, item.content());
      }
      const layer = await writer.end();
      if (foreign > 0) options.onForeignOwner?.(foreign);
      return { config: withLayer(config, layer, options, `the folder ${basename(folder)}`), layers: [layer] };
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  };
  if (isOurs) {
    const pending = writeLayer();
    pending.catch(() => undefined); // whoever waits for it hears of it
    return { config, layers: [], tree, sources: [], folder, pending };
  }
  const loaded = await writeLayer();
  const blob = blobPath(options.layout, loaded.layers[0]?.descriptor.digest ?? "");
  const open = (): AsyncIterable<Buffer> => decompress(createReadStream(blob, { highWaterMark: 256 * 1024 }), folder);
  return { ...loaded, tree, sources: [{ name: folder, open }] };
}

/** Makes the first layer from an archive of a root file system: its bytes as they are, compressed anew. */
export async function loadRootfsTar(path: string, config: ImageConfig, options: LoadOptions): Promise<LoadedBase> {
  const open = (): AsyncIterable<Buffer> => decompress(createReadStream(path, { highWaterMark: 256 * 1024 }), path);
  const tree = new MergedTree();
  const layer = await storeLayer(open(), { tree, index: 0, name: path, ...options });
  const source = { name: path, open };
  return {
    config: withLayer(config, layer, options, `the archive ${basename(path)}`),
    layers: [layer],
    tree,
    sources: [source],
  };
}

/** Compresses an uncompressed layer into the layout and adds its entries to a tree, in one pass. */
export async function storeLayer(
  chunks: AsyncIterable<Buffer>,
  options: LoadOptions & { readonly tree: MergedTree; readonly index: number; readonly name: string },
): Promise<Layer> {
  const writer = await LayerWriter.create(options.layout);
  const teed = async function* (): AsyncGenerator<Buffer> {
    for await (const part of chunks) {
      options.signal.throwIfAborted();
      await writer.writeRaw(part);
      yield part;
    }
  };
  try {
    let number = 0;
    for await (const { entry } of readTar(teed(), options.name)) options.tree.add(entry, options.index, number++);
    return await writer.endRaw();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function withLayer(config: ImageConfig, layer: Layer, { sourceDateEpoch }: LoadOptions, what: string): ImageConfig {
  const created = sourceDateEpoch === undefined ? {} : { created: new Date(sourceDateEpoch * 1000).toISOString() };
  const history: HistoryEntry = { ...created, created_by: `ingot: ${what}` };
  return { ...config, rootfs: { type: "layers", diff_ids: [layer.diffId] }, history: [history] };
}
