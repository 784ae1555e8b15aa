import { writeFile } from "node:fs/promises";
import type { PrivateKey } from "openpgp";

/** Somebody who signs releases with an OpenPGP key, whose public part is in a file. */
export interface OpenPgpAuthor {
  readonly keyFile: string;
  /** A detached signature, binary. */
  sign(content: Uint8Array): Promise<Uint8Array>;
}

/**
 * Makes an author: whose key is `good`, whose published key says that it had `expired` before it signs, or who has published that it is
 * `revoked` as compromised.
 */
export async function makeOpenPgpAuthor(
  keyFile: string,
  kind: "good" | "expired" | "revoked" = "good",
): Promise<OpenPgpAuthor> {
  const { enums, generateKey, reformatKey, revokeKey } = await import("openpgp");
  const born = new Date("2020-01-01");
  const userIDs = [{ name: "Ann Author", email: "ann@example.com" }];
  const lifetime = kind === "expired" ? { keyExpirationTime: 30 * 86_400 } : {};
  const { privateKey } = await generateKey({
    userIDs,
    date: born,
    format: "object",
    ...lifetime,
  });
  const published =
    kind === "revoked"
      ? (
          await revokeKey({
            key: privateKey,
            reasonForRevocation: { flag: enums.reasonForRevocation.keyCompromised },
            format: "object",
          })
        ).publicKey
      : privateKey.toPublic();
  await writeFile(keyFile, published.armor());
  // The library doesn't sign with an expired key, so the author's own copy of it lives on.
  const signer =
    kind === "expired"
      ? (await reformatKey({ privateKey, userIDs, date: born, format: "object" })).privateKey
      : privateKey;
  return { keyFile, sign: (content) => signDetached(signer, content) };
}

async function signDetached(signingKeys: PrivateKey, content: Uint8Array): Promise<Uint8Array> {
  const { createMessage, sign } = await import("openpgp");
  const message = await createMessage({ binary: Uint8Array.from(content) });
  const date = new Date("2021-06-01");
  // The library's types have streams of the web, which Node's don't know under that name.
  return (await sign({ message, signingKeys, detached: true, format: "binary", date })) as Uint8Array;
}
