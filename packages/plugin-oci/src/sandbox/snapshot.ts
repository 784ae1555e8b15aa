import { setTimeout as sleep } from "node:timers/promises";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { streamTool } from "./run-tool.js";
import type { IdSpace } from "./id-space.js";
import { writeFully } from "../image/image-layout.js";

/** Where a snapshot is, and what it is of. */
export interface SnapshotOptions {
  readonly ids: IdSpace;
  readonly work: string;
  readonly signal: AbortSignal;
}

/** What changed in the copy of the base: paths are byte strings relative to the root. */
export interface SnapshotChanges {
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Notes inode and change time of everything in the copy. The change time cannot be set by programs, so that it tells what
 * was touched, whatever happened to sizes and modification times.
 */
export async function takeSnapshot({ ids, work, signal }: SnapshotOptions): Promise<void> {
  const file = await open(snapshotFile(work), "w");
  try {
    for await (const part of streamTool(listCommand(ids, work), { signal })) await writeFully(file, part);
  } finally {
    await file.close();
  }
  await sleep(50, undefined, { signal }); // change times are as coarse as the kernel's tick: let it pass
}

/** Compares the copy with its snapshot. Parents come before what is in them; what is in a removed folder is left out. */
export async function findChanges({ ids, work, signal }: SnapshotOptions): Promise<SnapshotChanges> {
  const before = new Map<string, string>();
  for await (const { path, stamp } of parseList(createReadStream(snapshotFile(work)))) before.set(path, stamp);
  const changed: string[] = [];
  for await (const { path, stamp } of parseList(streamTool(listCommand(ids, work), { signal }))) {
    if (before.get(path) !== stamp) changed.push(path);
    before.delete(path);
  }
  const gone = new Set(before.keys());
  const removed = [...gone].filter((path) => !gone.has(path.slice(0, Math.max(0, path.lastIndexOf("/")))));
  return { changed: changed.sort(compareBytes), removed: removed.sort(compareBytes) };
}

function snapshotFile(work: string): string {
  return join(work, "snapshot");
}

function listCommand(ids: IdSpace, work: string): string[] {
  return [...ids.prefix, "find", join(work, "copy"), "-mindepth", "1", "-printf", "%y %i %C@ %P\\0"];
}

async function* parseList(chunks: AsyncIterable<unknown>): AsyncGenerator<{ path: string; stamp: string }> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + (chunk as Buffer).toString("latin1")).split("\0"); // both sources give buffers
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const match = /^(\S+ \S+ \S+) ([^]*)$/.exec(line);
      if (match?.[1] !== undefined && match[2] !== undefined) yield { stamp: match[1], path: match[2] };
    }
  }
}

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
