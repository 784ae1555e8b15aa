import { beforeAll, describe, expect, test } from "@jest/globals";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { createSigstoreAuthority, GITHUB_ISSUER, type SigstoreAuthority } from "../testing/sigstore-authority.js";
import { AttestationError, verifyAttestation, type AttestedFile } from "./sigstore.js";
import { readTrustedRoots } from "./trusted-root.js";

const repository = "https://github.com/acme/ingot-plugin-greet";
const workflow = `${repository}/.github/workflows/release.yml`;
const file: AttestedFile = { name: "ingot-plugin-greet_v1.2.0_p1_any.zip", sha256: "ab".repeat(32) };
const release = { subjects: [file], workflow: `${workflow}@refs/tags/v1.2.0`, repository };
const checksums: AttestedFile = { name: "SHA256SUMS", sha256: "cd".repeat(32), content: Buffer.from("hash  name\n") };

let authority: SigstoreAuthority;
let roots: readonly TrustedRoot[];
beforeAll(async () => {
  authority = await createSigstoreAuthority();
  roots = [TrustedRoot.fromJSON(authority.trustedRoot)];
});

describe("attestations that hold", () => {
  const want = { issuer: GITHUB_ISSUER, workflow, repository };

  test("an archive among others, in the log", async () => {
    const bundle = await authority.attest({ ...release, subjects: [{ name: "x.zip", sha256: "00".repeat(32) }, file] });
    expect(await verifyAttestation(bundle, file, roots)).toEqual(want);
  });

  test("the name in a folder", async () => {
    const bundle = await authority.attest({ ...release, subjects: [{ ...file, name: `dist/${file.name}` }] });
    expect(await verifyAttestation(bundle, file, roots)).toEqual(want);
  });

  test("with a timestamp and no log, by a root without logs", async () => {
    const bundle = await authority.attest({ ...release, timestampOnly: true });
    const both = [...roots, TrustedRoot.fromJSON(authority.timestampRoot)];
    expect(await verifyAttestation(bundle, file, both)).toEqual(want);
  });

  test("a checksum file that is signed itself", async () => {
    const bundle = await authority.signBlob(checksums.content ?? Buffer.from(""), release);
    expect(await verifyAttestation(bundle, checksums, roots)).toEqual(want);
  });

  test("the next release has the same workflow", async () => {
    const bundle = await authority.attest({ ...release, workflow: `${workflow}@refs/heads/main` });
    expect((await verifyAttestation(bundle, file, roots)).workflow).toBe(workflow);
  });
});

describe("attestations that don't hold", () => {
  async function refusal(bundle: unknown, about: AttestedFile = file, trusted = roots): Promise<string> {
    const failure = await verifyAttestation(bundle, about, trusted).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AttestationError);
    return (failure as AttestationError).message;
  }

  test("other content", async () => {
    const bundle = await authority.attest({ ...release, subjects: [{ ...file, sha256: "00".repeat(32) }] });
    expect(await refusal(bundle)).toMatch(/is for other content than that of ingot-plugin-greet_v1.2.0_p1_any.zip/);
  });

  test("the archive of an older release under a new name", async () => {
    const old = "ingot-plugin-greet_v1.0.0_p1_any.zip";
    const bundle = await authority.attest({ ...release, subjects: [{ ...file, name: old }] });
    expect(await refusal(bundle)).toBe(`is for the file ${old}, not for ${file.name}`);
  });

  test("an authority that isn't trusted", async () => {
    const other = await createSigstoreAuthority();
    expect(await refusal(await other.attest(release))).toMatch(/cannot be verified: .*certificate/i);
    expect(await refusal(await authority.attest(release), file, await readTrustedRoots(undefined))).toMatch(
      /certificate/i,
    );
  });

  test("no trusted keys at all", async () => {
    expect(await refusal(await authority.attest(release), file, [])).toMatch(/no keys of Sigstore are trusted/);
  });

  test("a statement changed after it was signed", async () => {
    const bundle = await authority.attest({ ...release, subjects: [{ ...file, sha256: "00".repeat(32) }] });
    const { payload = "" } = bundle.dsseEnvelope ?? {};
    const text = Buffer.from(payload, "base64").toString().replace("00".repeat(32), file.sha256);
    if (bundle.dsseEnvelope) bundle.dsseEnvelope.payload = Buffer.from(text).toString("base64");
    expect(await refusal(bundle)).toMatch(/cannot be verified/);
  });

  test("the log's entry of another statement", async () => {
    const [bundle, other] = [await authority.attest(release), await authority.attest(release)];
    bundle.verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries;
    expect(await refusal(bundle)).toMatch(/cannot be verified/);
  });

  test("the certificate of another workflow", async () => {
    const [bundle, other] = [
      await authority.attest(release),
      await authority.attest({ ...release, workflow: `${workflow}2@x` }),
    ];
    bundle.verificationMaterial.certificate = other.verificationMaterial.certificate;
    expect(await refusal(bundle)).toMatch(/cannot be verified/);
  });

  test("no entry in the log, and no timestamp", async () => {
    const bundle = await authority.attest(release);
    bundle.verificationMaterial.tlogEntries = [];
    expect(await refusal(bundle)).toMatch(/./);
  });

  test("a timestamp where the root asks for a log", async () => {
    expect(await refusal(await authority.attest({ ...release, timestampOnly: true }))).toMatch(/cannot be verified/);
  });

  test("a log whose name would be a regular expression without end", async () => {
    const bundle = await authority.attest(release);
    const [entry] = bundle.verificationMaterial.tlogEntries as {
      inclusionProof: { checkpoint: { envelope: string } };
    }[];
    if (entry === undefined) throw new Error("no entry");
    const { checkpoint } = entry.inclusionProof;
    checkpoint.envelope = checkpoint.envelope.replace(/^\u2014 \S+/m, "\u2014 ^(([a-z:/.])*)*!$");
    const start = performance.now();
    expect(await refusal(bundle)).toMatch(/cannot be verified/);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test("a signature of the archive that doesn't name it", async () => {
    const content = Buffer.from("zip");
    expect(await refusal(await authority.signBlob(content, release))).toMatch(/without naming it/);
  });

  test("a signature of another checksum file", async () => {
    const bundle = await authority.signBlob(Buffer.from("other  content\n"), release);
    expect(await refusal(bundle, checksums)).toMatch(/cannot be verified/);
  });

  test("a person, not a workflow", async () => {
    const bundle = await authority.attest({ subjects: [file], workflow: "mailto:mallory@example.com" });
    expect(await refusal(bundle)).toMatch(/is by .*mallory@example.com, not by a workflow of a repository/);
  });

  test("a workflow without a repository", async () => {
    const bundle = await authority.attest({ subjects: [file], workflow: release.workflow });
    expect(await refusal(bundle)).toMatch(/not by a workflow of a repository/);
  });

  test.each([
    { name: "nothing", json: null },
    { name: "text", json: "bundle" },
    { name: "a list", json: [] },
    { name: "an empty object", json: {} },
    { name: "a lone media type", json: { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json" } },
    {
      name: "numbers for objects",
      json: { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", verificationMaterial: 1 },
    },
    { name: "five megabytes", json: { mediaType: "x".repeat(5_000_000) } },
  ])("$name is no bundle", async ({ json }) => {
    expect(await refusal(json)).toMatch(/is no Sigstore bundle that can be checked/);
  });

  test("statements of other forms", async () => {
    for (const payload of ["no JSON", "null", "{}", '{"_type":"https://in-toto.io/Statement/v1","subject":{}}']) {
      const bundle = await authority.attest(release);
      if (bundle.dsseEnvelope) bundle.dsseEnvelope.payload = Buffer.from(payload).toString("base64");
      expect(await refusal(bundle)).toMatch(/holds a statement/);
    }
  });
});

test("the public instance's keys are those that were published", async () => {
  const [root] = await readTrustedRoots(undefined);
  expect(root?.certificateAuthorities.map(({ uri }) => uri)).toContain("https://fulcio.sigstore.dev");
  expect(root?.tlogs.length).toBeGreaterThan(0);
});
