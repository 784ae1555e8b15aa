import { createHash } from "node:crypto";
import { parseChecksumFile } from "../checksum-file.js";
import { InstallError } from "../install-error.js";
import type {
  ArchiveEntry,
  FetchedArchive,
  FetchOptions,
  OfferedVersion,
  Release,
  ReleaseFile,
  SourceOptions,
} from "../plugin-source.js";
import { printable } from "../printable.js";
import {
  entriesOf,
  hasSiteNames,
  MAX_BUNDLE_BYTES,
  MAX_CHECKSUM_FILE_BYTES,
  MAX_MANIFEST_BYTES,
  MAX_SIGNATURE_BYTES,
  offerText,
} from "./release-entries.js";

/** The files of one release at a source. */
export interface ReleaseFiles {
  /** Where the release is, for messages: a URL or a folder. */
  readonly where: string;
  /** Reads a small file; undefined when the release has none of this name. */
  read(name: string, options: SourceOptions & { readonly maxBytes: number }): Promise<Uint8Array | undefined>;
  /** See Release.fetchArchive. */
  fetch(name: string, file: string, options: FetchOptions): Promise<FetchedArchive>;
  /** Sigstore bundles that the source has beside the files. */
  attestations?(sha256: string, options: SourceOptions): Promise<readonly unknown[]>;
}

export interface OpenedNames {
  readonly offer: OfferedVersion;
  /** What the checksum file may be named. */
  readonly checksumNames: readonly string[];
  readonly manifestName: string;
  /** Said when there is no checksum file, after it. */
  readonly missingHint?: string;
}

/**
 * Opens a release by its checksum file, which has one of the names. Rejects with InstallError when there is none, or when it lists
 * no archive of the offered version.
 */
export async function openFiles(
  files: ReleaseFiles,
  { offer, checksumNames, manifestName, missingHint = "" }: OpenedNames,
  options: SourceOptions,
): Promise<Release> {
  const { name, content } = await readFirst(files, { checksumNames, missingHint }, options);
  const needsManifest = offer.family === "packer" && hasSiteNames(content, offer);
  // A release from GitHub in a mirror has the names of GitHub.
  const manifestNames = [...new Set([name.replace(/_SHA256SUMS$/, "_manifest.json"), manifestName])];
  const listed = { names: manifestNames, checksumFile: content, offer };
  const manifest = needsManifest ? await readManifest(files, listed, options) : undefined;
  const archives = entriesOf(content, offer, manifest === undefined ? undefined : apiIn(manifest.content));
  if (archives.length === 0) {
    const lacks = needsManifest ? `and no usable manifest ${manifestName}` : `(${name})`;
    throw new InstallError(
      `The checksum file of ${offerText(offer)} at ${files.where} lists no archive of this plugin and version ${lacks}.`,
    );
  }
  const checksumHash = createHash("sha256").update(content).digest("hex");
  const bundleNames = new Map(archives.map(({ sha256, fileName }) => [sha256, `${fileName}.sigstore.json`]));
  bundleNames.set(checksumHash, `${name}.sigstore.json`);
  return {
    offer,
    archives,
    checksumFile: { name, content },
    readManifest: async (more) => manifest ?? (await readManifest(files, listed, more)),
    readSignature: (more) => files.read(`${name}.sig`, { ...more, maxBytes: MAX_SIGNATURE_BYTES }),
    readAttestations: async (sha256, more) => {
      const bundleName = bundleNames.get(sha256);
      const own =
        bundleName === undefined ? undefined : await files.read(bundleName, { ...more, maxBytes: MAX_BUNDLE_BYTES });
      const bundles = own === undefined ? [] : parseBundles(own, `${files.where}: ${bundleName}`);
      if (more.onlyFiles === true) return bundles;
      return [...bundles, ...((await files.attestations?.(sha256, more)) ?? [])];
    },
    fetchArchive: (entry: ArchiveEntry, file: string, more: FetchOptions) => files.fetch(entry.fileName, file, more),
  };
}

async function readFirst(
  files: ReleaseFiles,
  { checksumNames, missingHint }: { checksumNames: readonly string[]; missingHint: string },
  options: SourceOptions,
): Promise<{ name: string; content: Uint8Array }> {
  for (const name of checksumNames) {
    const content = await files.read(name, { ...options, maxBytes: MAX_CHECKSUM_FILE_BYTES });
    if (content !== undefined) return { name, content };
  }
  throw new InstallError(
    `${files.where} has no checksum file ${checksumNames[0]}: a plugin cannot be checked without it.${missingHint}`,
  );
}

/** The first manifest of these names. Rejects with InstallError when the checksum file lists another one of that name. */
async function readManifest(
  files: ReleaseFiles,
  about: { readonly names: readonly string[]; readonly checksumFile: Uint8Array; readonly offer: OfferedVersion },
  options: SourceOptions,
): Promise<ReleaseFile | undefined> {
  for (const name of about.names) {
    const content = await files.read(name, { ...options, maxBytes: MAX_MANIFEST_BYTES });
    if (content === undefined) continue;
    const sha256 = createHash("sha256").update(content).digest("hex");
    const listed = parseChecksumFile(about.checksumFile).filter(({ fileName }) => fileName === name);
    if (listed.length === 0 || listed.some((line) => line.sha256 === sha256)) return { name, content };
    throw new InstallError(
      `${name} of ${offerText(about.offer)} at ${files.where} is not the one that the checksum file lists.
  listed: ${listed.map((line) => line.sha256).join(", ")}
  found:  ${sha256}`,
    );
  }
  return undefined;
}

/** `x5.0` from a manifest with `{"metadata": {"protocol_version": "5.0"}}`. */
function apiIn(manifest: Uint8Array): string | undefined {
  try {
    const { metadata } = JSON.parse(Buffer.from(manifest).toString("utf8")) as {
      metadata?: { protocol_version?: unknown };
    };
    const version = metadata?.protocol_version;
    return typeof version === "string" && /^\d{1,4}\.\d{1,4}$/.test(version) ? `x${version}` : undefined;
  } catch {
    return undefined; // not JSON
  }
}

/** A file of bundles: one as JSON, a list, or one a line. */
function parseBundles(content: Uint8Array, where: string): readonly unknown[] {
  const text = Buffer.from(content).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    try {
      return lines.map((line): unknown => JSON.parse(line));
    } catch (cause) {
      throw new InstallError(`${printable(where, 600)} is not JSON.`, { cause });
    }
  }
}
