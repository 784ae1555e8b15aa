import { createPrivateKey } from "node:crypto";
import { toDsaPem, toOpenSshEd25519 } from "./key-pair.js";
import type { ParsedKey, Ssh2 } from "./ssh2.js";
import { WireReader } from "./wire.js";

/** Tells whether a private key is encrypted; undefined when the text is no key at all. */
export function isEncryptedKey(text: string): boolean | undefined {
  const found = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----\r?\n([^-]*)/.exec(text);
  if (found === null) return undefined;
  const [, label = "", body = ""] = found;
  if (label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type:.*ENCRYPTED/m.test(body)) return true;
  if (label !== "OPENSSH PRIVATE KEY") return false;
  try {
    const data = Buffer.from(body, "base64");
    return new WireReader(data.subarray("openssh-key-v1\0".length)).text() !== "none";
  } catch {
    return false; // damaged, which parsing reports
  }
}

/**
 * Reads a private key in any usual form: OpenSSH's own, PKCS#1, SEC 1, PKCS#8, PuTTY's, encrypted or not. Throws an Error that
 * says what is wrong with it, without its content.
 */
export function parsePrivateKey(ssh2: Ssh2, text: string, passphrase: string | undefined): ParsedKey {
  const isPlainPem = /-----BEGIN (?!OPENSSH)[A-Z ]*PRIVATE KEY-----/.test(text);
  const parsed = isPlainPem ? ssh2.parseKey(toClassicPem(text, passphrase)) : ssh2.parseKey(text, passphrase);
  if (parsed instanceof Error || "message" in parsed) throw new Error((parsed as Error).message);
  const key = "getPublicSSH" in parsed ? parsed : parsed[0];
  if (key === undefined || !key.isPrivateKey()) throw new Error("ssh: no key found");
  return key;
}

/** Node's own parser knows all the PEM forms; ssh2 knows the classic ones only. */
function toClassicPem(text: string, passphrase: string | undefined): string {
  const key = createPrivateKey({ key: text, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
  switch (key.asymmetricKeyType) {
    case "rsa":
      return key.export({ format: "pem", type: "pkcs1" }) as string; // text, because PEM was asked for
    case "ec":
      return key.export({ format: "pem", type: "sec1" }) as string; // likewise
    case "ed25519":
      return toOpenSshEd25519(key);
    case "dsa":
      return toDsaPem(key);
    default:
      throw new Error(`ssh: unsupported key type ${key.asymmetricKeyType ?? "unknown"}`);
  }
}
