/** What `.ingot.lock.hcl` holds: which plugins a template uses, exactly. */
export interface LockFile {
  /** By address, such as `github.com/acme/greet`. */
  readonly plugins: ReadonlyMap<string, LockedPlugin>;
}

export interface LockedPlugin {
  /** `HOST/NAMESPACE.../NAME`. */
  readonly address: string;
  /** Without `v`. */
  readonly version: string;
  /** As in the template; "" when there were none. */
  readonly constraints: string;
  readonly repository: string;
  /** `openpgp:FINGERPRINT` or `sigstore:ISSUER#IDENTITY`; absent when the release wasn't signed. */
  readonly signer?: string;
  /** `sha256:HEX` of the archive by platform (`linux_amd64`, `any`), for every platform of the release. */
  readonly archives: Readonly<Record<string, string>>;
  /** `sha256:HEX` of what is installed by platform, for those on which it is known. */
  readonly contents: Readonly<Record<string, string>>;
}

/** The lock file's name; it lies beside the template. */
export const LOCK_FILE_NAME = ".ingot.lock.hcl";

export const EMPTY_LOCK: LockFile = { plugins: new Map() };
