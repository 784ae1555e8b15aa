import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { InstallError } from "../install-error.js";
import { ANY_PLATFORM } from "../platform.js";
import { parsePluginAddress } from "../plugin-address.js";
import type { Release } from "../plugin-source.js";
import { createSigstoreAuthority, GITHUB_ISSUER, type SigstoreAuthority } from "../testing/sigstore-authority.js";
import { checkSignature, type SignatureCheck } from "./check-signature.js";
import type { SignaturePolicy, SignatureSettings } from "./signature-settings.js";
import { readKeyFiles } from "./openpgp-keys.js";

const folder = fileURLToPath(new URL("../../testdata/openpgp/", import.meta.url));
const temporary = mkdtempSync(path.join(os.tmpdir(), "ingot-signatures-"));
afterAll(() => rmSync(temporary, { recursive: true }));

const checksums = readFileSync(`${folder}SHA256SUMS`);
const archive = {
  fileName: "ingot-plugin-greet_v1.2.0_p1_any.zip",
  sha256: checksums.toString().slice(0, 64),
  platform: ANY_PLATFORM,
  api: "p1",
};
const repository = "https://github.com/acme/ingot-plugin-greet";
const workflow = `${repository}/.github/workflows/release.yml`;
const bySigstore = `sigstore:${GITHUB_ISSUER}#${workflow}`;
const signal = new AbortController().signal;

let authority: SigstoreAuthority;
let good: unknown;
let fingerprints: Record<string, string>;
beforeAll(async () => {
  authority = await createSigstoreAuthority();
  writeFileSync(path.join(temporary, "root.json"), JSON.stringify(authority.trustedRoot));
  good = await attest({});
  fingerprints = {};
  for (const name of ["ed", "rsa", "nist"]) {
    const [key] = await readKeyFiles([`${folder}${name}.asc`]);
    fingerprints[name] = `openpgp:${key?.getFingerprint().toUpperCase()}`;
  }
});

function attest(options: { name?: string; from?: string; by?: string; issuer?: string }): Promise<unknown> {
  const { name = archive.fileName, from = repository, by = workflow, issuer } = options;
  const subjects = [{ name, sha256: archive.sha256 }];
  const signer = { workflow: `${by}@refs/tags/v1.2.0`, repository: from };
  return authority.attest({ subjects, ...signer, ...(issuer === undefined ? {} : { issuer }) });
}

interface Given {
  readonly policy?: SignaturePolicy;
  /** The file with the signature. */
  readonly signature?: string;
  readonly bundles?: readonly unknown[];
  /** Why attestations can't be read. */
  readonly unreadable?: string;
  readonly keys?: Readonly<Record<string, string>>;
  readonly locked?: string;
  readonly archiveLocked?: boolean;
  readonly address?: string;
  readonly version?: string;
}

/** The signer and the warnings, or the error's text; and what was asked for. */
async function check(
  given: Given,
): Promise<{ signer?: string; warnings?: readonly string[]; refused?: string; asked: string[] }> {
  const asked: string[] = [];
  const address = parsePluginAddress(given.address ?? "github.com/acme/greet");
  if ("problem" in address) throw new Error(address.problem);
  const release: Release = {
    offer: { address, version: given.version ?? "1.2.0", family: "ingot", repository },
    archives: [archive],
    checksumFile: { name: "ingot-plugin-greet_v1.2.0_SHA256SUMS", content: checksums },
    readSignature: () => {
      asked.push("signature");
      return Promise.resolve(given.signature === undefined ? undefined : readFileSync(folder + given.signature));
    },
    readManifest: () => Promise.resolve(undefined),
    readAttestations: (sha256, { onlyFiles = false }) => {
      const what = sha256 === archive.sha256 ? "archive" : sha256 === sha256Of(checksums) ? "checksums" : "?";
      asked.push(onlyFiles ? `${what} in files` : what);
      if (given.unreadable !== undefined) return Promise.reject(new InstallError(given.unreadable));
      return Promise.resolve(sha256 === archive.sha256 ? (given.bundles ?? []) : []);
    },
    fetchArchive: () => Promise.reject(new Error("downloaded before it was checked")),
  };
  const keys = Object.entries(given.keys ?? {}).map(([pattern, file]) => ({ pattern, files: [folder + file] }));
  const settings: SignatureSettings = {
    policy: given.policy ?? "warn",
    keys,
    trustedRootFile: path.join(temporary, "root.json"),
  };
  const request: SignatureCheck = {
    ...{ release, archive, settings, lockedSigner: given.locked, options: { signal } },
    ...(given.archiveLocked === undefined ? {} : { archiveLocked: given.archiveLocked }),
  };
  try {
    return { ...(await checkSignature(request)), asked };
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    return { refused: error.message, asked };
  }
}

const acme = { "github.com/acme/*": "ed.asc" };

describe("without a locked signer", () => {
  test("off asks for nothing", async () => {
    expect(await check({ policy: "off", signature: "ed25519.sig", keys: acme })).toEqual({ warnings: [], asked: [] });
  });

  test("a signature by a configured key names the signer", async () => {
    const want = { signer: fingerprints["ed"], warnings: [], asked: ["signature"] };
    expect(await check({ signature: "ed25519.sig", keys: acme })).toEqual(want);
    expect(await check({ signature: "ed25519.sig", keys: acme, policy: "require" })).toEqual(want);
  });

  test("an attestation of the plugin's own workflow names the signer, without any configuration", async () => {
    const want = { signer: bySigstore, warnings: [], asked: ["signature", "archive"] };
    expect(await check({ bundles: [good] })).toEqual(want);
    expect(await check({ bundles: [good], policy: "require" })).toEqual(want);
  });

  test("an unknown OpenPGP key beside a good attestation is not mentioned", async () => {
    expect(await check({ signature: "ed25519.sig", bundles: [good] })).toMatchObject({
      signer: bySigstore,
      warnings: [],
    });
  });

  test("nothing signed is fine, but not where it is required", async () => {
    expect(await check({})).toEqual({ warnings: [], asked: ["signature", "archive", "checksums in files"] });
    expect((await check({ policy: "require" })).refused).toBe(
      "The plugin github.com/acme/greet 1.2.0 is not installed: a signature is required (plugin_signatures), but it is not signed.",
    );
  });

  test.each<{ name: string; given: Given; fault: RegExp }>([
    {
      name: "an unknown key",
      given: { signature: "ed25519.sig" },
      fault: /signed by the OpenPGP key [0-9A-F]{16}, which plugin_keys doesn't name/,
    },
    {
      name: "another key than the configured one",
      given: { signature: "nistp256.sig", keys: acme },
      fault: /none of the keys of plugin_keys for this plugin/,
    },
    {
      name: "a missing signature where keys are configured",
      given: { keys: acme },
      fault: /has no OpenPGP signature, although plugin_keys names keys/,
    },
    {
      name: "an expired key",
      given: { signature: "after-it-expired.sig", keys: { "*": "old.asc" } },
      fault: /bad OpenPGP signature: that of ingot-plugin-greet_v1.2.0_SHA256SUMS .* expired/,
    },
    {
      name: "a revoked key",
      given: { signature: "before-revocation-1.sig", keys: { "*": "revoked-1.asc" } },
      fault: /the key is revoked/,
    },
    { name: "SHA-1", given: { signature: "sha1.sig", keys: { "*": "rsa.asc" } }, fault: /SHA1/ },
    {
      name: "a page instead of a signature",
      given: { signature: "SHA256SUMS", keys: acme },
      fault: /cannot be read as an OpenPGP signature|is no OpenPGP signature/,
    },
    { name: "no bundle", given: { bundles: [{}] }, fault: /bad Sigstore attestation: it is no Sigstore bundle/ },
  ])("$name is told, and refused where a signature is required", async ({ given, fault }) => {
    const warned = await check(given);
    expect(warned.refused).toBeUndefined();
    expect(warned.signer).toBeUndefined();
    expect(warned.warnings?.join()).toMatch(fault);
    expect((await check({ ...given, policy: "require" })).refused).toMatch(fault);
  });

  test("attestations of other repositories don't count", async () => {
    const stranger = await attest({ from: "https://github.com/mallory/ingot-plugin-greet" });
    const issuer = await attest({ issuer: "https://issuer.example.com" });
    const old = await attest({ name: "ingot-plugin-greet_v1.0.0_p1_any.zip" });
    const { refused = "" } = await check({ bundles: [stranger, issuer, old], policy: "require" });
    expect(refused).toContain(
      "is by a workflow of https://github.com/mallory/ingot-plugin-greet, not of https://github.com/acme/ingot-plugin-greet",
    );
    expect(refused).toContain("is vouched for by https://issuer.example.com, which doesn't speak for github.com");
    expect(refused).toContain("is for the file ingot-plugin-greet_v1.0.0_p1_any.zip");
    expect(await check({ bundles: [stranger, good], policy: "require" })).toMatchObject({ signer: bySigstore });
  });

  test("the repository follows from the address, whatever the source says", async () => {
    expect((await check({ address: "github.com/other/greet", bundles: [good], policy: "require" })).refused).toMatch(
      /not of https:\/\/github\.com\/other\/ingot-plugin-greet/,
    );
  });
});

test("attestations that can't be read are told, and an error where it depends on them", async () => {
  const unreadable = "GET https://api.github.com/... failed: the server answered 403.";
  const want =
    "it may have attestations, which could not be read: GET https://api.github.com/... failed: the server answered 403.";
  expect(await check({ unreadable })).toEqual({
    warnings: [`The plugin github.com/acme/greet 1.2.0: ${want}`],
    asked: ["signature", "archive"],
  });
  for (const given of [{ policy: "require" }, { locked: bySigstore }] as const)
    expect((await check({ ...given, unreadable })).refused).toBe(unreadable);
  expect(await check({ locked: bySigstore, archiveLocked: true, unreadable })).toMatchObject({
    signer: bySigstore,
    warnings: [expect.stringContaining(want)],
  });
});

describe("with a locked signer", () => {
  test("the same one is fine under every policy, and only its kind is asked for", async () => {
    const locked = fingerprints["ed"] ?? "";
    expect(await check({ locked, signature: "ed25519.sig", keys: acme })).toEqual({
      signer: locked,
      warnings: [],
      asked: ["signature"],
    });
    expect(await check({ locked: bySigstore, bundles: [good] })).toEqual({
      signer: bySigstore,
      warnings: [],
      asked: ["archive"],
    });
  });

  test("off keeps what the lock says", async () => {
    expect(await check({ policy: "off", locked: bySigstore })).toEqual({ signer: bySigstore, warnings: [], asked: [] });
  });

  test("the locked workflow is found among several", async () => {
    const other = await attest({ by: `${repository}/.github/workflows/sbom.yml` });
    expect(await check({ locked: bySigstore, bundles: [other, good] })).toMatchObject({ signer: bySigstore });
  });

  test.each<SignaturePolicy>(["warn", "require"])(
    "another signer is an error under %s, and names both",
    async (policy) => {
      const locked = fingerprints["ed"] ?? "";
      const { refused } = await check({ policy, locked, signature: "nistp256.sig", keys: { "*": "nist.asc" } });
      expect(refused).toContain(
        `it is signed by ${fingerprints["nist"]}, but the lock file says that ${locked} signs this plugin`,
      );
      expect(refused).toContain("delete the line signer");
      const changed = await check({
        policy,
        locked: bySigstore,
        bundles: [await attest({ by: `${repository}/.github/workflows/evil.yml` })],
      });
      expect(changed.refused).toContain("evil.yml, but the lock file says");
    },
  );

  test.each<SignaturePolicy>(["warn", "require"])("no signature any more is an error under %s", async (policy) => {
    const locked = fingerprints["ed"] ?? "";
    expect((await check({ policy, locked })).refused).toContain(
      `it is not signed, but the lock file says that ${locked} signs`,
    );
    expect((await check({ policy, locked: bySigstore })).refused).toContain("it is not signed");
    expect((await check({ policy, locked, bundles: [good] })).refused).toContain("it is not signed");
    expect((await check({ policy, locked, keys: acme })).refused).toContain("it has no OpenPGP signature");
  });

  test("a bad signature is an error", async () => {
    const locked = fingerprints["rsa"] ?? "";
    expect((await check({ locked, signature: "sha1.sig", keys: { "*": "rsa.asc" } })).refused).toMatch(
      /but it has a bad OpenPGP signature/,
    );
  });

  test("a machine without the key takes an archive whose hash is locked, and says so", async () => {
    const locked = fingerprints["ed"] ?? "";
    const known = await check({ locked, signature: "ed25519.sig", archiveLocked: true });
    expect(known).toMatchObject({
      signer: locked,
      warnings: [expect.stringContaining("the signature was not checked")],
    });
    expect(
      (await check({ locked, signature: "ed25519.sig", archiveLocked: true, policy: "require" })).refused,
    ).toBeDefined();
    expect((await check({ locked, signature: "ed25519.sig" })).refused).toContain("which plugin_keys doesn't name");
  });
});

test("HashiCorp's key is there for its own plugins, but no signature is expected of them", async () => {
  const hashicorp = { address: "github.com/hashicorp/docker" };
  expect(await check(hashicorp)).toMatchObject({ warnings: [] });
  // Signed by somebody else: the key that is there doesn't fit, so nothing is said about the signature.
  const stranger = await check({ ...hashicorp, signature: "ed25519.sig" });
  expect(stranger.warnings?.join()).toMatch(/which plugin_keys doesn't name: the signature was not checked/);
});

test("text from elsewhere cannot write to the terminal", async () => {
  const { refused = "" } = await check({ policy: "require", version: "1.0.0\u001b[2J\nignore me" });
  expect(refused).toContain("1.0.0\\u{1b}[2J\\u{a}ignore me");
  const bundles = [await attest({ name: "\u001b]0;owned\u0007.zip" })];
  expect((await check({ policy: "require", bundles })).refused).toContain("\\u{1b}]0;owned\\u{7}.zip");
});

test("a missing or wrong file of keys is an error that names it", async () => {
  const missing = await check({ signature: "ed25519.sig", keys: { "*": "absent.asc" } });
  expect(missing.refused).toMatch(/absent\.asc/);
});

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
