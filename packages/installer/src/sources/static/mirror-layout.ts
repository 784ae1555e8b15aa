import { checksumFileName, manifestFileName } from "../../asset-names.js";
import type { PluginAddress } from "../../plugin-address.js";
import type { OfferedVersion, PluginFamily } from "../../plugin-source.js";

/*
 * How plugins lie on web servers and in mirrors. A server of plugins has, below the path of a source address:
 *
 *     NAMESPACE.../ingot-plugin-NAME/index.json
 *     NAMESPACE.../ingot-plugin-NAME/VERSION/...     the files of the release, by their own names
 *
 * and the same by the name packer-plugin-NAME. In a mirror the host's name stands before. index.json is
 * `{"versions": {"1.2.0": {"name": "ingot-plugin-greet", "version": "1.2.0", "repository": "https://..."}}}`; a mirror tells
 * in `repository` where the release came from. Sigstore bundles lie beside a file, as FILE.sigstore.json.
 */

/** A version in index.json. */
export interface MirroredVersion {
  readonly version: string;
  /** Where the release came from, for the lock file. */
  readonly repository: string;
}

export const INDEX_FILE = "index.json";

/** `packer-plugin-greet`. */
export function pluginFolder({ name }: PluginAddress, family: PluginFamily): string {
  return `${family}-plugin-${name}`;
}

/** The parts of the folder of a plugin in a mirror: `github.com`, `acme`, `ingot-plugin-greet`. A port's colon becomes `_`. */
export function mirrorFolder(address: PluginAddress, family: PluginFamily): readonly string[] {
  return [address.host.replace(":", "_"), ...address.namespace, pluginFolder(address, family)];
}

/** What a release's checksum file may be named on a web server; the first is what we write. */
export function checksumNamesOf({
  address,
  family,
  version,
}: Pick<OfferedVersion, "address" | "family" | "version">): readonly [string, string] {
  const withV = checksumFileName({ family, name: address.name, version });
  const without = withV.replace(`_v${version}_`, `_${version}_`);
  return family === "ingot" ? [withV, without] : [without, withV];
}

/** What a release's manifest is named there. */
export function manifestNameOf({
  address,
  family,
  version,
}: Pick<OfferedVersion, "address" | "family" | "version">): string {
  const withV = manifestFileName({ family, name: address.name, version });
  return family === "ingot" ? withV : withV.replace(`_v${version}_`, `_${version}_`);
}

/** The text of index.json, the versions in the order given. */
export function indexText(folder: string, versions: readonly MirroredVersion[]): string {
  const entries = versions.map(({ version, repository }) => [version, { name: folder, version, repository }]);
  return `${JSON.stringify({ name: folder, versions: Object.fromEntries(entries) as unknown }, undefined, 2)}\n`;
}

/** Reads index.json; undefined when it is not of that form. Versions without the field are left out. */
export function parseIndex(
  content: Uint8Array,
): readonly { readonly version: string; readonly repository?: string }[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(content).toString("utf8"));
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isRecord(value["versions"])) return undefined;
  return Object.values(value["versions"]).flatMap((entry) => {
    if (!isRecord(entry) || typeof entry["version"] !== "string") return [];
    const { version, repository } = entry;
    return [{ version, ...(typeof repository === "string" && { repository }) }];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
