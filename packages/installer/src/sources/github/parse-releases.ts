import { InstallError } from "../../install-error.js";
import { canonicalVersion } from "../../plugin-version.js";
import { printable } from "../../printable.js";

/** A release of a repository, as far as it matters here. */
export interface GitHubRelease {
  readonly tag: string;
  /** Canonical, without `v`. */
  readonly version: string;
  /** GitHub's mark; the version need not look like one. */
  readonly isPrerelease: boolean;
  /** The ids of the files by name. */
  readonly assets: Readonly<Record<string, number>>;
}

const MAX_RELEASES = 1000;
const MAX_ASSETS = 2000;
const ASSET_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._+~-]{0,254}$/u;

/**
 * Reads the releases in an answer of GitHub. Drafts and releases whose tags are no versions are left out; so are, with a notice,
 * those that are not of the documented form. Throws InstallError when the answer is no list.
 */
export function parseReleases(
  body: unknown,
  { where, notice }: { where: string; notice?: ((text: string) => void) | undefined },
): GitHubRelease[] {
  if (!Array.isArray(body) || body.length > MAX_RELEASES)
    throw new InstallError(`${where} gave an answer that is not a list of releases.`);
  return body.flatMap((each: unknown) => {
    const release = parseRelease(each);
    if (release === "odd") notice?.(`${where} has a release that is not of the documented form: it is ignored.`);
    return release === "odd" || release === undefined ? [] : [release];
  });
}

/** Reads a release; undefined when it is none of a version, `odd` when it is not of the documented form. */
export function parseRelease(value: unknown): GitHubRelease | "odd" | undefined {
  if (!isRecord(value)) return "odd";
  const { tag_name: tag, draft, prerelease, assets } = value;
  if (typeof tag !== "string" || typeof draft !== "boolean" || typeof prerelease !== "boolean") return "odd";
  if (!Array.isArray(assets) || assets.length > MAX_ASSETS) return "odd";
  if (draft) return undefined;
  if (tag.length > 200 || tag !== printable(tag)) return "odd";
  const version = tag.replace(/^v/, "");
  if (canonicalVersion(version) !== version) return undefined;
  const ids: [string, number][] = [];
  for (const asset of assets as unknown[]) {
    if (!isRecord(asset)) return "odd";
    const { id, name, state } = asset;
    // A file that is not there yet, or whose name is none of ours.
    if (state !== "uploaded" || typeof name !== "string" || !ASSET_NAME.test(name)) continue;
    if (typeof id !== "number" || !Number.isSafeInteger(id) || id <= 0) return "odd";
    ids.push([name, id]);
  }
  return { tag, version, isPrerelease: prerelease, assets: Object.fromEntries(ids) };
}

/** Tells whether a parsed value is a release: for those that were kept in a cache. */
export function isKeptRelease(value: unknown): value is GitHubRelease {
  if (!isRecord(value) || !isRecord(value["assets"])) return false;
  const { tag, version, isPrerelease, assets } = value;
  const isAsset = ([name, id]: [string, unknown]): boolean => ASSET_NAME.test(name) && Number.isSafeInteger(id);
  return (
    typeof tag === "string" &&
    typeof version === "string" &&
    tag.replace(/^v/, "") === version &&
    canonicalVersion(version) === version &&
    typeof isPrerelease === "boolean" &&
    Object.entries(assets as Record<string, unknown>).every(isAsset)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
