import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** Who signs, and what. */
export interface AttestOptions {
  readonly subjects: readonly { readonly name: string; readonly sha256: string }[];
  /** `https://github.com/acme/ingot-plugin-greet/.github/workflows/release.yml@refs/tags/v1.0.0`. */
  readonly workflow: string;
  readonly repository?: string;
  readonly issuer?: string;
  /** Leaves out the log's entry, as GitHub does for private repositories, and has a timestamp instead. */
  readonly timestampOnly?: boolean;
  readonly predicateType?: string;
}

/** An authority of Sigstore's kind: it certifies workflows, logs what they signed, and tells the time. All keys are real and new. */
export interface SigstoreAuthority {
  /** The keys to trust, as JSON. */
  readonly trustedRoot: unknown;
  /** A root like GitHub's for private repositories: without logs. */
  readonly timestampRoot: unknown;
  /** A bundle with a signed statement, as JSON. */
  attest(options: AttestOptions): Promise<SerializedBundle>;
  /** A bundle with a signature of the bytes themselves, as JSON. */
  signBlob(content: Uint8Array, options: Omit<AttestOptions, "subjects">): Promise<SerializedBundle>;
}

/** The parts of a bundle that tests look at or spoil. */
export interface SerializedBundle {
  mediaType: string;
  verificationMaterial: { certificate: unknown; tlogEntries: unknown[]; timestampVerificationData?: unknown };
  dsseEnvelope?: { payload: string; payloadType: string; signatures: { sig: string }[] };
  messageSignature?: unknown;
}

export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
const SHA256_OID = "2.16.840.1.101.3.4.2.1";
const START = new Date("2020-01-01").toISOString();

/** Starts an authority. Nothing is listened to; the clock is this process's. */
export async function createSigstoreAuthority(): Promise<SigstoreAuthority> {
  const { initializeCA, initializeTLog, initializeTSA } = await import("@sigstore/mock");
  const ctLog = createCertificateLog();
  const ca = await initializeCA(pair("P-384"), ctLog);
  // Timestamps have whole seconds here, and have to lie in the life of the certificates.
  const clock = new Date((Math.ceil(Date.now() / 1000) + 2) * 1000);
  const privateCa = await initializeCA(pair("P-384"), undefined, clock);
  const tlog = await initializeTLog("https://rekor.example.com", pair());
  const tsa = await initializeTSA(pair("P-384"), clock);

  async function certify(options: Omit<AttestOptions, "subjects">, publicKey: KeyObject): Promise<unknown> {
    const { workflow, repository, issuer = GITHUB_ISSUER, timestampOnly = false } = options;
    const extensions = [
      { oid: "1.3.6.1.4.1.57264.1.1", value: issuer, legacy: true },
      { oid: "1.3.6.1.4.1.57264.1.8", value: issuer },
      ...(repository === undefined ? [] : [{ oid: "1.3.6.1.4.1.57264.1.12", value: repository }]),
    ];
    const issuing = timestampOnly ? privateCa : ca;
    const certificate = await issuing.issueCertificate({
      publicKey: publicKey.export({ format: "der", type: "spki" }),
      subjectAltName: workflow,
      extensions,
    });
    return { rawBytes: certificate.toString("base64") };
  }

  async function material(entry: ProposedEntry, signature: Buffer, certificate: unknown, timestampOnly: boolean) {
    if (!timestampOnly) return { certificate, tlogEntries: [await logged(entry)] };
    const timestamp = await tsa.timestamp({
      artifactHash: createHash("sha256").update(signature).digest(),
      hashAlgorithmOID: SHA256_OID,
      nonce: 1,
      policyOID: "1.2.3.4.1",
      certReq: true,
    });
    const rfc3161Timestamps = [{ signedTimestamp: timestamp.toString("base64") }];
    return { certificate, tlogEntries: [], timestampVerificationData: { rfc3161Timestamps } };
  }

  async function logged(entry: ProposedEntry): Promise<unknown> {
    // The types of the log's answers are in a package of their own, which nothing else needs.
    const [found] = Object.values((await tlog.log(entry)) as unknown as Record<string, LoggedEntry>);
    if (found === undefined) throw new Error("the log kept nothing");
    const { signedEntryTimestamp, inclusionProof: proof } = found.verification;
    return {
      logIndex: String(found.logIndex),
      logId: { keyId: Buffer.from(found.logID, "hex").toString("base64") },
      kindVersion: { kind: entry.kind, version: entry.apiVersion },
      integratedTime: String(found.integratedTime),
      inclusionPromise: { signedEntryTimestamp },
      inclusionProof: {
        logIndex: String(proof.logIndex),
        rootHash: Buffer.from(proof.rootHash, "hex").toString("base64"),
        treeSize: String(proof.treeSize),
        hashes: [],
        checkpoint: { envelope: proof.checkpoint },
      },
      canonicalizedBody: found.body,
    };
  }

  return {
    trustedRoot: {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [trustedLog("https://rekor.example.com", tlog.publicKey)],
      ctlogs: [trustedLog("https://ctfe.example.com", ctLog.publicKey)],
      certificateAuthorities: [trustedAuthority("https://fulcio.example.com", [ca.rootCertificate])],
      timestampAuthorities: [trustedAuthority("https://tsa.example.com", [tsa.intCertificate, tsa.rootCertificate])],
    },
    timestampRoot: {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [],
      ctlogs: [],
      certificateAuthorities: [trustedAuthority("https://fulcio.example.com", [privateCa.rootCertificate])],
      timestampAuthorities: [trustedAuthority("https://tsa.example.com", [tsa.intCertificate, tsa.rootCertificate])],
    },
    async attest(options) {
      const { subjects, predicateType = "https://slsa.dev/provenance/v1", timestampOnly = false } = options;
      const subject = subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } }));
      const statement = { _type: "https://in-toto.io/Statement/v1", subject, predicateType, predicate: {} };
      const payload = Buffer.from(JSON.stringify(statement));
      const payloadType = "application/vnd.in-toto+json";
      const { privateKey, publicKey } = pair();
      const encoded = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
      const signature = sign("sha256", Buffer.concat([Buffer.from(encoded), payload]), privateKey);
      const certificate = await certify(options, publicKey);
      const spec = {
        signatures: [{ signature: signature.toString("base64"), verifier: "" }],
        payloadHash: { algorithm: "sha256", value: createHash("sha256").update(payload).digest("hex") },
      };
      return {
        mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        verificationMaterial: await material(
          { kind: "dsse", apiVersion: "0.0.1", spec },
          signature,
          certificate,
          timestampOnly,
        ),
        dsseEnvelope: {
          payload: payload.toString("base64"),
          payloadType,
          signatures: [{ sig: signature.toString("base64") }],
        },
      };
    },
    async signBlob(content, options) {
      const { privateKey, publicKey } = pair();
      const signature = sign("sha256", content, privateKey);
      const certificate = await certify(options, publicKey);
      const digest = createHash("sha256").update(content).digest();
      const spec = {
        data: { hash: { algorithm: "sha256", value: digest.toString("hex") } },
        signature: { content: signature.toString("base64"), publicKey: { content: "" } },
      };
      const entry = { kind: "hashedrekord", apiVersion: "0.0.1", spec };
      return {
        mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        verificationMaterial: await material(entry, signature, certificate, options.timestampOnly ?? false),
        messageSignature: {
          messageDigest: { algorithm: "SHA2_256", digest: digest.toString("base64") },
          signature: signature.toString("base64"),
        },
      };
    },
  };
}

/**
 * A log of certificates, in the form that initializeCA asks for. The one of @sigstore/mock writes promises in the form of an older version of
 * its library.
 */
function createCertificateLog() {
  const { privateKey, publicKey } = pair();
  const spki = publicKey.export({ format: "der", type: "spki" });
  const logID = createHash("sha256").update(spki).digest();
  return {
    publicKey: spki,
    logID,
    /** The promise to log a certificate (RFC 6962, 3.2), behind its length. */
    log: (certificate: ArrayBuffer, issuerId: ArrayBuffer): Promise<ArrayBuffer> => {
      const tbs = firstElement(Buffer.from(certificate));
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(BigInt(Date.now()));
      const size = Buffer.from([tbs.length >> 16, (tbs.length >> 8) & 0xff, tbs.length & 0xff]);
      const signed = [
        Buffer.from([0, 0]),
        time,
        Buffer.from([0, 1]),
        Buffer.from(issuerId),
        size,
        tbs,
        Buffer.from([0, 0]),
      ];
      const signature = sign("sha256", Buffer.concat(signed), privateKey);
      const head = Buffer.from([0, 0, 4, 3, signature.length >> 8, signature.length & 0xff]);
      const promise = Buffer.concat([Buffer.from([0]), logID, time, head, signature]);
      const framed = Uint8Array.from([promise.length >> 8, promise.length & 0xff, ...promise]);
      return Promise.resolve(framed.buffer);
    },
  };
}

/** The first element inside of a DER sequence, with its header; both longer than 255 bytes. */
function firstElement(sequence: Buffer): Buffer {
  return sequence.subarray(4, 4 + 4 + sequence.readUInt16BE(6));
}

interface LoggedEntry {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
      readonly checkpoint: string;
    };
  };
}

interface ProposedEntry {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: unknown;
}

function pair(namedCurve = "P-256") {
  return generateKeyPairSync("ec", { namedCurve });
}

function trustedLog(baseUrl: string, publicKey: Buffer): unknown {
  return {
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: publicKey.toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: { start: START },
    },
    logId: { keyId: createHash("sha256").update(publicKey).digest("base64") },
  };
}

function trustedAuthority(uri: string, certificates: readonly Buffer[]): unknown {
  return {
    subject: { organization: "example.com", commonName: "test" },
    uri,
    certChain: { certificates: certificates.map((bytes) => ({ rawBytes: bytes.toString("base64") })) },
    validFor: { start: START },
  };
}
