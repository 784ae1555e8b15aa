import { compareVersions, meetsConstraint, type Version, type VersionConstraint } from "@ingot/template";
import { INGOT_API } from "./asset-names.js";
import { InstallError, isInstallError } from "./install-error.js";
import type { InstallContext } from "./install-context.js";
import { platformText, type Platform } from "./platform.js";
import type { PluginAddress } from "./plugin-address.js";
import type { ArchiveEntry, OfferedVersion, PluginFamily, PluginSource, Release } from "./plugin-source.js";
import { parseCanonicalVersion, versionText } from "./plugin-version.js";
import { printable } from "./printable.js";
import { isKnownPackerApi, PACKER_API } from "./store/list-packer.js";

const MOST_LISTED = 10;

/** A release, and the archive of it that fits a platform. */
export interface FoundRelease {
  readonly offer: OfferedVersion;
  readonly version: Version;
  readonly release: Release;
  readonly archive: ArchiveEntry;
}

/** What is wanted of the versions on offer. */
export interface WantedVersion {
  readonly address: PluginAddress;
  readonly constraint: VersionConstraint;
  /** As the user wrote the constraint, for messages. */
  readonly constraintText: string;
  /** Exactly this version, canonical: the locked one. */
  readonly exact?: string | undefined;
  /** Where it came from before: preferred, if it is there. */
  readonly repository?: string | undefined;
}

interface Candidate {
  readonly offer: OfferedVersion;
  readonly version: Version;
  readonly source: PluginSource;
}

/**
 * Finds the highest version on offer that fits and that has an archive for the platform. A version that has none, or that can't be read, is
 * passed over, as in the reference, with a warning. Throws InstallError that tells all that was in the way.
 */
export async function findRelease(wanted: WantedVersion, context: InstallContext): Promise<FoundRelease> {
  const { candidates, notes } = await candidatesFor(wanted, context);
  const { text } = wanted.address;
  const passed: string[] = [];
  for (const candidate of candidates) {
    const found = await openCandidate(candidate, context, passed);
    if (found === undefined) continue;
    if (passed.length > 0) {
      passed.push(`Version ${versionText(found.version)} of ${text} is taken instead.`);
      context.report.warning(text, passed.join("\n"));
    }
    return found;
  }
  throw new InstallError([...notes, ...passed, `No version of ${text} could be installed.`].join("\n"));
}

/** The highest version on offer that fits, and the highest of all, without a look at their archives. Throws as `findRelease`. */
export async function newestOffers(
  wanted: WantedVersion,
  context: InstallContext,
): Promise<{ readonly allowed: string; readonly newest: string }> {
  const all = (await candidatesFor({ ...wanted, constraint: [], constraintText: "" }, context)).candidates;
  const fits = fitting(all, wanted);
  // Another source may have versions that fit.
  const allowed = fits.length > 0 ? fits : (await candidatesFor(wanted, context)).candidates;
  return { allowed: bestVersion(allowed), newest: bestVersion(all) };
}

function bestVersion([best]: readonly Candidate[]): string {
  if (best === undefined) throw new Error("bug: without candidates there is an error");
  return versionText(best.version);
}

/** Versions that fit, the best first, from the first source that has any. Throws InstallError when there are none. */
async function candidatesFor(
  wanted: WantedVersion,
  context: InstallContext,
): Promise<{ readonly candidates: readonly Candidate[]; readonly notes: string[] }> {
  const { address, exact, constraintText } = wanted;
  const notes: string[] = [];
  const seen: Candidate[] = [];
  const sources = context.sourcesFor(address);
  for (const source of sources) {
    const offers = await listOffers(source, address, { context, notes });
    const candidates = fitting(offers, wanted);
    if (candidates.length > 0) return { candidates, notes };
    seen.push(...offers);
  }
  if (seen.length > 0) {
    const which = exact === undefined ? `meets ${JSON.stringify(constraintText)}` : `is ${exact}`;
    notes.push(`No release of ${address.text} ${which}. ${offeredText(seen)}`);
  } else if (notes.length === 0) {
    const places = sources.map(({ description }) => description).join(", ");
    notes.push(`No release of the plugin ${address.text} was found (${places || "there is no place to look"}).`);
  }
  throw new InstallError(notes.join("\n"));
}

/** All versions on offer that make sense. The trouble that a source has is noted: another one may have the plugin. */
async function listOffers(
  source: PluginSource,
  address: PluginAddress,
  { context, notes }: { readonly context: InstallContext; readonly notes: string[] },
): Promise<readonly Candidate[]> {
  const options = { signal: context.signal, notice: (text: string) => context.report.notice(address.text, text) };
  try {
    const offers = await source.listVersions(address, options);
    const candidates = offers.flatMap((offer): readonly Candidate[] => {
      const version = parseCanonicalVersion(offer.version.replace(/^v/, ""));
      return version === undefined ? [] : [{ offer, version, source }];
    });
    if (candidates.length === 0 && offers.length > 0)
      notes.push(`${source.description} offers no version of ${address.text} that makes sense.`);
    return candidates;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isInstallError(error)) throw error;
    notes.push(error.message);
    return [];
  }
}

/** Ours come before Packer's; pre-releases are never installed from elsewhere. */
function fitting(offers: readonly Candidate[], { constraint, exact, repository }: WantedVersion): readonly Candidate[] {
  const fits = ({ version, offer }: Candidate): boolean =>
    exact === undefined
      ? version.prerelease === "" && offer.isPrerelease !== true && meetsConstraint(version, constraint)
      : versionText(version) === exact;
  const rank = ({ offer }: Candidate): number =>
    exact !== undefined && offer.repository === repository ? 0 : offer.family === "ingot" ? 1 : 2;
  return offers.filter(fits).sort((a, b) => rank(a) - rank(b) || compareVersions(b.version, a.version));
}

async function openCandidate(
  { offer, version, source }: Candidate,
  context: InstallContext,
  notes: string[],
): Promise<FoundRelease | undefined> {
  const { address } = offer;
  const options = { signal: context.signal, notice: (text: string) => context.report.notice(address.text, text) };
  try {
    const release = await source.openRelease(offer, options);
    const picked = pickArchive(release, context.platform);
    if ("archive" in picked) return { offer, version, release, archive: picked.archive };
    notes.push(`${address.text} ${versionText(version)} ${picked.problem}`);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isInstallError(error)) throw error;
    notes.push(error.message);
  }
  return undefined;
}

/** The archive for exactly the platform, else the one for all platforms. */
export function pickArchive(
  release: Release,
  platform: Platform,
): { readonly archive: ArchiveEntry } | { readonly problem: string } {
  const { family } = release.offer;
  const fitting = compatibleArchives(release);
  const wanted = platformText(platform);
  const archive =
    fitting.find((entry) => platformText(entry.platform) === wanted) ??
    fitting.find((entry) => platformText(entry.platform) === "any");
  if (archive !== undefined) return { archive };
  const others = release.archives.filter((entry) => ["any", wanted].includes(platformText(entry.platform)));
  const [other] = others;
  if (other !== undefined) {
    const ours = family === "ingot" ? INGOT_API : `x${PACKER_API.major}.${PACKER_API.minor}`;
    return { problem: `speaks version ${printable(other.api)} of the plugin protocol; this Ingot speaks ${ours}.` };
  }
  const platforms = [...new Set(fitting.map((entry) => platformText(entry.platform)))].sort();
  return { problem: `has no archive for ${wanted}, only for: ${platforms.join(", ") || "none"}.` };
}

/** The archives of a protocol version that we speak. */
export function compatibleArchives({ offer, archives }: Release): readonly ArchiveEntry[] {
  return archives.filter(({ api }) => isCompatible(offer.family, api));
}

function isCompatible(family: PluginFamily, api: string): boolean {
  return family === "ingot" ? api === INGOT_API : isKnownPackerApi(api);
}

function offeredText(offers: readonly Candidate[]): string {
  const sorted = [...offers].sort((a, b) => compareVersions(b.version, a.version));
  const versions = [...new Set(sorted.map(({ version }) => versionText(version)))];
  const shown = versions.slice(0, MOST_LISTED).join(", ");
  const more = versions.length > MOST_LISTED ? ` and ${versions.length - MOST_LISTED} older ones` : "";
  const places = [...new Set(offers.map(({ source }) => source.description))].join(", ");
  return `On offer (${places}): ${shown}${more}.`;
}
