import { InstallError } from "../../install-error.js";
import type { SourceOptions } from "../../plugin-source.js";
import { urlText } from "../http/url-text.js";
import { webPageHint } from "../http/web-page-hint.js";
import type { GitHubApi } from "./github-api.js";
import type { KeptPage, ListingCache } from "./listing-cache.js";
import { parseReleases, type GitHubRelease } from "./parse-releases.js";

/** A hundred releases each. */
const MAX_PAGES = 50;

interface Listing {
  /** `OWNER/NAME`, ready for a URL. */
  readonly repository: string;
  readonly cache: ListingCache;
}

/** All published releases of versions; undefined when there is no such repository, or it may not be read. */
export async function listReleases(
  api: GitHubApi,
  { repository, cache }: Listing,
  options: SourceOptions,
): Promise<readonly GitHubRelease[] | undefined> {
  const releases = new Map<string, GitHubRelease>();
  let url: URL | undefined = new URL(`${api.endpoint.api}/repos/${repository}/releases?per_page=100`);
  for (let pages = 0; url !== undefined; pages++) {
    if (pages === MAX_PAGES)
      throw new InstallError(`${api.endpoint.web}/${repository} has too many releases: more than ${MAX_PAGES * 100}.`);
    const page = await readPage(api, url, cache, options);
    if (page === undefined) return pages === 0 ? undefined : [...releases.values()];
    for (const release of page.releases) {
      // Should there be the tags "v1.0.0" and "1.0.0", the usual form counts.
      if (!releases.has(release.version) || release.tag.startsWith("v")) releases.set(release.version, release);
    }
    url = page.next === undefined ? undefined : nextUrl(page.next, url);
  }
  return [...releases.values()];
}

async function readPage(
  api: GitHubApi,
  url: URL,
  cache: ListingCache,
  options: SourceOptions,
): Promise<KeptPage | undefined> {
  const kept = await cache.read(url, api.authorization);
  const { status, headers, content } = await api.get(url, {
    ...options,
    ...(kept && { headers: { "if-none-match": kept.etag } }),
  });
  if (status === 304 && kept !== undefined) return kept;
  if (status === 404) return undefined;
  const where = urlText(url);
  const releases = parseReleases(parseJson(content, where), { where, notice: options.notice });
  const next = /<([^<>]*)>;\s*rel="next"/.exec(linkText(headers["link"]))?.[1];
  const page = { etag: headers.etag ?? "", releases, ...(next !== undefined && { next }) };
  if (page.etag !== "") await cache.write(url, api.authorization, page);
  return page;
}

/** The token goes there too, so it has to be the same server. */
function nextUrl(text: string, url: URL): URL {
  const next = URL.canParse(text, url.href) ? new URL(text, url) : undefined;
  if (next?.origin === url.origin && next.href !== url.href) return next;
  throw new InstallError(`${urlText(url)} names a next page that is not on the same server: refused.`);
}

function parseJson(content: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString("utf8"));
  } catch (cause) {
    throw new InstallError(`GET ${where} gave an answer that is not JSON.${webPageHint(content)}`, { cause });
  }
}

function linkText(header: string | string[] | undefined): string {
  return typeof header === "string" ? header : "";
}
