import { join } from "node:path";
import type { MergedTree } from "../base/merge-layers.js";
import { readTar, type TarItem } from "../tar/read-tar.js";
import type { TarEntry } from "../tar/tar-entry.js";
import { tarHeader, tarPadding, tarTrailer } from "../tar/write-tar.js";
import type { IdSpace } from "./id-space.js";
import { streamTool } from "./run-tool.js";

/** A layer's uncompressed tar, which can be read again and again. */
export interface LayerSource {
  readonly name: string;
  open(): AsyncIterable<Buffer>;
}

/** What to extract, and where to. */
export interface ExtractOptions {
  readonly tree: MergedTree;
  readonly layers: readonly LayerSource[];
  readonly ids: IdSpace;
  /** The work folder; the tree goes into its folder "base". */
  readonly work: string;
  readonly signal: AbortSignal;
}

/**
 * Writes a merged tree to disk with owners, modes, times and attributes, by GNU tar in the id space. tar gets one archive
 * of plain paths: folders first, then files, links last, so that no path leads through a link.
 */
export async function extractTree({ tree, layers, ids, work, signal }: ExtractOptions): Promise<void> {
  const owner = ids.mode === "single" ? ["--no-same-owner"] : ["--same-owner"];
  const attributes = ["--xattrs", "--xattrs-include=user.*", "--xattrs-include=security.capability"];
  const command = [
    ...[...ids.prefix, "tar", "--extract", "--file=-", "--preserve-permissions", "--numeric-owner", ...owner],
    ...[...attributes, "--delay-directory-restore", "--warning=no-timestamp", `--directory=${join(work, "base")}`],
  ];
  const archive = treeArchive({ tree, layers, ids });
  for await (const part of streamTool(command, { stdin: archive, signal })) void part; // tar says nothing on stdout
}

async function* treeArchive({
  tree,
  layers,
  ids,
}: Pick<ExtractOptions, "tree" | "layers" | "ids">): AsyncGenerator<Buffer> {
  const names = new Map<object, string[]>();
  const special: TarEntry[] = [];
  for (const { path, node } of tree.walk()) {
    const { inode } = node;
    const known = names.get(inode);
    if (known !== undefined) known.push(path);
    else {
      names.set(inode, [path]);
      if (inode.entry.type === "directory") yield tarHeader(owned({ ...inode.entry, path }, ids));
      else if (inode.entry.type !== "file" && isPossible(inode.entry, ids)) special.push({ ...inode.entry, path });
    }
  }
  const wanted = layers.map(() => new Map<number, string[]>());
  for (const [inode, paths] of names) {
    const { layer, index, entry } = inode as { layer: number; index: number; entry: TarEntry };
    if (entry.type === "file") wanted[layer]?.set(index, paths);
  }
  for (const [number, layer] of layers.entries()) {
    const files = wanted[number];
    if (files !== undefined && files.size > 0) yield* layerFiles(layer, files, ids);
  }
  for (const entry of special) yield tarHeader(owned(entry, ids));
  for (const [inode, [first = "", ...rest]] of names) {
    const { entry } = inode as { entry: TarEntry };
    if (entry.type !== "file" && isPossible(entry, ids)) yield* hardLinks(entry, first, rest);
  }
  yield tarTrailer;
}

async function* layerFiles(
  layer: LayerSource,
  files: ReadonlyMap<number, readonly string[]>,
  ids: IdSpace,
): AsyncGenerator<Buffer> {
  let index = -1;
  let left = files.size;
  for await (const item of readTar(layer.open(), layer.name)) {
    index++;
    const [first, ...rest] = files.get(index) ?? [];
    if (first === undefined) continue;
    yield* fileBlocks({ ...item, entry: owned({ ...item.entry, path: first }, ids) });
    yield* hardLinks(item.entry, first, rest);
    if (--left === 0) return;
  }
}

async function* fileBlocks({ entry, content }: TarItem): AsyncGenerator<Buffer> {
  yield tarHeader(entry);
  if (entry.size === 0) return;
  yield* content();
  yield tarPadding(entry.size);
}

function* hardLinks(entry: TarEntry, first: string, rest: readonly string[]): Generator<Buffer> {
  for (const path of rest) yield tarHeader({ ...entry, type: "link", path, linkTarget: first, size: 0 });
}

/** Device files cannot be made in a user namespace; the image keeps them in its base layers all the same. */
function isPossible(entry: TarEntry, ids: IdSpace): boolean {
  return ids.isInitial || (entry.type !== "char" && entry.type !== "block");
}

/** Owners that do not exist here become root. The image keeps the true ones in its base layers. */
function owned(entry: TarEntry, ids: IdSpace): TarEntry {
  const xattrs = entry.type === "file" || entry.type === "directory" ? entry.xattrs : new Map<string, Buffer>();
  return {
    ...entry,
    uid: ids.canOwn(entry.uid) ? entry.uid : 0,
    gid: ids.canOwn(entry.gid) ? entry.gid : 0,
    xattrs,
  };
}
