import { checksumFileName, isPluginName, manifestFileName } from "../../asset-names.js";
import { InstallError } from "../../install-error.js";
import type { PluginAddress } from "../../plugin-address.js";
import type { OfferedVersion, PluginFamily, PluginSource, Release, SourceOptions } from "../../plugin-source.js";
import type { Environment } from "../http/environment.js";
import type { HttpClient } from "../http/http-client.js";
import { openFiles } from "../release.js";
import { offerText } from "../release-entries.js";
import { GitHubApi, TOKEN_HINT } from "./github-api.js";
import type { GitHubEndpoint } from "./github-endpoint.js";
import { GitHubFiles } from "./github-files.js";
import { findGitHubToken } from "./github-token.js";
import { ListingCache } from "./listing-cache.js";
import { listReleases } from "./list-releases.js";
import { parseRelease, type GitHubRelease } from "./parse-releases.js";

export interface GitHubSourceSettings {
  readonly http: HttpClient;
  readonly env: Environment;
  readonly endpoint: GitHubEndpoint;
  /** Where lists of releases are kept; without it they are asked for each time. */
  readonly cacheFolder?: string | undefined;
}

const FAMILIES: readonly PluginFamily[] = ["ingot", "packer"];

/**
 * Releases at GitHub. For `HOST/OWNER/NAME` the repository `OWNER/ingot-plugin-NAME` counts, or `OWNER/packer-plugin-NAME` when that
 * doesn't exist or has no releases. One request lists a hundred releases with their files; a release whose version is known needs none.
 */
export class GitHubSource implements PluginSource {
  readonly description: string;
  readonly #settings: GitHubSourceSettings;
  readonly #cache: ListingCache;
  /** Releases that were listed, by repository and version. */
  readonly #known = new Map<string, GitHubRelease>();
  #api: Promise<GitHubApi> | undefined;

  constructor(settings: GitHubSourceSettings) {
    this.#settings = settings;
    this.#cache = new ListingCache(settings.cacheFolder);
    this.description = settings.endpoint.host;
  }

  async listVersions(address: PluginAddress, options: SourceOptions): Promise<readonly OfferedVersion[]> {
    const api = await this.#connect(options);
    let isFound = false;
    for (const family of FAMILIES) {
      if (!isPluginName(address.name, family)) continue;
      const repository = repositoryOf(address, family);
      const releases = await listReleases(api, { repository, cache: this.#cache }, options);
      if (releases === undefined) continue;
      isFound = true;
      if (releases.length === 0) continue;
      for (const release of releases) this.#known.set(`${repository} ${release.version}`, release);
      const url = `${api.endpoint.web}/${repository}`;
      return releases.map(({ version, isPrerelease }) => ({
        address,
        version,
        family,
        repository: url,
        ...(isPrerelease && { isPrerelease }),
      }));
    }
    if (isFound) return [];
    throw this.#notFound(api, address);
  }

  async openRelease(offer: OfferedVersion, options: SourceOptions): Promise<Release> {
    const api = await this.#connect(options);
    const repository = repositoryOf(offer.address, offer.family);
    const known = this.#known.get(`${repository} ${offer.version}`);
    const release =
      known ??
      (api.token === undefined
        ? { tag: `v${offer.version}` }
        : await this.#findRelease(api, repository, offer, options));
    const parts = { family: offer.family, name: offer.address.name, version: offer.version };
    const files = new GitHubFiles(api, { repository, release, offer });
    // Without a list, a missing file may as well be a missing release.
    const missingHint =
      known === undefined && api.token === undefined ? `\nHint: for a private repository, ${TOKEN_HINT}.` : "";
    const names = { checksumNames: [checksumFileName(parts)], manifestName: manifestFileName(parts) };
    return await openFiles(files, { offer, ...names, missingHint }, options);
  }

  async #connect({ signal }: SourceOptions): Promise<GitHubApi> {
    const { http, endpoint, env } = this.#settings;
    this.#api ??= findGitHubToken(endpoint, env, signal).then((token) => new GitHubApi(http, endpoint, token));
    return await this.#api;
  }

  async #findRelease(
    api: GitHubApi,
    repository: string,
    offer: OfferedVersion,
    options: SourceOptions,
  ): Promise<GitHubRelease> {
    const url = new URL(
      `${api.endpoint.api}/repos/${repository}/releases/tags/${encodeURIComponent(`v${offer.version}`)}`,
    );
    const { status, content } = await api.get(url, options);
    const release = status === 200 ? parseRelease(parseJson(content)) : undefined;
    if (release === "odd" || release?.version !== offer.version) {
      throw new InstallError(
        `${api.endpoint.web}/${repository} has no release of ${offerText(offer)} that can be read.`,
      );
    }
    return release;
  }

  #notFound(api: GitHubApi, address: PluginAddress): InstallError {
    const names = FAMILIES.filter((family) => isPluginName(address.name, family)).map(
      (family) => `${api.endpoint.web}/${repositoryOf(address, family)}`,
    );
    const what = names.length > 1 ? `Neither ${names.join(" nor ")} is there` : `There is no ${names[0]}`;
    const hint = api.token === undefined ? TOKEN_HINT : `check what the token of ${api.token.from} may read`;
    return new InstallError(
      `${what}, or it is private. Check the source address "${address.text}".\nHint: for a private repository, ${hint}.`,
    );
  }
}

function repositoryOf({ namespace, name, text }: PluginAddress, family: PluginFamily): string {
  const [owner, ...more] = namespace;
  if (owner === undefined || more.length > 0) {
    throw new InstallError(
      `The source address "${text}" has ${namespace.length + 2} parts: GitHub's have three, HOST/OWNER/NAME.`,
    );
  }
  return `${encodeURIComponent(owner)}/${encodeURIComponent(`${family}-plugin-${name}`)}`;
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString("utf8"));
  } catch {
    return undefined; // told as a release that cannot be read
  }
}
