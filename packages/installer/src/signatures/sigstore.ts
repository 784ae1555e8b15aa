import type { Bundle } from "@sigstore/bundle";
import type { Signer } from "@sigstore/verify";
import { isError } from "@ingot/diag";
import type { TrustedRoot } from "@sigstore/protobuf-specs";

/** What a Sigstore bundle attests, when its signature, certificate, transparency log entry and time hold. */
export interface Attestation {
  /** Who vouched for the workflow's identity: `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /** The workflow that signed, as its certificate names it, without what follows `@`: that differs with each release. */
  readonly workflow: string;
  /** The repository that the workflow ran for: `https://github.com/acme/ingot-plugin-greet`. */
  readonly repository: string;
}

/** A file that should be attested. */
export interface AttestedFile {
  readonly name: string;
  /** Hex, lower case. */
  readonly sha256: string;
  /** Given for a file that may be signed as it is, without a statement that names it. */
  readonly content?: Uint8Array;
}

/** Why a bundle isn't accepted. The message completes "the attestation ...". */
export class AttestationError extends Error {
  override readonly name = "AttestationError";
}

/** More than this is no bundle for a file. */
const MAX_BUNDLE_CHARACTERS = 4 * 1024 * 1024;
const IN_TOTO_PAYLOAD = "application/vnd.in-toto+json";
const STATEMENT_TYPES = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"];
/** The extension of Fulcio's certificates with the source repository's address. */
const SOURCE_REPOSITORY_OID = "1.3.6.1.4.1.57264.1.12";

/**
 * Checks a Sigstore bundle (JSON, already parsed) for a file against the given roots; one that accepts it is enough. The file must be
 * named in a signed in-toto statement, by name and SHA-256, or be signed itself. Throws AttestationError.
 */
export async function verifyAttestation(
  json: unknown,
  file: AttestedFile,
  roots: readonly TrustedRoot[],
): Promise<Attestation> {
  const bundle = await readBundle(json);
  checkContent(bundle, file);
  return identify(await verifySigner(bundle, file, roots));
}

async function readBundle(json: unknown): Promise<Bundle> {
  const { bundleFromJSON } = await import("@sigstore/bundle");
  try {
    if (JSON.stringify(json).length > MAX_BUNDLE_CHARACTERS) throw new Error("it is too large");
    const bundle = bundleFromJSON(json);
    if (bundle.verificationMaterial.content.$case === "publicKey") {
      throw new Error("it has a key, where a certificate is needed");
    }
    return bundle;
  } catch (error) {
    throw new AttestationError(`is no Sigstore bundle that can be checked: ${messageOf(error)}`);
  }
}

/** That the signed content is about this file. Whether it is signed is checked elsewhere. */
function checkContent({ content }: Bundle, file: AttestedFile): void {
  if (content.$case === "messageSignature") {
    if (file.content !== undefined) return;
    throw new AttestationError(`signs an archive without naming it: a statement with the name ${file.name} is needed`);
  }
  const { payload, payloadType } = content.dsseEnvelope;
  if (payloadType !== IN_TOTO_PAYLOAD) throw new AttestationError("holds no in-toto statement");
  const subjects = subjectsOf(payload);
  const fitting = subjects.filter(({ sha256 }) => sha256 === file.sha256);
  if (fitting.length === 0) throw new AttestationError(`is for other content than that of ${file.name}`);
  // An old archive under a new name has the same content: the name is what tells them apart.
  if (!fitting.some(({ name }) => name.split("/").at(-1) === file.name)) {
    throw new AttestationError(`is for the file ${fitting[0]?.name}, not for ${file.name}`);
  }
}

function subjectsOf(payload: Uint8Array): readonly { readonly name: string; readonly sha256: string }[] {
  let statement: unknown;
  try {
    statement = JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    throw new AttestationError("holds a statement that is not JSON");
  }
  const { _type: type, subject } = (statement ?? {}) as { readonly _type?: unknown; readonly subject?: unknown };
  if (typeof type !== "string" || !STATEMENT_TYPES.includes(type) || !Array.isArray(subject)) {
    throw new AttestationError("holds a statement of an unknown form");
  }
  return (subject as readonly unknown[]).flatMap((entry) => {
    const { name, digest } = (entry ?? {}) as { readonly name?: unknown; readonly digest?: unknown };
    const sha256 = (digest as { readonly sha256?: unknown } | undefined | null)?.sha256;
    return typeof name === "string" && typeof sha256 === "string" ? [{ name, sha256: sha256.toLowerCase() }] : [];
  });
}

async function verifySigner(bundle: Bundle, file: AttestedFile, roots: readonly TrustedRoot[]): Promise<Signer> {
  const { toSignedEntity, toTrustMaterial, Verifier } = await import("@sigstore/verify");
  const reasons: string[] = [];
  for (const root of roots) {
    try {
      // GitHub's instance for private repositories has timestamps instead of public logs.
      const verifier = new Verifier(toTrustMaterial(root), {
        ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
        tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
        timestampThreshold: 1,
      });
      return verifier.verify(
        toSignedEntity(bundle, file.content === undefined ? undefined : Buffer.from(file.content)),
      );
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw new AttestationError(
    `cannot be verified: ${[...new Set(reasons)].join("; ") || "no keys of Sigstore are trusted"}`,
  );
}

function identify({ identity }: Signer): Attestation {
  const issuer = identity?.extensions?.issuer ?? "";
  const subject = identity?.subjectAlternativeName ?? "";
  const repositories = (identity?.oids ?? [])
    .filter(({ oid }) => oid?.id.join(".") === SOURCE_REPOSITORY_OID)
    .map(({ value }) => derText(value));
  const [repository] = repositories;
  if (repository === undefined || repositories.length > 1 || !/^https:\/\/[^@#\s]+@/.test(subject)) {
    throw new AttestationError(`is by ${subject || "somebody without a name"}, not by a workflow of a repository`);
  }
  return { issuer, workflow: subject.slice(0, subject.indexOf("@")), repository };
}

/** The text of a DER UTF8String with a length under 65,536. */
function derText(bytes: Uint8Array): string {
  const [tag, first = 0] = bytes;
  const sizeBytes = first < 0x80 ? 0 : first - 0x80;
  if (tag !== 0x0c || sizeBytes > 2) return "";
  const size =
    sizeBytes === 0 ? first : Number.parseInt(Buffer.from(bytes.subarray(2, 2 + sizeBytes)).toString("hex"), 16);
  const text = bytes.subarray(2 + sizeBytes);
  return text.length === size ? Buffer.from(text).toString("utf8") : "";
}

function messageOf(error: unknown): string {
  return isError(error) ? (error.message.split("\n")[0] ?? "") : String(error);
}
