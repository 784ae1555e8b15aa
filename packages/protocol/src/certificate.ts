import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A self-signed certificate with its key, for mutual TLS between host and plugin on one machine. */
export interface SelfSignedCertificate {
  /** The certificate in PEM. */
  readonly certificate: string;
  /** The private key in PEM (PKCS #8). */
  readonly key: string;
  /** The certificate in DER, as the handshake line carries it. */
  readonly der: Buffer;
}

const DAY_MS = 86_400_000;

/**
 * Makes a certificate for the name "localhost" (ECDSA P-256, for servers and clients, its own authority), valid from a minute
 * ago for thirty years as go-plugin's are: it lives as long as its process. Source: RFC 5280, section 4.1.
 */
export function makeSelfSignedCertificate(now: Date = new Date()): SelfSignedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const name = sequence(set(sequence(oid("2.5.4.3"), text(0x0c, "localhost"))));
  const serial = Buffer.concat([Buffer.from([0x40]), randomBytes(15)]); // positive and without leading zero
  const body = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))), // version 3
    element(0x02, serial),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(new Date(now.getTime() - 60_000)), time(new Date(now.getTime() + 30 * 365 * DAY_MS))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    element(0xa3, extensions()),
  );
  const signature = sign("sha256", body, privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, element(0x03, Buffer.from([0]), signature));
  return { certificate: derToPem(der), key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), der };
}

/** Writes DER as PEM: a certificate, or what the label says, such as "PRIVATE KEY". */
export function derToPem(der: Uint8Array, label = "CERTIFICATE"): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function extensions(): Buffer {
  const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
    sequence(oid(id), ...(critical ? [element(0x01, Buffer.from([0xff]))] : []), element(0x04, value));
  const usage = Buffer.from([2, 0b1010_1100]); // digitalSignature, keyEncipherment, keyAgreement, keyCertSign
  return sequence(
    extension("2.5.29.19", true, sequence(element(0x01, Buffer.from([0xff])))), // basicConstraints: CA
    extension("2.5.29.15", true, element(0x03, usage)),
    extension("2.5.29.37", false, sequence(oid("1.3.6.1.5.5.7.3.1"), oid("1.3.6.1.5.5.7.3.2"))), // server, client
    extension("2.5.29.17", false, sequence(text(0x82, "localhost"))), // subjectAltName: DNS
  );
}

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...contents: readonly Uint8Array[]): Buffer {
  return element(0x30, ...contents);
}

function set(...contents: readonly Uint8Array[]): Buffer {
  return element(0x31, ...contents);
}

function text(tag: number, value: string): Buffer {
  return element(tag, Buffer.from(value, "ascii"));
}

/** UTCTime until 2049, GeneralizedTime from then on. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, "");
  return date.getUTCFullYear() < 2050 ? text(0x17, digits.slice(2)) : text(0x18, digits);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = rest.flatMap((arc) => {
    const septets = [arc & 0x7f];
    for (let high = arc >> 7; high > 0; high >>= 7) septets.unshift((high & 0x7f) | 0x80);
    return septets;
  });
  return element(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
