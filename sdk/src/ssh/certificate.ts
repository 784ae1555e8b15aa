import type { ParsedKey, SshClient } from "./ssh2.js";
import { DerReader, sshString, WireReader } from "./wire.js";

/** An OpenSSH user certificate. */
export interface Certificate {
  /** Its type, such as "ssh-ed25519-cert-v01@openssh.com". */
  readonly type: string;
  /** The whole of it, in SSH's binary form. */
  readonly blob: Buffer;
  /** The public key that it is for, in SSH's binary form. */
  readonly publicKey: Buffer;
  /** Seconds since 1970. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
}

const SUFFIX = "-cert-v01@openssh.com";
/** How many fields the public key has, by its type. */
const KEY_FIELDS: Readonly<Record<string, number>> = {
  "ssh-rsa": 2,
  "ssh-dss": 4,
  "ssh-ed25519": 1,
  "ecdsa-sha2-nistp256": 2,
  "ecdsa-sha2-nistp384": 2,
  "ecdsa-sha2-nistp521": 2,
};

/** Reads a certificate file: one line of type, base64 and comment. Throws an Error that says what is wrong with it. */
export function parseCertificate(text: string): Certificate {
  const [type = "", base64 = ""] = text.trim().split(/\s+/);
  const fields = KEY_FIELDS[plainType(type)];
  const blob = Buffer.from(base64, "base64");
  if (fields === undefined || blob.length === 0) throw new Error("unable to parse public key: ssh: no key found");
  if (!type.endsWith(SUFFIX)) throw new Error("Error loading certificate");
  const reader = new WireReader(blob);
  reader.string(); // the type again
  reader.string(); // the nonce
  const key = [sshString(plainType(type))];
  for (let i = 0; i < fields; i++) key.push(sshString(reader.string()));
  reader.uint64(); // the serial number
  reader.uint32(); // the kind
  reader.string(); // the key's id
  reader.string(); // the principals
  return {
    type,
    blob,
    publicKey: Buffer.concat(key),
    validAfter: reader.uint64(),
    validBefore: reader.uint64(),
  };
}

/** Gives what is wrong with a certificate's time; undefined when it is valid now. */
export function certificateTimeProblem({ validAfter, validBefore }: Certificate, nowMs: number): string | undefined {
  const now = BigInt(Math.floor(nowMs / 1000));
  if (now < validAfter) return "ssh: cert is not yet valid";
  return now >= validBefore ? "ssh: cert has expired" : undefined;
}

/** Gives a key that shows a certificate instead of its bare public half. Throws an Error when the two do not belong together. */
export function certifyKey(key: ParsedKey, certificate: Certificate): ParsedKey {
  if (!key.getPublicSSH().equals(certificate.publicKey))
    throw new Error("ssh: signer and cert have different public key");
  const plain = plainType(certificate.type);
  const isRsa = plain === "ssh-rsa";
  const sign = (data: Buffer): Buffer | Error => {
    const signature = isRsa ? key.sign(data, "sha512") : key.sign(data);
    return Buffer.isBuffer(signature) && plain.startsWith("ecdsa-") ? toSshSignature(signature) : signature;
  };
  // ssh2 knows its keys by their prototype.
  return Object.create(key, {
    type: { value: isRsa ? `rsa-sha2-512${SUFFIX}` : certificate.type },
    getPublicSSH: { value: () => certificate.blob },
    sign: { value: sign },
  }) as ParsedKey;
}

/** The inside of ssh2 that sends a login with a key. */
interface Protocol {
  authPK?: (this: Protocol, user: string, key: ParsedKey, algorithm: unknown, sign?: SignCallback) => void;
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      alloc(size: number): Buffer;
      finalize: (this: unknown, packet: Buffer, ...rest: unknown[]) => unknown;
    };
  };
}
type SignCallback = (data: Buffer, done: (signature: Buffer) => void) => void;

/**
 * Lets a client of ssh2 log in with certificates. ssh2 writes the algorithm's name twice, with the signature too, where servers
 * want the plain key's name; so the packet is rewritten just before it is sent. Call it after `connect`.
 */
export function allowCertificates(client: SshClient): void {
  const protocol = (client as unknown as { _protocol?: Protocol })._protocol; // not public, hence the exact version of ssh2
  const authPk = protocol?.authPK;
  if (protocol === undefined || authPk === undefined) throw new Error("bug: this version of ssh2 is not known");
  protocol.authPK = (user, key, algorithm, sign) => {
    if (sign === undefined || !key.type.endsWith(SUFFIX)) return authPk.call(protocol, user, key, algorithm, sign);
    return authPk.call(protocol, user, key, algorithm, (data, done) =>
      sign(data, (signature) => {
        const { write } = protocol._packetRW; // another one since the keys were exchanged
        const { finalize } = write;
        write.finalize = (packet, ...rest) => {
          write.finalize = finalize;
          return finalize.call(write, withPlainName(write, packet, key.type, signature), ...rest);
        };
        try {
          done(signature);
        } finally {
          write.finalize = finalize;
        }
      }),
    );
  };
}

function withPlainName(
  write: { readonly allocStart: number; alloc(size: number): Buffer },
  packet: Buffer,
  type: string,
  signature: Buffer,
): Buffer {
  const oldTail = sshString(Buffer.concat([sshString(type), sshString(signature)]));
  const newTail = sshString(Buffer.concat([sshString(plainType(type)), sshString(signature)]));
  const at = packet.lastIndexOf(oldTail);
  if (at < 0) throw new Error("bug: this version of ssh2 writes its packets in another way");
  const head = packet.subarray(write.allocStart, at);
  const changed = write.alloc(head.length + newTail.length);
  changed.set(head, write.allocStart);
  changed.set(newTail, write.allocStart + head.length);
  return changed;
}

function plainType(type: string): string {
  return type.endsWith(SUFFIX) ? type.slice(0, -SUFFIX.length) : type;
}

/** From DER to SSH's form of an ECDSA signature. */
function toSshSignature(der: Buffer): Buffer {
  const numbers = new DerReader(der).into();
  return Buffer.concat([sshString(numbers.next()), sshString(numbers.next())]);
}
