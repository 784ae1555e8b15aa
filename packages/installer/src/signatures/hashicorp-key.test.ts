import { expect, test } from "@jest/globals";
import { HASHICORP_KEY } from "./hashicorp-key.js";
import { parseKeys } from "./openpgp-keys.js";

test("HashiCorp's key has the published fingerprint, and a subkey that signs", async () => {
  const [key, ...others] = await parseKeys(Buffer.from(HASHICORP_KEY), "key");
  expect(others).toEqual([]);
  expect(key?.getFingerprint().toUpperCase()).toBe("C874011F0AB405110D02105534365D9472D7468F");
  const signing = await key?.getSigningKey(undefined, new Date("2026-06-01"));
  expect(signing?.getFingerprint().toUpperCase()).toBe("374EC75B485913604A831CC7C820C6D5CD27AB87");
  expect(await key?.getExpirationTime()).toEqual(new Date("2030-03-01T23:14:24.000Z"));
});
