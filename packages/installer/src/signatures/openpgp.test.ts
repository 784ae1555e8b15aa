import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { InstallError } from "../install-error.js";
import { verifyOpenPgp } from "./openpgp.js";
import { parseKeys, readKeyFiles } from "./openpgp-keys.js";

// The files were made by GnuPG: scripts/record/openpgp-signatures.sh.
const folder = fileURLToPath(new URL("../../testdata/openpgp/", import.meta.url));
const read = (name: string): Uint8Array => readFileSync(folder + name);
const checksumFile = read("SHA256SUMS");

async function verify(
  signature: string | Uint8Array,
  keyFiles: readonly string[],
  options: { now?: Date; content?: Uint8Array } = {},
) {
  const keys = await readKeyFiles(keyFiles.map((name) => folder + name));
  const bytes = typeof signature === "string" ? read(signature) : signature;
  const { content = checksumFile, now = new Date("2030-01-01") } = options;
  const verdict = await verifyOpenPgp(content, bytes, { keys, now });
  const signer =
    verdict.kind === "valid" ? keys.findIndex((key) => key.getFingerprint().toUpperCase() === verdict.fingerprint) : -1;
  return { verdict, signer: keyFiles[signer] };
}

describe("signatures that hold", () => {
  test.each([
    {
      name: "binary, by a subkey: the primary key is named",
      signature: "rsa-subkey.sig",
      keys: ["rsa.asc"],
      by: "rsa.asc",
    },
    { name: "armored", signature: "rsa-subkey-armored.sig", keys: ["rsa.asc"], by: "rsa.asc" },
    { name: "Ed25519", signature: "ed25519.sig", keys: ["ed.asc"], by: "ed.asc" },
    { name: "ECDSA", signature: "nistp256.sig", keys: ["nist.asc"], by: "nist.asc" },
    {
      name: "one key among several",
      signature: "nistp256.sig",
      keys: ["rsa.asc", "nist.asc", "ed.asc"],
      by: "nist.asc",
    },
    { name: "two signatures, the second key known", signature: "both.sig", keys: ["nist.asc"], by: "nist.asc" },
    { name: "a key that expired after it signed", signature: "while-it-lived.sig", keys: ["old.asc"], by: "old.asc" },
    {
      name: "a key prolonged after it signed",
      signature: "while-it-lived.sig",
      keys: ["old-prolonged.asc"],
      by: "old-prolonged.asc",
    },
    {
      name: "a key superseded after it signed",
      signature: "before-revocation-2.sig",
      keys: ["revoked-2.asc"],
      by: "revoked-2.asc",
    },
  ])("$name", async ({ signature, keys, by }) => {
    const { verdict, signer } = await verify(signature, keys);
    expect(verdict).toEqual({ kind: "valid", fingerprint: expect.stringMatching(/^[0-9A-F]{40}$/) });
    expect(signer).toBe(by);
  });
});

describe("signatures that don't hold", () => {
  test.each([
    { name: "a key that had expired", signature: "after-it-expired.sig", keys: ["old.asc"], reason: /had expired/ },
    {
      name: "a key revoked as compromised, at any time",
      signature: "before-revocation-1.sig",
      keys: ["revoked-1.asc"],
      reason: /key is revoked/,
    },
    { name: "SHA-1", signature: "sha1.sig", keys: ["rsa.asc"], reason: /hash function SHA1, which can be forged/ },
    { name: "RSA with 1024 bits", signature: "rsa1024.sig", keys: ["short.asc"], reason: /2047 bits/ },
    { name: "DSA", signature: "dsa.sig", keys: ["dsa.asc"], reason: /dsa/ },
    {
      name: "a clear-signed text",
      signature: "clear-signed.sig",
      keys: ["rsa.asc"],
      reason: /detached signature of the checksum file is needed/,
    },
    { name: "a signed message", signature: "inline.sig", keys: ["rsa.asc"], reason: /./ },
    { name: "a signature of text", signature: "text-mode.sig", keys: ["rsa.asc"], reason: /not one of a file's bytes/ },
    { name: "nothing", signature: new Uint8Array(), keys: ["rsa.asc"], reason: /is empty/ },
    { name: "junk", signature: Buffer.from("<html>not found</html>"), keys: ["rsa.asc"], reason: /./ },
    { name: "a megabyte", signature: new Uint8Array(1_000_000), keys: ["rsa.asc"], reason: /1000000 bytes/ },
    { name: "a public key", signature: "rsa.asc", keys: ["rsa.asc"], reason: /./ },
  ])("$name", async ({ signature, keys, reason }) => {
    const { verdict } = await verify(signature, keys);
    expect(verdict).toEqual({ kind: "bad", reason: expect.stringMatching(reason) });
  });

  test("other content", async () => {
    const { verdict } = await verify("ed25519.sig", ["ed.asc"], {
      content: Buffer.concat([checksumFile, Buffer.from("\n")]),
    });
    expect(verdict).toEqual({ kind: "bad", reason: expect.stringContaining("for other content") });
  });

  test("a time to come", async () => {
    const { verdict } = await verify("while-it-lived.sig", ["old.asc"], { now: new Date("2020-05-01") });
    expect(verdict).toEqual({ kind: "bad", reason: expect.stringContaining("future") });
  });

  test("a flipped bit anywhere", async () => {
    const good = read("ed25519.sig");
    for (let index = 0; index < good.length; index += 3) {
      const changed = Uint8Array.from(good);
      changed[index] = (changed[index] ?? 0) ^ 0x10;
      const { verdict } = await verify(changed, ["ed.asc"]);
      // What is not signed itself, such as the issuer's id, may name a key that isn't known.
      if (verdict.kind === "valid") expect(unsignedPart(good, index)).toBe(true);
    }
  });
});

test("keys that aren't known are named", async () => {
  const { verdict } = await verify("both.sig", ["rsa.asc"]);
  expect(verdict).toEqual({
    kind: "unknown key",
    keyIds: [expect.stringMatching(/^[0-9A-F]{16}$/), expect.stringMatching(/^[0-9A-F]{16}$/)],
  });
});

describe("files of keys", () => {
  test("may hold several blocks", async () => {
    const text = Buffer.concat([read("rsa.asc"), Buffer.from("some words between\n"), read("ed.asc")]);
    expect(await parseKeys(text, "keys.asc")).toHaveLength(2);
  });

  test("may be binary", async () => {
    const [key] = await parseKeys(read("ed.asc"), "ed.asc");
    expect(await parseKeys(key?.write() ?? new Uint8Array(), "ed.gpg")).toHaveLength(1);
  });

  test.each(["no such file.asc", "SHA256SUMS", "ed25519.sig"])("%s is refused by name", async (name) => {
    const failure = await readKeyFiles([folder + name]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InstallError);
    expect(String(failure)).toContain(name);
  });

  test("with a private key are refused", async () => {
    const { generateKey } = await import("openpgp");
    const { privateKey } = await generateKey({ userIDs: [{ name: "A" }], format: "armored" });
    await expect(parseKeys(Buffer.from(privateKey), "secret.asc")).rejects.toThrow(/secret\.asc .* private key/);
  });
});

/** Whether a byte belongs to the part of a version 4 signature packet that is not signed: the packet's header, or the unhashed subpackets. */
function unsignedPart(packet: Uint8Array, index: number): boolean {
  const header = 2;
  const hashedSize = ((packet[header + 4] ?? 0) << 8) | (packet[header + 5] ?? 0);
  const unhashed = header + 6 + hashedSize;
  const unhashedSize = ((packet[unhashed] ?? 0) << 8) | (packet[unhashed + 1] ?? 0);
  return index < header || (index >= unhashed && index < unhashed + 2 + unhashedSize);
}
