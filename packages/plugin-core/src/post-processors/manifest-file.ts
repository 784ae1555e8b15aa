import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@ingot/sdk";
import { failedCall } from "../system-error.js";

/** One build in a manifest. The order of the keys is the order in the file. */
export interface ManifestBuild {
  readonly name: string;
  readonly builder_type: string;
  /** Unix seconds. Absent with `strip_time`. */
  readonly build_time?: number;
  /** Null when the artifact has no files. */
  readonly files: readonly { readonly name: string; readonly size: number }[] | null;
  readonly artifact_id: string;
  readonly packer_run_uuid: string;
  /** Null when the template sets none. */
  readonly custom_data: Readonly<Record<string, string>> | null;
}

interface Manifest {
  readonly builds: readonly ManifestBuild[];
  readonly last_run_uuid: string;
}

export interface AppendOptions {
  readonly path: string;
  readonly build: ManifestBuild;
  /** Drop what an earlier run wrote. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

const LOCK_PAUSE_MS = 20;
/** A lock is held for milliseconds. One that is this old was left behind by a crash, and must not stop every build. */
const STALE_LOCK_MS = 2_000;
/** Whatever happens, nobody waits longer. */
const LOCK_LIMIT_MS = 30_000;

/**
 * Adds a build to a manifest file, which it makes when there is none. Builds that end at the same time, in other processes too,
 * wait for one another by a lock file. Rejects with the reference's messages when the file can't be read, parsed or written.
 */
export async function appendToManifest({ path, build, force, signal }: AppendOptions): Promise<void> {
  const lock = `${path}.lock`;
  await takeLock(lock, signal);
  try {
    const old = await readManifest(path);
    const keep = old !== undefined && !(force && old.last_run_uuid !== build.packer_run_uuid);
    const manifest: Manifest = {
      builds: [...(keep ? old.builds : []), build],
      last_run_uuid: build.packer_run_uuid,
    };
    await writeFile(path, manifestText(manifest), { mode: 0o664 }).catch(
      failedCall(`Unable to write ${path}: `, "open", path),
    );
  } finally {
    await rm(lock, { force: true });
  }
}

/** Makes the lock file, after waiting for those who have it. */
async function takeLock(lock: string, signal: AbortSignal): Promise<void> {
  const end = performance.now() + LOCK_LIMIT_MS;
  while (performance.now() < end) {
    try {
      await (await open(lock, "wx", 0o600)).close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return; // the write will say why
    }
    const since = await stat(lock).catch(() => undefined);
    if (since !== undefined && Date.now() - since.mtimeMs > STALE_LOCK_MS) await rm(lock, { force: true });
    else await sleep(LOCK_PAUSE_MS * (1 + Math.random()), undefined, { signal });
  }
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return failedCall(`Unable to open ${path} for reading: `, "open", path)(error);
  }
  if (text === "") return undefined; // made beforehand, for its owner or its rights
  try {
    const parsed = JSON.parse(text) as Partial<Manifest> | null;
    return { builds: parsed?.builds ?? [], last_run_uuid: parsed?.last_run_uuid ?? "" };
  } catch (error) {
    throw new Error(`Unable to parse content from ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** JSON with two-space indent and no final line feed; strings are escaped as Go's encoder does. */
export function manifestText(manifest: unknown): string {
  return JSON.stringify(manifest, null, 2).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
