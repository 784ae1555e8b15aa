import { spawn } from "node:child_process";
import { once } from "node:events";
import { messageOf } from "@ingot/diag";
import { PackError } from "./pack-error.js";

/**
 * Signs a file with GnuPG: writes FILE.sig, a detached signature. `key` is what `--local-user` takes; "" is the user's default key.
 * GnuPG may ask for a passphrase. Throws PackError with its words.
 */
export async function signFile(file: string, key: string): Promise<string> {
  const signature = `${file}.sig`;
  const user = key === "" ? [] : ["--local-user", key];
  const child = spawn("gpg", ["--yes", ...user, "--output", signature, "--detach-sign", file], {
    stdio: ["inherit", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (code === 0) return signature;
  } catch (error) {
    throw new PackError(`The checksum file can't be signed: gpg can't be started (${messageOf(error)}).`, {
      cause: error,
    });
  }
  throw new PackError(`The checksum file can't be signed. ${said.trim()}`);
}
