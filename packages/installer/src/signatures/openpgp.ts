import type { PublicKey, SignaturePacket } from "openpgp";
import { isError } from "@ingot/diag";

/** What an OpenPGP signature says. */
export type OpenPgpVerdict =
  | { readonly kind: "valid"; /** Of the primary key: upper-case hex. */ readonly fingerprint: string }
  /** Made by keys that are not among the given ones; key ids in upper-case hex. */
  | { readonly kind: "unknown key"; readonly keyIds: readonly string[] }
  | { readonly kind: "bad"; /** Completes "the signature ...". */ readonly reason: string };

/** More than this is no detached signature. */
const MAX_SIGNATURE_BYTES = 64 * 1024;
/** A signature counts from a little before its time on: clocks differ. */
const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Checks a detached OpenPGP signature of `content`, binary or armored. Among several signatures one that holds is enough. The primary key
 * must be one of `keys`; a subkey must be bound to it and made for signing; neither may have been expired or revoked when the
 * signature was made, or be revoked as compromised at any time. Signatures with SHA-1 and older hash functions, and RSA keys
 * under 2048 bits, are refused.
 */
export async function verifyOpenPgp(
  content: Uint8Array,
  signature: Uint8Array,
  { keys, now = new Date() }: { readonly keys: readonly PublicKey[]; readonly now?: Date },
): Promise<OpenPgpVerdict> {
  const packets = await readDetachedSignature(signature);
  if (typeof packets === "string") return { kind: "bad", reason: packets };
  const verdicts: OpenPgpVerdict[] = [];
  for (const packet of packets) verdicts.push(await verifyPacket(content, packet, keys, now));
  const decisive = verdicts.find(({ kind }) => kind === "valid") ?? verdicts.find(({ kind }) => kind === "bad");
  if (decisive !== undefined) return decisive;
  return { kind: "unknown key", keyIds: packets.map((packet) => packet.issuerKeyID.toHex().toUpperCase()) };
}

/** The signatures in a file, or what is wrong with it. */
async function readDetachedSignature(bytes: Uint8Array): Promise<readonly SignaturePacket[] | string> {
  if (bytes.length === 0) return "is empty";
  if (bytes.length > MAX_SIGNATURE_BYTES) return `is no detached signature: it has ${bytes.length} bytes`;
  const text = Buffer.from(bytes).toString("latin1");
  if (text.includes("-----BEGIN PGP SIGNED MESSAGE-----")) {
    return "is a signed message with a text of its own, but a detached signature of the checksum file is needed";
  }
  const { enums, readSignature } = await import("openpgp");
  try {
    const armored = text.trimStart().startsWith("-----BEGIN");
    const { packets } = await (armored
      ? readSignature({ armoredSignature: text })
      : readSignature({ binarySignature: Uint8Array.from(bytes) }));
    const found: readonly SignaturePacket[] = packets.filterByTag(enums.packet.signature);
    return found.length === 0 ? "is no OpenPGP signature" : found;
  } catch (error) {
    return `cannot be read as an OpenPGP signature (${messageOf(error)})`;
  }
}

async function verifyPacket(
  content: Uint8Array,
  packet: SignaturePacket,
  keys: readonly PublicKey[],
  now: Date,
): Promise<OpenPgpVerdict> {
  const { createMessage, enums, PacketList, Signature, verify } = await import("openpgp");
  if (packet.signatureType !== enums.signature.binary) return { kind: "bad", reason: "is not one of a file's bytes" };
  // A key whose life was prolonged after the signature has a newer statement about itself only.
  const config = { allowInsecureVerificationWithReformattedKeys: true };
  const list = new PacketList<SignaturePacket>();
  list.push(packet);
  const date = new Date(now.getTime() + CLOCK_SKEW_MS);
  let bad: OpenPgpVerdict | undefined;
  // Keys that share an id are told apart by trying them.
  for (const key of keys.filter((candidate) => candidate.getKeys(packet.issuerKeyID).length > 0)) {
    const fingerprint = key.getFingerprint().toUpperCase();
    try {
      const message = await createMessage({ binary: Uint8Array.from(content) });
      const signature = new Signature(list);
      const { signatures } = await verify({
        message,
        signature,
        verificationKeys: key,
        date,
        format: "binary",
        config,
      });
      const [result] = signatures;
      if (result === undefined) throw new Error("no signature");
      await result.verified;
      return { kind: "valid", fingerprint };
    } catch (error) {
      bad = { kind: "bad", reason: `by the key ${fingerprint} doesn't hold: ${explain(messageOf(error))}` };
    }
  }
  return bad ?? { kind: "unknown key", keyIds: [packet.issuerKeyID.toHex().toUpperCase()] };
}

/** The library's words for the usual cases, in ours. */
function explain(message: string): string {
  if (/digest did not match|verification failed/i.test(message))
    return "it was made for other content than this checksum file";
  if (/revoked/i.test(message)) return "the key is revoked";
  if (/key is newer/i.test(message)) return "it is older than the key";
  if (/key is expired|expired/i.test(message))
    return "the key, or the signature, had expired when it was made or has since";
  const hash = /insecure (?:message )?hash algorithm: (\w+)/i.exec(message)?.[1];
  if (hash !== undefined) return `it uses the hash function ${hash}, which can be forged`;
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function messageOf(error: unknown): string {
  return isError(error) ? (error.message.split("\n")[0] ?? "") : String(error);
}
