import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { makeFolders } from "@ingot/files";
import { decodeOrigin } from "./index-record.js";
import { storeFolder, writeWhole } from "./store-files.js";

/** Where an installed Packer plugin came from. */
export interface PackerOrigin {
  readonly archiveHash?: string;
  readonly repository?: string;
  readonly signer?: string;
}

/** Reads what was noted when the file was installed; nothing when the file has another content now. */
export function readPackerOrigin(root: string, path: string, contentHash: string): PackerOrigin {
  try {
    const facts = JSON.parse(readFileSync(originFile(root, path), "utf8")) as Record<string, unknown>;
    return facts["contentHash"] === contentHash ? decodeOrigin(facts) : {};
  } catch {
    return {};
  }
}

/** Notes where a Packer plugin came from, which the reference's layout has no place for. */
export async function writePackerOrigin(
  root: string,
  path: string,
  facts: PackerOrigin & { readonly contentHash: string },
): Promise<void> {
  const file = originFile(root, path);
  await makeFolders(storeFolder(root), 0o700);
  await makeFolders(join(file, ".."), 0o700);
  await writeWhole(file, `${JSON.stringify(facts, undefined, 2)}\n`, 0o600);
}

export async function removePackerOrigin(root: string, path: string): Promise<void> {
  await rm(originFile(root, path), { force: true });
}

function originFile(root: string, path: string): string {
  const name = relative(root, path).split(sep).join("/");
  return join(storeFolder(root), "packer", `${createHash("sha256").update(name).digest("hex")}.json`);
}
