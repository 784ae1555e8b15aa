import { parseArchiveName, parseReleaseSiteName } from "../asset-names.js";
import { parseChecksumFile } from "../checksum-file.js";
import { InstallError } from "../install-error.js";
import type { ArchiveEntry, OfferedVersion } from "../plugin-source.js";
import { printable } from "../printable.js";

/** A checksum file larger than this is none. */
export const MAX_CHECKSUM_FILE_BYTES = 1 << 20;
export const MAX_SIGNATURE_BYTES = 64 << 10;
export const MAX_MANIFEST_BYTES = 64 << 10;
export const MAX_BUNDLE_BYTES = 8 << 20;

/**
 * The archives of the offered version that a checksum file lists. Names of HashiCorp's release site don't tell the API version: they
 * count when `siteApi` gives it. Throws InstallError when a name is there twice with different checksums.
 */
export function entriesOf(content: Uint8Array, offer: OfferedVersion, siteApi?: string): readonly ArchiveEntry[] {
  const entries = new Map<string, ArchiveEntry>();
  for (const { sha256, fileName } of parseChecksumFile(content)) {
    const named = parseArchiveName(fileName) ?? siteName(fileName, siteApi);
    if (named === undefined || !isOf(named, offer)) continue;
    const known = entries.get(fileName);
    if (known !== undefined && known.sha256 !== sha256) {
      throw new InstallError(
        `The checksum file of ${offerText(offer)} lists ${printable(fileName)} twice, with different checksums.`,
      );
    }
    entries.set(fileName, { fileName, sha256, platform: named.platform, api: named.api });
  }
  return [...entries.values()];
}

/** Tells whether a checksum file lists archives of the offered version by the names of HashiCorp's release site. */
export function hasSiteNames(content: Uint8Array, offer: OfferedVersion): boolean {
  return parseChecksumFile(content).some(({ fileName }) => {
    const named = parseReleaseSiteName(fileName);
    return named !== undefined && isOf(named, offer);
  });
}

function siteName(fileName: string, api: string | undefined) {
  const named = api === undefined ? undefined : parseReleaseSiteName(fileName);
  return named === undefined || api === undefined ? undefined : { ...named, api };
}

function isOf(
  { family, name, version }: { family: string; name: string; version: string },
  offer: OfferedVersion,
): boolean {
  return family === offer.family && name === offer.address.name && version === offer.version;
}

/** Names a release in messages: `github.com/acme/greet 1.2.0`. */
export function offerText({ address, version }: OfferedVersion): string {
  return printable(`${address.text} ${version}`);
}
