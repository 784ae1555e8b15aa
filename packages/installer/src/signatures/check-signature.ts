import { InstallError } from "../install-error.js";
import type { ArchiveEntry, Release, SourceOptions } from "../plugin-source.js";
import { printable } from "../printable.js";
import { checkAttestations } from "./check-attestations.js";
import { checkOpenPgp } from "./check-openpgp.js";
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
  /** `openpgp:FINGERPRINT` or `sigstore:ISSUER#WORKFLOW`, for the lock file; absent for a release that nobody signed. */
  readonly signer?: string;
  /** Whole sentences that name the plugin. */
  readonly warnings: readonly string[];
}

/** What one kind of signature says about a release. */
export type SignatureFinding =
  | { readonly kind: "signed"; readonly signer: string }
  | { readonly kind: "absent" }
  /** Signed, but by somebody whose key isn't known here: cannot be checked. `reason` completes "it ...". */
  | { readonly kind: "unknown"; readonly reason: string }
  /** `reason` completes "it ...". */
  | { readonly kind: "bad"; readonly reason: string };

/** How a user accepts another signer. */
const ACCEPT =
  "If the authors have announced the change, delete the line signer of this plugin from .ingot.lock.hcl and run init again.";

/**
 * Checks who signed a release, as the policy asks, before anything of it is downloaded but its checksum file. Throws InstallError when it
 * may not be installed: with a locked signer when another one or nobody signed, under `require` also without a signature that holds.
 */
export async function checkSignature(check: SignatureCheck): Promise<SignatureVerdict> {
  const { settings, lockedSigner, release } = check;
  // What the lock file knows is kept, so that a later check compares with it.
  if (settings.policy === "off") return verdict(lockedSigner, []);
  const title = `The plugin ${printable(release.offer.address.text)} ${printable(release.offer.version)}`;
  const findings = await gather(check);
  const signed = findings.find((finding) => finding.kind === "signed");
  const faults = findings.flatMap((finding) => ("reason" in finding ? [`it ${printable(finding.reason, 1000)}`] : []));
  if (lockedSigner !== undefined) return compareWithLock(check, { title, signed: signed?.signer, findings, faults });
  if (signed !== undefined) return verdict(signed.signer, warn(title, faults));
  if (settings.policy === "require") {
    throw new InstallError(
      `${title} is not installed: a signature is required (plugin_signatures), but ${faults.join(", and ") || "it is not signed"}.`,
    );
  }
  return verdict(undefined, warn(title, faults));
}

function compareWithLock(
  { lockedSigner = "", archiveLocked = false, settings }: SignatureCheck,
  found: {
    readonly title: string;
    readonly signed: string | undefined;
    readonly findings: readonly SignatureFinding[];
    readonly faults: readonly string[];
  },
): SignatureVerdict {
  const { title, signed, findings, faults } = found;
  const locked = printable(lockedSigner);
  if (signed === lockedSigner) return verdict(signed, warn(title, faults));
  if (signed !== undefined) {
    throw new InstallError(
      `${title} is not installed: it is signed by ${printable(signed)}, but the lock file says that ${locked} signs this plugin. ${ACCEPT}`,
    );
  }
  if (findings.some(({ kind }) => kind === "unknown") && archiveLocked && settings.policy !== "require") {
    return verdict(lockedSigner, warn(title, faults));
  }
  throw new InstallError(
    faults.length === 0
      ? `${title} is not installed: it is not signed, but the lock file says that ${locked} signs this plugin. ${ACCEPT}`
      : `${title} is not installed: the lock file says that ${locked} signs this plugin, but ${faults.join(", and ")}.`,
  );
}

/** Looks at the kind of signature that the lock file names, or at both until one holds. */
async function gather(check: SignatureCheck): Promise<readonly SignatureFinding[]> {
  if (check.lockedSigner?.startsWith("sigstore:") === true) return [await checkAttestations(check)];
  const first = await checkOpenPgp(check);
  if (first.kind === "signed" || check.lockedSigner?.startsWith("openpgp:") === true) return [first];
  const second = await checkAttestations(check);
  // An OpenPGP key that isn't known here says nothing against an attestation that holds.
  return second.kind === "signed" && first.kind === "unknown" ? [second] : [first, second];
}

function warn(title: string, faults: readonly string[]): readonly string[] {
  return faults.map((fault) => `${title}: ${fault}.`);
}

function verdict(signer: string | undefined, warnings: readonly string[]): SignatureVerdict {
  return signer === undefined ? { warnings } : { signer, warnings };
}
