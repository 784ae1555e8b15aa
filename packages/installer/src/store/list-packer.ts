import { readFileSync } from "node:fs";
import { basename, dirname, relative, sep } from "node:path";
import { messageOf } from "@ingot/diag";
import { compareVersions, parseVersion } from "@ingot/template";
import { parseAssetName, type AssetName } from "../asset-names.js";
import { hashHex } from "../content-hash.js";
import { InstallError } from "../install-error.js";
import type { InstalledPlugin } from "../installed-plugin.js";
import { currentPlatform } from "../platform.js";
import { parseLooseVersion } from "../plugin-version.js";
import { describeBinary, type BinaryDescription } from "./describe-binary.js";
import { isAskedFor } from "./is-asked-for.js";
import { hashBinary } from "./hash-content.js";
import { readPackerOrigin } from "./packer-origin.js";
import type { StoreQuery } from "./plugin-store.js";
import type { StoreContext } from "./store-context.js";

/** The API of Packer's plugins that the reference has: the same major version, at most this minor version. */
export const PACKER_API = { major: 5, minor: 0 };

/** Tells whether a Packer plugin of this API, such as `x5.0`, is one that the reference runs. */
export function isKnownPackerApi(api: string): boolean {
  const [, major, minor] = /^x(\d+)\.(\d+)$/.exec(api) ?? [];
  return Number(major) === PACKER_API.major && Number(minor) <= PACKER_API.minor;
}

/** The files that a listing of Packer plugins looks at: by their names alone. */
export function isPackerCandidate(path: string, { address, platform = currentPlatform() }: StoreQuery): boolean {
  const name = basename(path);
  const prefix = address === undefined ? "packer-plugin-" : `packer-plugin-${address.name}_`;
  const extension = platform.os === "windows" ? ".exe" : "";
  return name.startsWith(prefix) && name.endsWith(`_${platform.os}_${platform.arch}${extension}`);
}

/**
 * Looks at one file by the reference's rules: checksum file, `describe`, version, pre-release, metadata, API, constraints. Gives the
 * plugin, says what is wrong with it, or gives undefined when it isn't asked for. What a name alone decides is looked at first, so
 * that such a file isn't run; the verdict is the same.
 */
export async function readPackerPlugin(
  path: string,
  query: StoreQuery,
  context: StoreContext,
): Promise<InstalledPlugin | { readonly fault: string } | undefined> {
  const asset = parseAssetName(basename(path).replace(/\.exe$/, ""));
  if (asset?.family !== "packer") {
    return { fault: "its name is not packer-plugin-NAME_vX.Y.Z_xA.B_OS_ARCH with a version in canonical form" };
  }
  if (!isAskedFor(asset.version, query)) return undefined;
  if (query.checkApi !== false && !isKnownPackerApi(asset.api)) {
    return { fault: `its API version is ${asset.api}; x${PACKER_API.major}.${PACKER_API.minor} is known` };
  }
  try {
    const contentHash = await hashBinary(path, context);
    checkChecksumFile(path, contentHash);
    checkDescription(await describe(path, contentHash, context), asset);
    const folder = relative(context.root, dirname(path)).split(sep).join("/");
    return {
      ...asset,
      address: process.platform === "win32" ? folder.replaceAll("%3A", ":") : folder,
      executable: path,
      contentHash,
      ...readPackerOrigin(context.root, path, contentHash),
    };
  } catch (error) {
    context.signal.throwIfAborted();
    return { fault: messageOf(error) };
  }
}

/** The first 64 hexadecimal digits count; what follows is ignored, as in the reference. */
function checkChecksumFile(path: string, contentHash: string): void {
  const file = `${path}_SHA256SUM`;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new InstallError("its checksum file (…_SHA256SUM) can't be read", { cause: error });
  }
  const digits = /^[0-9a-fA-F]*/.exec(text)?.[0] ?? "";
  if (digits.slice(0, 64).toLowerCase() !== hashHex(contentHash)) {
    throw new InstallError("its checksum is not the one in its checksum file (…_SHA256SUM)");
  }
}

async function describe(path: string, contentHash: string, context: StoreContext): Promise<BinaryDescription> {
  const known = context.cache.read("describe", contentHash) as BinaryDescription | undefined;
  if (typeof known?.version === "string" && typeof known.apiVersion === "string") return known;
  const description = await describeBinary(path, { timeoutMs: context.describeTimeoutMs, signal: context.signal });
  context.cache.write("describe", contentHash, description);
  return description;
}

/** Checks what a plugin says of itself against its name. Throws InstallError. */
export function checkDescription({ version: told, apiVersion }: BinaryDescription, { version, api }: AssetName): void {
  const [a, b] = [parseLooseVersion(told), parseVersion(version)];
  if (a === undefined || b === undefined || compareVersions(a, b) !== 0) {
    throw new InstallError(`it says that its version is ${JSON.stringify(told)}, but its name says ${version}`);
  }
  if (apiVersion !== api) {
    throw new InstallError(`it says that its API version is ${JSON.stringify(apiVersion)}, but its name says ${api}`);
  }
}
