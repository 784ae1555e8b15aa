import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolders } from "@ingot/files";
import { isError, messageOf } from "@ingot/diag";
import { compareVersions } from "@ingot/template";
import { fetchChecked } from "./fetch-checked.js";
import { hashFile } from "./hash-file.js";
import { checkRelease, type CheckedRelease } from "./install-release.js";
import type { InstallContext } from "./install-context.js";
import { InstallError, isInstallError } from "./install-error.js";
import type { LockedPlugin } from "./lock/lock-file.js";
import type { Platform } from "./platform.js";
import type { ArchiveEntry } from "./plugin-source.js";
import { parseCanonicalVersion } from "./plugin-version.js";
import { archivesFor, releaseOf } from "./release-of.js";
import type { Requirement } from "./requirement.js";
import { INDEX_FILE, indexText, mirrorFolder, parseIndex, pluginFolder } from "./sources/static/mirror-layout.js";

export interface VendoredPlugin {
  readonly requirement: Requirement;
  readonly version: string;
  /** The folder of the release in the mirror. Absolute. */
  readonly folder: string;
  /** The names of the files in it. */
  readonly files: readonly string[];
}

/**
 * Copies a release into a folder that serves as a mirror: as it is, or from any web server. The checksum file and signatures are copied
 * unchanged, the archives for the given platforms are added to those that are there. Throws InstallError.
 */
export async function vendorPlugin(
  requirement: Requirement,
  {
    mirror,
    locked,
    platforms,
  }: { readonly mirror: string; readonly locked: LockedPlugin | undefined; readonly platforms: readonly Platform[] },
  context: InstallContext,
): Promise<VendoredPlugin> {
  const found = await releaseOf(requirement, { locked, platforms }, context);
  const { constraintText } = requirement;
  const checked = await checkRelease(found, { locked, constraintText }, context);
  const { version } = checked.lockEntry;
  const parts = mirrorFolder(found.offer.address, found.offer.family);
  const folder = path.join(mirror, ...parts, version);
  const archives = archivesFor(found, platforms).map(({ archive }) => archive);
  const files: string[] = [];
  try {
    await makeFolders(folder);
    for (const archive of archives) {
      await copyArchive(checked, archive, { folder, context });
      files.push(archive.fileName);
    }
    for (const [name, content] of await smallFiles(checked, archives, context)) {
      await replaceFile(path.join(folder, name), content);
      files.push(name);
    }
    await addToIndex(path.join(mirror, ...parts), checked);
  } catch (error) {
    if (!isError(error) || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new InstallError(`The mirror ${mirror} can't be written: ${messageOf(error)}`, { cause: error });
  }
  return { requirement, version, folder, files: files.sort() };
}

async function copyArchive(
  checked: CheckedRelease,
  archive: ArchiveEntry,
  { folder, context }: { readonly folder: string; readonly context: InstallContext },
): Promise<void> {
  const file = path.join(folder, archive.fileName);
  if ((await hashFile(file).catch(() => undefined)) === archive.sha256) return; // it is there already
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await fetchChecked(checked, archive, { file: temporary, context });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** What belongs to a release besides its archives. */
async function smallFiles(
  { release, offer, lockEntry }: CheckedRelease,
  archives: readonly ArchiveEntry[],
  { signal, report, signatures }: InstallContext,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const options = { signal, notice: (text: string) => report.notice(offer.address.text, text) };
  const { checksumFile } = release;
  const files = new Map([[checksumFile.name, checksumFile.content]]);
  const manifest = await release.readManifest(options);
  if (manifest !== undefined) files.set(manifest.name, manifest.content);
  const signature = await release.readSignature(options);
  if (signature !== undefined) files.set(`${checksumFile.name}.sig`, signature);
  const attested = [
    { name: checksumFile.name, sha256: createHash("sha256").update(checksumFile.content).digest("hex") },
    ...archives.map(({ fileName, sha256 }) => ({ name: fileName, sha256 })),
  ];
  for (const { name, sha256 } of attested) {
    const bundles = await release.readAttestations(sha256, options).catch((error: unknown) => {
      signal.throwIfAborted();
      const isNeeded = signatures.policy === "require" || lockEntry.signer !== undefined;
      if (isNeeded || !isInstallError(error)) throw error;
      report.warning(offer.address.text, `Attestations of ${name} were not copied. ${error.message}`);
      return [];
    });
    if (bundles.length > 0) files.set(`${name}.sigstore.json`, Buffer.from(`${JSON.stringify(bundles)}\n`));
  }
  return files;
}

async function addToIndex(folder: string, { offer, lockEntry }: CheckedRelease): Promise<void> {
  const file = path.join(folder, INDEX_FILE);
  const old = await readFile(file).catch(() => undefined);
  const known = (old && parseIndex(old)) ?? [];
  const { version, repository } = lockEntry;
  const others = known
    .filter((entry) => entry.version !== version)
    .map((entry) => ({ version: entry.version, repository: entry.repository ?? repository }));
  const all = [...others, { version, repository }].flatMap((entry) => {
    const parsed = parseCanonicalVersion(entry.version);
    return parsed === undefined ? [] : [{ entry, parsed }];
  });
  all.sort((a, b) => compareVersions(a.parsed, b.parsed));
  const text = indexText(
    pluginFolder(offer.address, offer.family),
    all.map(({ entry }) => entry),
  );
  await replaceFile(file, Buffer.from(text));
}

/** Whoever reads a mirror meanwhile sees the old file or the new one. */
async function replaceFile(file: string, content: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content, { flag: "wx" });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
