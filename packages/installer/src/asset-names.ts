import { ANY_PLATFORM, parsePlatform, platformText, type Platform } from "./platform.js";
import type { PluginFamily } from "./plugin-source.js";
import { isCanonicalVersion } from "./plugin-version.js";

/** What the name of an archive or of an installed plugin says. */
export interface AssetName {
  readonly family: PluginFamily;
  /** The plugin's name, such as `greet`. */
  readonly name: string;
  /** Canonical, without `v`. */
  readonly version: string;
  /** `p1` or `x5.0`. */
  readonly api: string;
  readonly platform: Platform;
}

/** What the name of an archive on HashiCorp's release site says: the API version is in the manifest. */
export type ReleaseSiteName = Omit<AssetName, "api">;

/** The version of our plugin protocol that is in the names of files. */
export const INGOT_API = "p1";

const INGOT_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const PACKER_NAME = /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*$/u;
const API = { ingot: /^p[1-9]\d{0,3}$/, packer: /^x\d{1,4}\.\d{1,4}$/ };
const LONGEST_NAME = 200;

/**
 * Reads `ingot-plugin-NAME_vVERSION_pPROTOCOL_OS_ARCH.zip`, `..._any.zip` or `packer-plugin-NAME_vVERSION_xMAJOR.MINOR_OS_ARCH.zip`.
 * Undefined for any other text: each part must be exactly of its form, and the version canonical.
 */
export function parseArchiveName(fileName: string): AssetName | undefined {
  return fileName.endsWith(".zip") ? parseAssetName(fileName.slice(0, -".zip".length)) : undefined;
}

/** Reads what `parseArchiveName` reads, without `.zip`: the form of the names of installed plugins. */
export function parseAssetName(text: string): AssetName | undefined {
  const parts = split(text);
  if (parts === undefined) return undefined;
  const { family, name, version, rest } = parts;
  const [api = "", ...platformParts] = rest;
  const platform = parsePlatform(platformParts.join("_"));
  if (!version.startsWith("v") || !API[family].test(api) || platform === undefined) return undefined;
  if (platform.arch === "" && family === "packer") return undefined;
  return { family, name, version: version.slice(1), api, platform };
}

/** Reads `packer-plugin-NAME_VERSION_OS_ARCH.zip`, also of our family and with `v`: the form that HashiCorp's release site uses. */
export function parseReleaseSiteName(fileName: string): ReleaseSiteName | undefined {
  const parts = fileName.endsWith(".zip") ? split(fileName.slice(0, -".zip".length)) : undefined;
  if (parts === undefined) return undefined;
  const { family, name, version, rest } = parts;
  const platform = parsePlatform(rest.join("_"));
  if (platform === undefined || (platform.arch === "" && family === "packer")) return undefined;
  return { family, name, version: version.replace(/^v/, ""), platform };
}

function split(text: string) {
  if (text.length > LONGEST_NAME) return undefined;
  const [prefixed = "", version = "", ...rest] = text.split("_");
  const match = /^(ingot|packer)-plugin-(.+)$/su.exec(prefixed);
  if (!match) return undefined;
  const family: PluginFamily = match[1] === "ingot" ? "ingot" : "packer";
  const name = match[2] ?? "";
  if (!isPluginName(name, family) || !isCanonicalVersion(version.replace(/^v/, ""))) return undefined;
  return { family, name, version, rest };
}

/** Tells whether a plugin of the family can have this name. */
export function isPluginName(name: string, family: PluginFamily): boolean {
  return (family === "ingot" ? INGOT_NAME : PACKER_NAME).test(name);
}

/** `ingot-plugin-greet_v1.2.0_p1_linux_amd64`: what archives and installed plugins are named by. */
export function assetName({ family, name, version, api, platform }: AssetName): string {
  return `${family}-plugin-${name}_v${version}_${api}_${platformText(platform)}`;
}

/** The name of the archive. */
export function archiveName(asset: AssetName): string {
  return `${assetName(asset)}.zip`;
}

/** The name of an installed Packer plugin, which is also its name inside the archive. */
export function packerBinaryName(asset: AssetName): string {
  return `${assetName(asset)}${asset.platform.os === "windows" ? ".exe" : ""}`;
}

/** `ingot-plugin-greet_v1.2.0_SHA256SUMS`. */
export function checksumFileName({ family, name, version }: Pick<AssetName, "family" | "name" | "version">): string {
  return `${family}-plugin-${name}_v${version}_SHA256SUMS`;
}

/** `ingot-plugin-greet_v1.2.0_manifest.json`. */
export function manifestFileName({ family, name, version }: Pick<AssetName, "family" | "name" | "version">): string {
  return `${family}-plugin-${name}_v${version}_manifest.json`;
}

/** Tells whether something made for `made` runs on `wanted`. */
export function runsOn(made: Platform, wanted: Platform): boolean {
  const isAny = made.os === ANY_PLATFORM.os && made.arch === ANY_PLATFORM.arch;
  return isAny || (made.os === wanted.os && made.arch === wanted.arch);
}
