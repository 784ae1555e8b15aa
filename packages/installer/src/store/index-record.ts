import { readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { assetName, parseAssetName, type AssetName } from "../asset-names.js";
import { hashHex } from "../content-hash.js";
import type { InstalledPlugin } from "../installed-plugin.js";
import { isHash } from "../lock/parse-lock-file.js";
import { executableNames } from "./plugin-files.js";
import { storeFolder } from "./store-files.js";

/** What is known of an installed Ingot plugin: the text of its index record. */
export interface IndexRecord extends AssetName {
  readonly address: string;
  /** The name of the executable in its folder. */
  readonly executable: string;
  readonly contentHash: string;
  readonly archiveHash?: string;
  readonly repository?: string;
  readonly signer?: string;
}

const FORMAT = 1;

export function recordFileName(asset: AssetName): string {
  return `${assetName(asset)}.json`;
}

export function recordText({ address, executable, contentHash, archiveHash, repository, signer }: IndexRecord): string {
  const facts = { format: FORMAT, address, executable, contentHash, archiveHash, repository, signer };
  return `${JSON.stringify(facts, undefined, 2)}\n`;
}

/** The folder with a plugin's files. */
export function contentFolder(root: string, contentHash: string): string {
  return join(storeFolder(root), hashHex(contentHash));
}

/** Reads an index record, or says why it is none. Nothing in it is used that doesn't fit its place and name. */
export function readRecord(root: string, file: string): InstalledPlugin | { readonly fault: string } {
  const asset = parseAssetName(basename(file).replace(/\.json$/, ""));
  if (asset?.family !== "ingot") return { fault: "its name is not that of an installed plugin" };
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { fault: "its record is damaged" };
  }
  const facts = decodeRecord(json);
  if (facts === undefined) return { fault: "its record is damaged" };
  const folder = relative(root, join(file, "..")).split(sep).join("/").replaceAll("%3A", ":");
  if (facts.address !== folder) return { fault: `its record is that of ${facts.address}` };
  if (!executableNames(asset.name, asset.platform).includes(facts.executable)) {
    return { fault: "its record names an executable that isn't its own" };
  }
  return { ...asset, ...facts, executable: join(contentFolder(root, facts.contentHash), facts.executable) };
}

function decodeRecord(json: unknown): Omit<IndexRecord, keyof AssetName> | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { format, address, executable, contentHash, archiveHash, repository, signer } = json as Record<string, unknown>;
  if (format !== FORMAT || typeof address !== "string" || typeof executable !== "string") return undefined;
  if (typeof contentHash !== "string" || !isHash(contentHash)) return undefined;
  return { address, executable, contentHash, ...decodeOrigin({ archiveHash, repository, signer }) };
}

/** Where a plugin came from, as far as it is told. */
export function decodeOrigin({ archiveHash, repository, signer }: Readonly<Record<string, unknown>>) {
  return {
    ...(typeof archiveHash === "string" && isHash(archiveHash) ? { archiveHash } : {}),
    ...(typeof repository === "string" ? { repository } : {}),
    ...(typeof signer === "string" ? { signer } : {}),
  };
}
