import { isPluginName } from "../../asset-names.js";
import { InstallError } from "../../install-error.js";
import type { PluginAddress } from "../../plugin-address.js";
import type { OfferedVersion, PluginFamily, PluginSource, Release, SourceOptions } from "../../plugin-source.js";
import { isCanonicalVersion } from "../../plugin-version.js";
import { printable } from "../../printable.js";
import { webPageHint } from "../http/web-page-hint.js";
import { openFiles, type ReleaseFiles } from "../release.js";
import { checksumNamesOf, INDEX_FILE, manifestNameOf, parseIndex } from "./mirror-layout.js";
import type { StaticPlace } from "./static-place.js";

export interface StaticSourceSettings {
  readonly place: StaticPlace;
  readonly description: string;
  /** Whose plugins to look for, in this order: the first that is there counts. */
  readonly families: readonly PluginFamily[];
  /** The folder of a plugin. */
  readonly folderOf: (address: PluginAddress, family: PluginFamily) => readonly string[];
  /** Where a plugin's releases are, for the lock file, unless index.json may say so. */
  readonly repositoryOf: (address: PluginAddress, family: PluginFamily) => string;
  /** A mirror tells where its releases came from. */
  readonly isMirror: boolean;
}

const MAX_INDEX_BYTES = 32 << 20;
const MAX_VERSIONS = 10_000;

/** Releases as plain files, in the layout that mirror-layout.ts tells. */
export class StaticSource implements PluginSource {
  readonly description: string;
  readonly #settings: StaticSourceSettings;

  constructor(settings: StaticSourceSettings) {
    this.#settings = settings;
    this.description = settings.description;
  }

  async listVersions(address: PluginAddress, options: SourceOptions): Promise<readonly OfferedVersion[]> {
    const { place, families, folderOf } = this.#settings;
    const missing: string[] = [];
    for (const family of families) {
      if (!isPluginName(address.name, family)) continue;
      const index = [...folderOf(address, family), INDEX_FILE];
      const content = await place.read(index, { ...options, maxBytes: MAX_INDEX_BYTES });
      if (content === undefined) {
        missing.push(place.where(index));
        continue;
      }
      const versions = parseIndex(content);
      if (versions === undefined || versions.length > MAX_VERSIONS) {
        throw new InstallError(
          `${place.where(index)} is not a list of versions: it has to be {"versions": {...}}.${webPageHint(content)}`,
        );
      }
      if (versions.length === 0) continue;
      const repository = this.#settings.repositoryOf(address, family);
      return versions
        .filter(({ version }) => isCanonicalVersion(version))
        .map((entry) => ({
          address,
          family,
          version: entry.version,
          repository: this.#origin(entry.repository) ?? repository,
        }));
    }
    if (missing.length < 1 + Number(families.length > 1)) return [];
    const [first = "", second] = missing;
    const what = second === undefined ? `${first} isn't` : `Neither ${first} nor ${second} is`;
    const mirror = this.#settings.isMirror ? ", and what is in the mirror" : "";
    throw new InstallError(`${what} there. Check the source address "${address.text}"${mirror}.`);
  }

  async openRelease(offer: OfferedVersion, options: SourceOptions): Promise<Release> {
    const { place, folderOf } = this.#settings;
    if (!isCanonicalVersion(offer.version)) throw new InstallError(`${printable(offer.version)} is not a version.`);
    const folder = [...folderOf(offer.address, offer.family), offer.version];
    const files: ReleaseFiles = {
      where: place.where(folder),
      read: (name, more) => place.read([...folder, name], more),
      fetch: (name, file, more) => place.fetch([...folder, name], file, more),
    };
    return await openFiles(
      files,
      { offer, checksumNames: checksumNamesOf(offer), manifestName: manifestNameOf(offer) },
      options,
    );
  }

  #origin(repository: string | undefined): string | undefined {
    if (!this.#settings.isMirror || repository === undefined || !URL.canParse(repository)) return undefined;
    const { protocol, username, password } = new URL(repository);
    const isPlain = repository.length <= 500 && repository === printable(repository) && username + password === "";
    return isPlain && (protocol === "https:" || protocol === "oci:") ? repository : undefined;
  }
}
