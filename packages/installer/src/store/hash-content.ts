import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readdirSync, statSync, type BigIntStats } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { binaryHash, contentHash, type ContentFile } from "../content-hash.js";
import { InstallError } from "../install-error.js";
import { isExecutableName } from "./plugin-files.js";
import type { FactCache } from "./fact-cache.js";

export interface HashOptions {
  /** What is known by size, times and inode. */
  readonly cache: FactCache;
  /** Reads every byte even so. */
  readonly thorough?: boolean;
  readonly signal: AbortSignal;
}

interface KnownHash {
  readonly fingerprint: string;
  readonly hash: string;
}

/** Files that changed less than this long ago may change again without another time in their metadata. */
const SETTLED_MS = 50;

/**
 * The content hash of an unpacked Ingot plugin. Files whose size, times and inode are those of the last time are not read. Rejects
 * with InstallError when there is something that no plugin has: a folder, a link, a device.
 */
export async function hashFolder(folder: string, options: HashOptions): Promise<string> {
  const known = options.cache.read("content", folder) as KnownHash | undefined;
  const [files, fingerprint] = look(folder);
  if (known?.fingerprint === fingerprint && options.thorough !== true) return known.hash;
  const contents: ContentFile[] = [];
  for (const { name, path, isExecutable } of files) {
    contents.push({ name, sha256: await sha256Of(path, options.signal), isExecutable });
  }
  const hash = contentHash(contents);
  const [, after] = look(folder);
  if (after !== fingerprint) throw new InstallError(`${folder} was changed while it was read.`);
  if (isSettled(files)) rememberHash(options.cache, folder, { fingerprint, hash });
  return hash;
}

/** The content hash of a Packer plugin's file, in the same manner. */
export async function hashBinary(path: string, options: HashOptions): Promise<string> {
  const known = options.cache.read("content", path) as KnownHash | undefined;
  const stats = statSync(path, { bigint: true });
  const fingerprint = fingerprintOf(stats);
  if (known?.fingerprint === fingerprint && options.thorough !== true) return known.hash;
  if (!stats.isFile()) throw new InstallError(`${path} is not a file.`);
  const hash = binaryHash(await sha256Of(path, options.signal));
  if (fingerprintOf(statSync(path, { bigint: true })) !== fingerprint)
    throw new InstallError(`${path} was changed while it was read.`);
  if (isSettled([{ stats }])) rememberHash(options.cache, path, { fingerprint, hash });
  return hash;
}

/** Keeps what the writer of the files knows, so that they needn't be read at their first use. */
export function rememberFolder(folder: string, hash: string, cache: FactCache): void {
  remember(folder, hash, { cache, look: () => look(folder)[1] });
}

export function rememberBinary(path: string, hash: string, cache: FactCache): void {
  remember(path, hash, { cache, look: () => fingerprintOf(statSync(path, { bigint: true })) });
}

function remember(path: string, hash: string, to: { readonly cache: FactCache; readonly look: () => string }): void {
  try {
    rememberHash(to.cache, path, { fingerprint: to.look(), hash });
  } catch {
    // another process removed it already
  }
}

function rememberHash(cache: FactCache, path: string, known: KnownHash): void {
  cache.write("content", path, known);
}

interface FoundFile {
  readonly name: string;
  readonly path: string;
  readonly stats: BigIntStats;
  readonly isExecutable: boolean;
}

function look(folder: string): readonly [readonly FoundFile[], string] {
  const files = readdirSync(folder)
    .sort()
    .map((name): FoundFile => {
      const path = join(folder, name);
      const stats = lstatSync(path, { bigint: true });
      if (!stats.isFile()) throw new InstallError(`${path} is not a regular file.`);
      // Windows knows no such bit: there the name decides, which gives the same hash.
      const isExecutable = process.platform === "win32" ? isExecutableName(name) : (stats.mode & 0o100n) !== 0n;
      return { name, path, stats, isExecutable };
    });
  return [files, files.map(({ name, stats }) => `${name} ${fingerprintOf(stats)}`).join("\n")];
}

function fingerprintOf({ size, mtimeNs, ctimeNs, ino, dev, mode }: BigIntStats): string {
  return [size, mtimeNs, ctimeNs, ino, dev, mode].join(" ");
}

function isSettled(files: readonly { readonly stats: BigIntStats }[]): boolean {
  const newest = files.reduce((max, { stats }) => (stats.ctimeMs > max ? stats.ctimeMs : max), 0n);
  return Date.now() - Number(newest) > SETTLED_MS;
}

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest("hex");
}
