import { createPublicKey, generateKeyPair, randomBytes, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { DerReader, derValue, sshInteger, sshString, sshUint32 } from "./wire.js";

/** A private key in PEM and the line of its public key for `authorized_keys`, with a line feed at its end. */
export interface SshKeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** What a key pair should be. */
export interface KeyPairOptions {
  /** `rsa` (the default), `ecdsa`, `ed25519` or `dsa`, in any case. */
  readonly type?: string | undefined;
  /** The size in bits. 0 and unset: 4096 for RSA, 521 for ECDSA, 1024 for DSA. */
  readonly bits?: number | undefined;
  /** A comment at the end of the public key's line. */
  readonly comment?: string | undefined;
}

const generate = promisify(generateKeyPair);

/**
 * Makes a key pair: RSA and ECDSA as PKCS#8, Ed25519 in OpenSSH's format, DSA in its old PEM format. Rejects with an Error that
 * tells which types and sizes exist.
 */
export async function createKeyPair(options: KeyPairOptions = {}): Promise<SshKeyPair> {
  const type = (options.type ?? "").toLowerCase();
  const bits = options.bits ?? 0;
  const end = options.comment === undefined || options.comment === "" ? "\n" : ` ${options.comment}\n`;
  const pair = (privateKey: string, blob: Buffer): SshKeyPair => ({ privateKey, publicKey: publicLine(blob) + end });
  switch (type) {
    case "":
    case "rsa": {
      if (bits !== 0 && bits < 1024) throw new Error("sshkey: invalid private key rsa size: must be more than 1024");
      const { privateKey } = await generate("rsa", { modulusLength: bits === 0 ? 4096 : bits });
      return pair(toPkcs8(privateKey), publicBlob(privateKey));
    }
    case "ecdsa": {
      if (![0, 256, 384, 521].includes(bits)) {
        throw new Error("sshkey: invalid private key ecdsa size, must be one of 256, 384 or 521");
      }
      const { privateKey } = await generate("ec", { namedCurve: `P-${bits === 0 ? 521 : bits}` });
      return pair(toPkcs8(privateKey), publicBlob(privateKey));
    }
    case "ed25519": {
      const { privateKey } = await generate("ed25519");
      return pair(toOpenSshEd25519(privateKey), publicBlob(privateKey));
    }
    case "dsa": {
      if (![0, 1024, 2048, 3072].includes(bits)) {
        throw new Error("sshkey: invalid private key dsa size, must be one of 1024, 2048 or 3072");
      }
      const modulusLength = bits === 0 ? 1024 : bits;
      const { privateKey } = await generate("dsa", {
        modulusLength,
        divisorLength: modulusLength === 1024 ? 160 : 256,
      });
      return pair(toDsaPem(privateKey), publicBlob(privateKey));
    }
    default:
      throw new Error(
        `${options.type ?? ""} does not belong to Algorithm values: possible algorithm types are ` +
          "`dsa` | `ecdsa` | `ed25519` | `rsa` ( the default )",
      );
  }
}

/** Gives the line of `authorized_keys` for a public key, without an end of line. */
export function publicLine(blob: Buffer): string {
  const type = blob.toString("latin1", 4, 4 + blob.readUInt32BE());
  return `${type} ${blob.toString("base64")}`;
}

/** Gives the public half of a private key in SSH's binary form. */
export function publicBlob(key: KeyObject): Buffer {
  const publicKey = createPublicKey(key);
  switch (key.asymmetricKeyType) {
    case "rsa": {
      const { e = "", n = "" } = publicKey.export({ format: "jwk" });
      return Buffer.concat([sshString("ssh-rsa"), sshInteger(fromBase64(e)), sshInteger(fromBase64(n))]);
    }
    case "ec": {
      const { crv = "", x = "", y = "" } = publicKey.export({ format: "jwk" });
      const curve = `nistp${crv.slice(2)}`;
      const point = Buffer.concat([Buffer.from([4]), fromBase64(x), fromBase64(y)]);
      return Buffer.concat([sshString(`ecdsa-sha2-${curve}`), sshString(curve), sshString(point)]);
    }
    case "ed25519": {
      const { x = "" } = publicKey.export({ format: "jwk" });
      return Buffer.concat([sshString("ssh-ed25519"), sshString(fromBase64(x))]);
    }
    case "dsa":
      return Buffer.concat([sshString("ssh-dss"), ...dsaNumbers(key).slice(0, 4).map(sshInteger)]);
    default:
      throw new Error(`ssh: unsupported key type ${key.asymmetricKeyType ?? "unknown"}`);
  }
}

/** Writes an Ed25519 key in OpenSSH's own format, unencrypted. */
export function toOpenSshEd25519(key: KeyObject): string {
  const { d = "", x = "" } = key.export({ format: "jwk" });
  const blob = publicBlob(key);
  const check = randomBytes(4);
  const secret = Buffer.concat([fromBase64(d), fromBase64(x)]);
  let content = Buffer.concat([check, check, blob, sshString(secret), sshString("")]);
  const padding = (8 - (content.length % 8)) % 8;
  content = Buffer.concat([content, Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, padding))]);
  const none = sshString("none");
  const header = [Buffer.from("openssh-key-v1\0"), none, none, sshString(""), sshUint32(1)];
  return toPem("OPENSSH PRIVATE KEY", Buffer.concat([...header, sshString(blob), sshString(content)]));
}

/** Writes a DSA key in its old PEM format. */
export function toDsaPem(key: KeyObject): string {
  const numbers = [Buffer.alloc(1), ...dsaNumbers(key)];
  return toPem("DSA PRIVATE KEY", derValue(0x30, Buffer.concat(numbers.map((number) => derValue(0x02, number)))));
}

/** Gives p, q, g, y, x of a DSA key. */
function dsaNumbers(key: KeyObject): readonly Buffer[] {
  const outer = new DerReader(key.export({ format: "der", type: "pkcs8" })).into();
  outer.next(); // the version
  const algorithm = outer.into();
  algorithm.next(); // its identifier
  const parameters = algorithm.into();
  const [p, q, g] = [parameters.next(), parameters.next(), parameters.next()];
  const x = outer.into().next();
  const spki = new DerReader(createPublicKey(key).export({ format: "der", type: "spki" })).into();
  spki.next(); // the algorithm again
  const y = new DerReader(spki.next().subarray(1)).next(); // a bit string, whose first byte counts unused bits
  return [p, q, g, y, x];
}

function toPkcs8(key: KeyObject): string {
  return key.export({ format: "pem", type: "pkcs8" }) as string; // text, because PEM was asked for
}

function toPem(label: string, data: Buffer): string {
  const lines = data.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, "base64url");
}
