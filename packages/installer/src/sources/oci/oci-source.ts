import { checksumFileName, isPluginName, manifestFileName } from "../../asset-names.js";
import { InstallError } from "../../install-error.js";
import type { PluginAddress } from "../../plugin-address.js";
import type { OfferedVersion, PluginFamily, PluginSource, Release, SourceOptions } from "../../plugin-source.js";
import { isCanonicalVersion } from "../../plugin-version.js";
import type { Environment } from "../http/environment.js";
import type { HttpClient, HttpContent } from "../http/http-client.js";
import { openFiles } from "../release.js";
import { ArtifactFiles } from "./artifact-files.js";
import { MANIFEST_TYPE, parseArtifact } from "./plugin-artifact.js";
import { RegistryClient } from "./registry-client.js";

export interface OciSourceSettings {
  readonly http: HttpClient;
  readonly env: Environment;
  /** As in addresses. */
  readonly host: string;
  /** How it is reached: `HOST` or `HOST:PORT`. */
  readonly registry: string;
}

const FAMILIES: readonly PluginFamily[] = ["ingot", "packer"];
const MAX_PAGES = 50;
const MAX_ANSWER_BYTES = 4 << 20;

/**
 * Releases in an OCI registry. For `HOST/NAMESPACE.../NAME` the repository is `NAMESPACE.../ingot-plugin-NAME`, or packer-plugin-NAME
 * when that isn't there; tags are versions, with or without `v`; see plugin-artifact.ts for what a tag has to be.
 */
export class OciSource implements PluginSource {
  readonly description: string;
  readonly #settings: OciSourceSettings;
  readonly #clients = new Map<string, RegistryClient>();
  /** The tags of versions that were listed, by repository and version. */
  readonly #tags = new Map<string, string>();

  constructor(settings: OciSourceSettings) {
    this.description = `the registry ${settings.host}`;
    this.#settings = settings;
  }

  async listVersions(address: PluginAddress, options: SourceOptions): Promise<readonly OfferedVersion[]> {
    let denied: InstallError | undefined;
    for (const family of FAMILIES) {
      if (!isPluginName(address.name, family)) continue;
      const client = this.#clientFor(address, family);
      const tags = await this.#listTags(client, options);
      if (tags instanceof InstallError) denied ??= tags;
      else if (tags.length > 0) return this.#offers(tags, { address, family });
    }
    if (denied !== undefined) throw denied;
    return [];
  }

  async openRelease(offer: OfferedVersion, options: SourceOptions): Promise<Release> {
    const client = this.#clientFor(offer.address, offer.family);
    const { repository } = client.place;
    const known = this.#tags.get(`${repository} ${offer.version}`);
    const tags = known === undefined ? [offer.version, `v${offer.version}`] : [known];
    const { tag, content } = await this.#readManifest(client, tags, options);
    const where = `${this.#settings.host}/${repository}:${tag}`;
    const artifact = parseArtifact(content);
    if ("problem" in artifact) throw new InstallError(`${where} cannot be installed: ${artifact.problem}.`);
    const parts = { family: offer.family, name: offer.address.name, version: offer.version };
    const names = { checksumNames: [checksumFileName(parts)], manifestName: manifestFileName(parts) };
    return await openFiles(new ArtifactFiles(client, where, artifact.files), { offer, ...names }, options);
  }

  #offers(tags: readonly string[], about: Pick<OfferedVersion, "address" | "family">): readonly OfferedVersion[] {
    const name = repositoryOf(about.address, about.family);
    const repository = `oci://${this.#settings.host}/${name}`;
    const versions = new Map<string, string>();
    for (const tag of tags) {
      const version = tag.replace(/^v/, "");
      if (isCanonicalVersion(version) && (!versions.has(version) || tag === version)) versions.set(version, tag);
    }
    for (const [version, tag] of versions) this.#tags.set(`${name} ${version}`, tag);
    return [...versions.keys()].map((version) => ({ ...about, version, repository }));
  }

  /** All tags; none when there is no such repository; an error when the registry doesn't let us see it, which it may say of missing ones too. */
  async #listTags(client: RegistryClient, options: SourceOptions): Promise<readonly string[] | InstallError> {
    const tags: string[] = [];
    let url: URL | undefined = client.url("tags/list?n=1000");
    for (let pages = 0; url !== undefined && pages < MAX_PAGES; pages++) {
      let answer: HttpContent;
      try {
        answer = await client.send(url, { ...options, maxBytes: MAX_ANSWER_BYTES });
      } catch (error) {
        options.signal.throwIfAborted();
        if (error instanceof InstallError && error.cause === undefined) return error;
        throw error;
      }
      if (answer.status === 404) return [];
      if (answer.status === 401 || answer.status === 403) return await client.refusal(answer, options);
      if (answer.status !== 200) throw await client.refusal(answer, options);
      tags.push(...tagsIn(answer.content));
      url = nextPage(answer, url);
    }
    return tags;
  }

  async #readManifest(
    client: RegistryClient,
    tags: readonly string[],
    options: SourceOptions,
  ): Promise<{ tag: string; content: Uint8Array }> {
    for (const tag of tags) {
      const headers = { accept: MANIFEST_TYPE };
      const answer = await client.send(client.url(`manifests/${encodeURIComponent(tag)}`), {
        ...options,
        headers,
        maxBytes: MAX_ANSWER_BYTES,
      });
      if (answer.status === 200) return { tag, content: answer.content };
      if (answer.status !== 404) throw await client.refusal(answer, options);
    }
    throw new InstallError(`The registry ${this.#settings.host} has no ${client.place.repository}:${tags[0]}.`);
  }

  #clientFor(address: PluginAddress, family: PluginFamily): RegistryClient {
    const repository = repositoryOf(address, family);
    const known = this.#clients.get(repository);
    if (known !== undefined) return known;
    const { http, registry, env } = this.#settings;
    const client = new RegistryClient(http, { server: registry, repository, actions: "pull" }, env);
    this.#clients.set(repository, client);
    return client;
  }
}

/** Names of repositories are lower case. */
function repositoryOf({ namespace, name }: PluginAddress, family: PluginFamily): string {
  return [...namespace, `${family}-plugin-${name}`].map((part) => encodeURIComponent(part.toLowerCase())).join("/");
}

function tagsIn(content: Uint8Array): readonly string[] {
  try {
    const { tags } = JSON.parse(Buffer.from(content).toString("utf8")) as { tags?: unknown };
    return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === "string") : [];
  } catch {
    return []; // not a registry
  }
}

function nextPage({ headers }: HttpContent, url: URL): URL | undefined {
  const link = headers["link"];
  const text = typeof link === "string" ? /<([^<>]*)>;\s*rel="?next"?/.exec(link)?.[1] : undefined;
  if (text === undefined || !URL.canParse(text, url.href)) return undefined;
  const next = new URL(text, url);
  return next.origin === url.origin && next.href !== url.href ? next : undefined;
}
