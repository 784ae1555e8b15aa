import type { TarEntry } from "../tar/tar-entry.js";

/** Gives an entry that is not younger than SOURCE_DATE_EPOCH, when that is set. */
export function clampTime(entry: TarEntry, sourceDateEpoch: number | undefined): TarEntry {
  if (sourceDateEpoch === undefined || entry.mtime <= sourceDateEpoch) return entry;
  return { ...entry, mtime: sourceDateEpoch };
}
