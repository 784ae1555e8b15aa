import type { VersionConstraint } from "@ingot/template";
import type { InstalledPlugin } from "../installed-plugin.js";
import type { Platform } from "../platform.js";
import type { PluginAddress } from "../plugin-address.js";
import type { PluginFamily } from "../plugin-source.js";

/**
 * The plugin folder: Packer's plugins in the reference's layout, ours in a content-addressed store beside it. Several processes
 * may use it at a time, and any of them may be killed at any moment. All methods throw InstallError for what users can mend.
 */
export interface PluginStore {
  /** The plugin folder. Absolute; it may not exist yet. */
  readonly root: string;
  /** All folders in which plugins are found, `root` first. */
  readonly folders: readonly string[];

  /**
   * Makes a private folder for downloads, on the file system of the store: `putArchive` needs no copy then. The caller disposes
   * it; what a killed process left is removed after an hour.
   */
  makeWorkFolder(): Promise<WorkFolder>;

  /** Unpacks an archive and puts it into the plugin folder. If the same is there already, it is checked, mended and kept. */
  putArchive(request: PutArchive, options: StoreCallOptions): Promise<InstalledPlugin>;

  /** Copies an executable that is a file here (`plugins install -path`), without an archive. */
  putFile(request: PutFile, options: StoreCallOptions): Promise<InstalledPlugin>;

  /** What is installed and in order, ascending by name and version. What is not in order is told to `onSkip`. */
  list(query: StoreQuery, options: StoreCallOptions): Promise<readonly InstalledPlugin[]>;

  /**
   * The file that stands for an installed plugin in lists, by which it can be removed: the executable of a Packer plugin, the index record of
   * ours, whose files are elsewhere.
   */
  placeOf(plugin: InstalledPlugin): string;

  /** Removes the plugin: gives the paths of the files that are gone. What other plugins share stays. */
  remove(plugin: InstalledPlugin): Promise<readonly string[]>;

  /** Compares what is there with what was installed. With `thorough` every byte is read, else files that look unchanged are trusted. */
  verify(plugin: InstalledPlugin, options: StoreCallOptions & { readonly thorough?: boolean }): Promise<Verdict>;

  /** Removes what killed processes left more than an hour ago, and contents that no plugin needs. */
  clean(): Promise<void>;
}

/** A plugin folder that is only read. */
export interface FurtherFolder {
  readonly root: string;
  /** Only plugins of this family count there. */
  readonly family?: PluginFamily;
}

export interface StoreOptions {
  /** The plugin folder. */
  readonly root: string;
  /** Further folders, in which plugins are found, and from which they can be removed. Those of the folders before them win. */
  readonly further?: readonly FurtherFolder[];
  /** For what is known of contents by size and times; without it every use reads all bytes. */
  readonly cacheFolder?: string;
  /** How long a plugin may take to describe itself. Default 10 seconds. */
  readonly describeTimeoutMs?: number;
}

export interface StoreCallOptions {
  readonly signal: AbortSignal;
}

export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
}

export interface PutArchive {
  readonly address: PluginAddress;
  readonly family: PluginFamily;
  /** Canonical, without `v`. */
  readonly version: string;
  /** `p1` or `x5.0`. */
  readonly api: string;
  readonly platform: Platform;
  /** The archive's file. */
  readonly archive: string;
  /** Of the archive, `sha256:HEX`, computed and compared by the caller while it was downloaded. */
  readonly archiveHash: string;
  readonly repository?: string;
  readonly signer?: string;
  /** From the lock file: another content is refused before it is installed. `sha256:HEX`. */
  readonly expectedContentHash?: string;
  /**
   * Called with the unpacked executable, before anything is in its place: rejects when it is not what the release says. For our own
   * plugins, which are started to be asked; Packer's are asked by the store.
   */
  readonly check?: (executable: string, options: StoreCallOptions) => Promise<void>;
}

export interface PutFile {
  readonly address: PluginAddress;
  readonly family: PluginFamily;
  readonly version: string;
  readonly api: string;
  readonly platform: Platform;
  /** The executable: an own file of the user. */
  readonly file: string;
  readonly expectedContentHash?: string;
  /**
   * Called with the unpacked executable, before anything is in its place: rejects when it is not what the release says. For our own
   * plugins, which are started to be asked; Packer's are asked by the store.
   */
  readonly check?: (executable: string, options: StoreCallOptions) => Promise<void>;
}

export interface StoreQuery {
  /** Only what is installed for this address; for Packer's plugins also elsewhere in its namespace, as in the reference. */
  readonly address?: PluginAddress;
  readonly family?: PluginFamily;
  readonly constraint?: VersionConstraint;
  /** What must run on it; default is the current platform. */
  readonly platform?: Platform;
  /** Leaves out versions with a pre-release part. */
  readonly releasesOnly?: boolean;
  /** Leaves out Packer plugins of an API that this version doesn't know, and ours of another protocol. Default true. */
  readonly checkApi?: boolean;
  /** Told of each file that looks like a plugin and is not in order, with the reason. */
  readonly onSkip?: (path: string, reason: string) => void;
}

export type Verdict =
  | { readonly ok: true; readonly contentHash: string }
  | { readonly ok: false; readonly reason: string; readonly contentHash?: string };
