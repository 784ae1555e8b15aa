import type { PluginAddress } from "./plugin-address.js";
import type { Platform } from "./platform.js";

/** Whose plugin protocol and naming rules a release follows: `ingot-plugin-NAME_v...` or `packer-plugin-NAME_v...`. */
export type PluginFamily = "ingot" | "packer";

/** A place that offers releases of plugins. Errors are InstallError with a text for people. */
export interface PluginSource {
  /** For messages, such as "github.com" or "the mirror /srv/plugins". */
  readonly description: string;
  /** All versions on offer, in any order; empty when the place doesn't know the plugin. */
  listVersions(address: PluginAddress, options: SourceOptions): Promise<readonly OfferedVersion[]>;
  /** Reads what a release consists of: its checksum file and signatures, no archives. */
  openRelease(offer: OfferedVersion, options: SourceOptions): Promise<Release>;
}

export interface SourceOptions {
  readonly signal: AbortSignal;
  /** Says what takes long: waiting for a rate limit, another attempt. */
  readonly notice?: (text: string) => void;
}

/** A version that a source offers. */
export interface OfferedVersion {
  readonly address: PluginAddress;
  /** Without `v`, as the source writes it: not yet checked. */
  readonly version: string;
  readonly family: PluginFamily;
  /** What was found, for the lock file: such as `https://github.com/acme/ingot-plugin-greet`. */
  readonly repository: string;
  /** The source marks it as a pre-release, though its version need not say so: to be chosen only when it is asked for exactly. */
  readonly isPrerelease?: true;
}

export interface Release {
  readonly offer: OfferedVersion;
  /** The archives that the checksum file lists for this plugin; other files are left out. */
  readonly archives: readonly ArchiveEntry[];
  /** The checksum file itself: what is signed. */
  readonly checksumFile: ReleaseFile;
  /** The release's manifest, which a copy of the release needs; undefined when it has none. Rejects when it is not the listed one. */
  readManifest(options: SourceOptions): Promise<ReleaseFile | undefined>;
  /** The detached OpenPGP signature of the checksum file; undefined when the release has none. */
  readSignature(options: SourceOptions): Promise<Uint8Array | undefined>;
  /** Sigstore bundles (JSON) that attest an archive or the checksum file, by its SHA-256 in hex; empty when there are none. */
  readAttestations(sha256: string, options: AttestationOptions): Promise<readonly unknown[]>;
  /** Downloads an archive to a new file (mode 0600), hashing while it streams. Doesn't compare the hash. */
  fetchArchive(entry: ArchiveEntry, file: string, options: FetchOptions): Promise<FetchedArchive>;
}

/** A small file of a release. */
export interface ReleaseFile {
  readonly name: string;
  readonly content: Uint8Array;
}

export interface AttestationOptions extends SourceOptions {
  /** Looks at the release's own files alone, and spares the source a request of which it may allow few. */
  readonly onlyFiles?: boolean;
}

/** A line of the checksum file that names an archive. */
export interface ArchiveEntry {
  /** A plain file name that matched the naming rules. */
  readonly fileName: string;
  /** Hex, lower case. */
  readonly sha256: string;
  readonly platform: Platform;
  /** `p1` or `x5.0`. */
  readonly api: string;
}

export interface FetchOptions extends SourceOptions {
  /** The bytes so far and, if known, the size of the whole. */
  readonly progress?: (done: number, total: number | undefined) => void;
  /** More bytes than this are refused. */
  readonly maxBytes: number;
}

export interface FetchedArchive {
  /** Hex, lower case. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}
