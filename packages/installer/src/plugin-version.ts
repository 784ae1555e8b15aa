import { parseVersion, type Version } from "@ingot/template";

const LONGEST_VERSION = 128;

/** A version as text in its one canonical form, without `v` and metadata: `1.2.0-rc.1`. */
export function versionText({ segments, prerelease }: Version): string {
  return `${segments.join(".")}${prerelease === "" ? "" : `-${prerelease}`}`;
}

/** Tells whether the text is a version in its canonical form: at least three numbers, no `v`, no zeros in front, no metadata. */
export function isCanonicalVersion(text: string): boolean {
  return parseCanonicalVersion(text) !== undefined;
}

/** Reads a version that is in its canonical form; undefined for any other text. */
export function parseCanonicalVersion(text: string): Version | undefined {
  if (text.length > LONGEST_VERSION) return undefined;
  const version = parseVersion(text);
  return version !== undefined && versionText(version) === text ? version : undefined;
}

/** Reads a version as a plugin may tell it: a `v` and metadata are let go. Gives the canonical text; undefined when it is none. */
export function canonicalVersion(text: string): string | undefined {
  const version = text.length > LONGEST_VERSION ? undefined : parseLooseVersion(text);
  if (version === undefined || !version.segments.every(Number.isSafeInteger)) return undefined;
  return versionText(version);
}

/** Reads a version as plugins tell it: a pre-release may also be attached without a hyphen, as in `1.0.0beta`. */
export function parseLooseVersion(text: string): Version | undefined {
  return parseVersion(text.replace(/^(v?\d+(?:\.\d+)*)(?=[A-Za-z~])/, "$1-"));
}

/** The version without its pre-release part. */
export function coreVersion(version: Version): Version {
  return { ...version, prerelease: "" };
}

/** Reads a version that was checked before. */
export function mustParseVersion(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(`bug: ${JSON.stringify(text)} is no version`);
  return version;
}
