import { InstallError } from "../install-error.js";
import type { ArchiveEntry, Release, SourceOptions } from "../plugin-source.js";
import type { SignatureSettings } from "./signature-settings.js";

/** A release whose signature is to be checked before an archive of it is installed. */
export interface SignatureCheck {
  readonly release: Release;
  readonly archive: ArchiveEntry;
  readonly settings: SignatureSettings;
  /** What the lock file says who signs this plugin, whatever the version: also given when upgrading. */
  readonly lockedSigner?: string | undefined;
  /** The lock file has the hash of this archive, so that what it holds is fixed already. */
  readonly archiveLocked?: boolean;
  /** The time at which signatures are judged; for tests. */
  readonly now?: Date;
  readonly options: SourceOptions;
}

export interface SignatureVerdict {
  /** `openpgp:FINGERPRINT` or `sigstore:ISSUER#IDENTITY`, for the lock file; absent for a release that nobody signed. */
  readonly signer?: string;
  /** Whole sentences that name the plugin. */
  readonly warnings: readonly string[];
}

/** Checks who signed a release, as the policy asks. Throws InstallError when it may not be installed. */
export function checkSignature(check: SignatureCheck): Promise<SignatureVerdict> {
  const { settings, lockedSigner } = check;
  // What the lock file knows is kept, so that the signer is known again when signatures are looked at again.
  if (settings.policy === "off") {
    return Promise.resolve(lockedSigner === undefined ? { warnings: [] } : { signer: lockedSigner, warnings: [] });
  }
  return Promise.reject(new InstallError("The check of signatures is being written; set plugin_signatures to off."));
}
