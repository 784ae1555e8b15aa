import { rm, rmdir, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { CleanupContext } from "../component.js";
import type { ResourceRecord } from "../resources.js";

/** The kind of records for temporary files and folders. */
export const TEMPORARY_KIND = "temporary-files";
/** The kind of records for output directories. */
export const OUTPUT_KIND = "output-directory";

const TRIES = 5;
const RETRY_MS = 2_000;

/**
 * Removes what the parts of this module recorded. A builder that uses createFloppy, createCd or createOutputDirectory spreads
 * it into its `destroy`: `destroy: { ...destroyParts, vm: ... }`.
 */
export const destroyParts = {
  [TEMPORARY_KIND]: ({ id }: ResourceRecord): Promise<void> => rm(id, { recursive: true, force: true }),
  [OUTPUT_KIND]: destroyOutputDirectory,
};

/** An output directory's record tells which folder it is, so that one which somebody else made since then is left alone. */
async function destroyOutputDirectory({ id, locator }: ResourceRecord, { ui, log }: CleanupContext): Promise<void> {
  const found = await stat(id, { bigint: true }).catch(() => undefined);
  if (found === undefined) return;
  if (locator["folder"] === undefined) {
    await rmdir(id).catch(() => {}); // not made, or only just: it is empty or not ours
    return;
  }
  if (locator["folder"] !== folderIdentity(found)) return log.warn("the output directory is another one", { path: id });
  ui.say("Deleting output directory...");
  for (let tries = 1; ; tries++) {
    try {
      return await rm(id, { recursive: true, force: true });
    } catch (error) {
      if (tries === TRIES) throw error;
      log.warn("removing the output directory failed", { path: id, tries });
      await sleep(RETRY_MS);
    }
  }
}

/** Tells a folder from another one that has its path later. */
export function folderIdentity({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}
