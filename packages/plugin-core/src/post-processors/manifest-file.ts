import { open, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@ingot/sdk";

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

const LOCK_PAUSES_MS = [0, 200, 400];

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
    await writeFile(path, manifestText(manifest), { mode: 0o664 }).catch((error: unknown) => {
      throw new Error(`Unable to write ${path}: ${messageOf(error)}`, { cause: error });
    });
  } finally {
    await rm(lock, { force: true });
  }
}

/** Makes the lock file; goes on without it after three attempts, since one that a crash left behind must not stop every build. */
async function takeLock(lock: string, signal: AbortSignal): Promise<void> {
  for (const pause of LOCK_PAUSES_MS) {
    if (pause > 0) await sleep(pause, undefined, { signal });
    try {
      await (await open(lock, "wx", 0o600)).close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return; // the write will say why
    }
  }
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`Unable to open ${path} for reading: ${messageOf(error)}`, { cause: error });
  }
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
