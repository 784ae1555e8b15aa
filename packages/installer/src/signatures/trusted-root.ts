import { readFile } from "node:fs/promises";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { isError } from "@ingot/diag";
import { InstallError } from "../install-error.js";
import { PUBLIC_SIGSTORE_ROOT } from "./public-sigstore-root.js";

/**
 * Sigstore's keys: those of a file, one JSON text or one in each line (as `gh attestation trusted-root` prints them), or else those of the
 * public instance, as they were when this was released. Throws InstallError that names the file.
 */
export async function readTrustedRoots(file: string | undefined): Promise<readonly TrustedRoot[]> {
  if (file === undefined) return [TrustedRoot.fromJSON(PUBLIC_SIGSTORE_ROOT)];
  try {
    const roots = parseTexts(await readFile(file, "utf8")).map(readRoot);
    if (roots.length === 0) throw new Error("it is empty");
    return roots;
  } catch (error) {
    const reason = isError(error) ? error.message : String(error);
    throw new InstallError(`The file ${file} of sigstore_trusted_root cannot be used: ${reason}`, { cause: error });
  }
}

function parseTexts(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text) as unknown];
  } catch {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return lines.map((line) => JSON.parse(line) as unknown);
  }
}

function readRoot(value: unknown): TrustedRoot {
  const root = TrustedRoot.fromJSON(value);
  if (root.certificateAuthorities.length === 0) throw new Error("it names no certificate authority");
  return root;
}
