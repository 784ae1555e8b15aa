import { join } from "node:path";
import type { MergedTree } from "../base/merge-layers.js";
import { readTar, type TarItem } from "../tar/read-tar.js";
import { tarEntry, type TarEntry } from "../tar/tar-entry.js";
import type { IdSpace } from "./id-space.js";
import { streamTool } from "./run-tool.js";
import { findChanges } from "./snapshot.js";

/** An entry for the layer; files come with their content. */
export type LayerItem = Pick<TarItem, "entry"> & Partial<Pick<TarItem, "content">>;

/** What was changed, against what. */
export interface ChangesOptions {
  readonly ids: IdSpace;
  readonly work: string;
  readonly base: MergedTree;
  readonly signal: AbortSignal;
}

const tarOptions = [
  ...["--create", "--file=-", "--format=pax", "--sort=name", "--numeric-owner", "--xattrs"],
  ...["--xattrs-include=user.*", "--xattrs-include=security.capability", "--xattrs-include=trusted.overlay.*"],
];

/**
 * Reads a folder as layer entries, sorted by name, folders before their content. The folder itself is left out. `prefix` is
 * that of the id space in which to read.
 */
export async function* folderEntries(
  prefix: readonly string[],
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<TarItem> {
  const command = [...prefix, "tar", ...tarOptions, `--directory=${folder}`, "."];
  for await (const item of readTar(streamTool(command, { signal }), folder))
    if (item.entry.path !== "") yield { ...item, entry: keepAttributes(item.entry) };
}

/**
 * Gives what a sandbox over an overlay changed, as entries of an OCI layer: overlayfs keeps it in its upper folder, with a
 * character device 0/0 for each name that was removed and an attribute on each folder that hides the one below.
 */
export async function* overlayChanges({ ids, work, base, signal }: ChangesOptions): AsyncGenerator<LayerItem> {
  const command = [...ids.prefix, "tar", ...tarOptions, `--directory=${join(work, "upper")}`, "."];
  for await (const item of readTar(streamTool(command, { signal }), "the changes")) {
    const { entry } = item;
    if (entry.path === "") continue;
    if (entry.type === "char" && entry.devMajor === 0 && entry.devMinor === 0) {
      if (base.find(entry.path) !== undefined) yield { entry: whiteout(entry.path) };
      continue;
    }
    yield { ...item, entry: restoreOwner(keepAttributes(entry), base, ids) };
    const isOpaque = isMarkedOpaque(entry) && base.find(entry.path)?.children !== undefined;
    if (isOpaque) yield { entry: tarEntry(`${entry.path}/.wh..wh..opq`, "file") };
  }
}

/** Gives what a sandbox over a copy changed, as entries of an OCI layer: removals first. */
export async function* copyChanges({ ids, work, base, signal }: ChangesOptions): AsyncGenerator<LayerItem> {
  const { changed, removed } = await findChanges({ ids, work, signal });
  for (const path of removed) if (base.find(path) !== undefined) yield { entry: whiteout(path) };
  if (changed.length === 0) return;
  const command = [
    ...[...ids.prefix, "tar", ...tarOptions, `--directory=${join(work, "copy")}`],
    ...["--no-recursion", "--null", "--verbatim-files-from", "--files-from=-"],
  ];
  const names = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from(changed.map((path) => `./${path}\0`).join(""), "latin1");
  };
  for await (const item of readTar(streamTool(command, { signal, stdin: names() }), "the changes"))
    yield { ...item, entry: restoreOwner(keepAttributes(item.entry), base, ids) };
}

/** The entry that removes a name of a lower layer. */
function whiteout(path: string): TarEntry {
  const cut = path.lastIndexOf("/") + 1;
  return tarEntry(`${path.slice(0, cut)}.wh.${path.slice(cut)}`, "file");
}

function isMarkedOpaque({ type, xattrs }: TarEntry): boolean {
  if (type !== "directory") return false;
  const mark = xattrs.get("trusted.overlay.opaque") ?? xattrs.get("user.overlay.opaque");
  return mark?.toString("latin1") === "y";
}

/** Keeps the attributes that belong to the file itself, not to overlayfs. */
function keepAttributes(entry: TarEntry): TarEntry {
  if (entry.xattrs.size === 0) return entry;
  const kept = [...entry.xattrs].filter(
    ([name]) => name === "security.capability" || (name.startsWith("user.") && !name.startsWith("user.overlay.")),
  );
  return { ...entry, xattrs: new Map(kept) };
}

/** Files of owners that cannot exist in the id space belong to root there; in the layer they get their owner back. */
function restoreOwner(entry: TarEntry, base: MergedTree, ids: IdSpace): TarEntry {
  if (ids.isInitial) return entry;
  const original = base.find(entry.path)?.inode.entry;
  if (original === undefined || (original.type === "directory") !== (entry.type === "directory")) return entry;
  const uid = entry.uid === 0 && !ids.canOwn(original.uid) ? original.uid : entry.uid;
  const gid = entry.gid === 0 && !ids.canOwn(original.gid) ? original.gid : entry.gid;
  return { ...entry, uid, gid };
}
