import { createHash } from "node:crypto";
import { isInstallError } from "../install-error.js";
import type { PluginAddress } from "../plugin-address.js";
import type { SignatureCheck, SignatureFinding } from "./check-signature.js";
import type { Attestation, AttestedFile } from "./sigstore.js";

/** More bundles than this for one file are not looked at. */
const MAX_BUNDLES = 30;

/** Looks for a Sigstore attestation of the archive, or else of the checksum file, by a workflow of the plugin's own repository. */
export async function checkAttestations(check: SignatureCheck): Promise<SignatureFinding> {
  const { release, archive, settings, lockedSigner } = check;
  const { name, content } = release.checksumFile;
  const sums: AttestedFile = { name, content, sha256: createHash("sha256").update(content).digest("hex") };
  const zip: AttestedFile = { name: archive.fileName, sha256: archive.sha256 };
  const repository = expectedRepository(release.offer.address, release.offer.family);
  const faults: string[] = [];
  const signers: string[] = [];
  for (const file of [zip, sums]) {
    const bundles = await readBundles(file, check);
    if (typeof bundles === "string") return { kind: "unknown", reason: bundles };
    if (bundles.length === 0) continue;
    const { verifyAttestation, AttestationError } = await import("./sigstore.js");
    const { readTrustedRoots } = await import("./trusted-root.js");
    const roots = await readTrustedRoots(settings.trustedRootFile);
    for (const bundle of bundles.slice(0, MAX_BUNDLES)) {
      try {
        const attestation = await verifyAttestation(bundle, file, roots);
        const fault = wrongOrigin(attestation, repository);
        if (fault === undefined) signers.push(`sigstore:${attestation.issuer}#${attestation.workflow}`);
        else faults.push(fault);
      } catch (error) {
        if (!(error instanceof AttestationError)) throw error;
        faults.push(error.message);
      }
    }
    // One workflow may attest how it was built, another one what is in it: the lock file's comes first.
    const signer = signers.find((candidate) => candidate === lockedSigner) ?? signers[0];
    if (signer !== undefined) return { kind: "signed", signer };
  }
  if (faults.length === 0) return { kind: "absent" };
  return {
    kind: "bad",
    reason: `has a bad Sigstore attestation: it ${[...new Set(faults)].slice(0, 3).join("; it ")}`,
  };
}

/** The bundles for a file; or why they could not be read, when that is no reason to give up. */
async function readBundles(
  { sha256, content }: AttestedFile,
  { release, settings, lockedSigner, archiveLocked = false, options }: SignatureCheck,
): Promise<readonly unknown[] | string> {
  // Nobody asks for them: few requests are made then. The checksum file is rarely attested but by a file beside it.
  const isOptional = settings.policy !== "require" && lockedSigner === undefined;
  try {
    return await release.readAttestations(sha256, { ...options, onlyFiles: isOptional && content !== undefined });
  } catch (error) {
    options.signal.throwIfAborted();
    const canDoWithout = isOptional || (settings.policy !== "require" && archiveLocked);
    if (!canDoWithout || !isInstallError(error)) throw error;
    return `may have attestations, which could not be read: ${error.message.replace(/\.$/, "")}`;
  }
}

/** Follows from the address alone, so that a mirror cannot name another one. */
function expectedRepository({ host, namespace, name }: PluginAddress, family: string): string {
  return `https://${host}/${namespace.join("/")}/${family}-plugin-${name}`;
}

function wrongOrigin({ issuer, repository }: Attestation, expected: string): string | undefined {
  const { host } = new URL(expected);
  if (repository.toLowerCase() !== expected.toLowerCase())
    return `is by a workflow of ${repository}, not of ${expected}`;
  return issuersFor(host).includes(issuer) ? undefined : `is vouched for by ${issuer}, which doesn't speak for ${host}`;
}

/** Who can vouch for workflows of a host's repositories. */
function issuersFor(host: string): readonly string[] {
  if (host === "github.com") return ["https://token.actions.githubusercontent.com"];
  return [`https://${host}`, `https://token.actions.${host}`];
}
