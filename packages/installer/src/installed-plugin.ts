import type { Platform } from "./platform.js";
import type { PluginFamily } from "./plugin-source.js";

/** A plugin in the plugin folder. */
export interface InstalledPlugin {
  /** `HOST/NAMESPACE.../NAME`. */
  readonly address: string;
  readonly name: string;
  /** Without `v`. */
  readonly version: string;
  readonly family: PluginFamily;
  /** `p1` or `x5.0`. */
  readonly api: string;
  readonly platform: Platform;
  /** The file to run. Absolute. */
  readonly executable: string;
  /** What is installed, `sha256:HEX`: see content-hash.ts. */
  readonly contentHash: string;
  /** The archive it came from, `sha256:HEX`; absent for a plugin that was put there by hand. */
  readonly archiveHash?: string;
  readonly repository?: string;
  /** Who signed the release: `openpgp:FINGERPRINT` or `sigstore:ISSUER#IDENTITY`. */
  readonly signer?: string;
}
