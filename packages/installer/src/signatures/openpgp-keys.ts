import { readFile } from "node:fs/promises";
import type { PublicKey } from "openpgp";
import { isError } from "@ingot/diag";
import { InstallError } from "../install-error.js";

/** More than this is no file of keys that somebody chose by hand. */
const MAX_KEY_FILE_BYTES = 4 * 1024 * 1024;
const ARMORED_BLOCK = /-----BEGIN PGP ([A-Z ]+)-----[\s\S]*?-----END PGP \1-----/g;

/** Reads files with OpenPGP public keys, each armored (one block or several) or binary. Throws InstallError that names the file. */
export async function readKeyFiles(files: readonly string[]): Promise<readonly PublicKey[]> {
  const keys: PublicKey[] = [];
  for (const file of files) keys.push(...(await readKeyFile(file)));
  return keys;
}

async function readKeyFile(file: string): Promise<readonly PublicKey[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new InstallError(`The OpenPGP keys of plugin_keys cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (bytes.length > MAX_KEY_FILE_BYTES)
    throw unusable(file, `it has ${bytes.length} bytes, more than ${MAX_KEY_FILE_BYTES}`);
  const found = await parseKeys(bytes, file);
  if (found.length === 0) throw unusable(file, "it holds no OpenPGP public key");
  return found;
}

/** The public keys in the text or bytes of a file; `origin` names it in errors. */
export async function parseKeys(bytes: Uint8Array, origin: string): Promise<readonly PublicKey[]> {
  const { readKeys } = await import("openpgp");
  const text = Buffer.from(bytes).toString("latin1");
  const blocks = text.match(ARMORED_BLOCK);
  try {
    const read = [];
    if (blocks === null) read.push(...(await readKeys({ binaryKeys: Uint8Array.from(bytes) })));
    else for (const block of blocks) read.push(...(await readKeys({ armoredKeys: block })));
    if (read.some((key) => key.isPrivate())) throw new Error("it holds a private key: give the public key alone");
    return read;
  } catch (error) {
    throw unusable(origin, messageOf(error));
  }
}

function unusable(file: string, reason: string): InstallError {
  return new InstallError(`The file ${file} of plugin_keys cannot be used as OpenPGP keys: ${reason}.`);
}

function messageOf(error: unknown): string {
  return isError(error) ? (error.message.split("\n")[0] ?? "") : String(error);
}
