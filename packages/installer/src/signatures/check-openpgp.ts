import type { PublicKey } from "openpgp";
import type { PluginAddress } from "../plugin-address.js";
import type { SignatureCheck, SignatureFinding } from "./check-signature.js";
import { keyFilesFor } from "./key-patterns.js";

/** Looks for an OpenPGP signature of the checksum file, by a key that the configuration trusts for the plugin's address. */
export async function checkOpenPgp({ release, settings, now, options }: SignatureCheck): Promise<SignatureFinding> {
  const files = keyFilesFor(settings.keys, release.offer.address);
  const signature = await release.readSignature(options);
  if (signature === undefined) {
    if (files === undefined) return { kind: "absent" };
    return { kind: "bad", reason: "has no OpenPGP signature, although plugin_keys names keys that sign this plugin" };
  }
  const { verifyOpenPgp } = await import("./openpgp.js");
  const keys = await readTrustedKeys(files, release.offer.address);
  const result = await verifyOpenPgp(release.checksumFile.content, signature, {
    keys,
    ...(now === undefined ? {} : { now }),
  });
  if (result.kind === "valid") return { kind: "signed", signer: `openpgp:${result.fingerprint}` };
  const file = release.checksumFile.name;
  if (result.kind === "bad")
    return { kind: "bad", reason: `has a bad OpenPGP signature: that of ${file} ${result.reason}` };
  const ids = result.keyIds.join(", ");
  return files === undefined
    ? {
        kind: "unknown",
        reason: `is signed by the OpenPGP key ${ids}, which plugin_keys doesn't name: the signature was not checked`,
      }
    : {
        kind: "bad",
        reason: `is signed by the OpenPGP key ${ids}, which is none of the keys of plugin_keys for this plugin`,
      };
}

/** The configured keys; without any, HashiCorp's own for its own plugins. */
async function readTrustedKeys(
  files: readonly string[] | undefined,
  address: PluginAddress,
): Promise<readonly PublicKey[]> {
  const { parseKeys, readKeyFiles } = await import("./openpgp-keys.js");
  if (files !== undefined) return await readKeyFiles(files);
  const { HASHICORP_KEY, HASHICORP_PATTERN } = await import("./hashicorp-key.js");
  if (keyFilesFor([{ pattern: HASHICORP_PATTERN, files: [] }], address) === undefined) return [];
  return await parseKeys(Buffer.from(HASHICORP_KEY), "HashiCorp's key");
}
