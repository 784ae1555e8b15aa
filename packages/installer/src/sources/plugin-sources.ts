import path from "node:path";
import { fileURLToPath } from "node:url";
import { InstallError } from "../install-error.js";
import type { PluginAddress } from "../plugin-address.js";
import type { PluginFamily, PluginSource } from "../plugin-source.js";
import { checkAddress } from "./check-address.js";
import { findGitHub } from "./github/github-endpoint.js";
import { GitHubSource } from "./github/github-source.js";
import { given, type Environment } from "./http/environment.js";
import { HttpClient } from "./http/http-client.js";
import type { RetryPolicy } from "./http/retry.js";
import { isLoopback, urlText } from "./http/url-text.js";
import { OciSource } from "./oci/oci-source.js";
import { findRegistry, registriesOf } from "./oci/find-registry.js";
import { FolderPlace } from "./static/folder-place.js";
import { HttpPlace } from "./static/http-place.js";
import { mirrorFolder, pluginFolder } from "./static/mirror-layout.js";
import type { StaticPlace } from "./static/static-place.js";
import { StaticSource } from "./static/static-source.js";

export interface PluginSourcesSettings {
  /** Ingot's version, for the `User-Agent`. */
  readonly version: string;
  /** Tokens, proxies, authorities and addresses of servers are read from it. */
  readonly env: Environment;
  /** Relative paths are below it. */
  readonly workingDirectory: string;
  /** Where lists of releases are kept. */
  readonly cacheFolder?: string;
  /** A folder or a URL: used alone then. */
  readonly mirror?: string;
  /** Hosts that are OCI registries, besides the known ones and those of INGOT_PLUGIN_REGISTRIES: `HOST` or `HOST=HOST:PORT`. */
  readonly registries?: readonly string[];
  /** A file of further authorities in PEM form. */
  readonly extraCaFile?: string;
  readonly idleMs?: number;
  readonly retries?: RetryPolicy;
}

const FAMILIES: readonly PluginFamily[] = ["ingot", "packer"];

/** Where plugins come from, by their addresses. Dispose of it to close connections. */
export class PluginSources implements Disposable {
  readonly #settings: PluginSourcesSettings;
  readonly #http: HttpClient;
  readonly #mirror: PluginSource | undefined;
  readonly #gitHubs = new Map<string, GitHubSource>();

  /** Throws InstallError for a mirror that cannot be used. */
  constructor(settings: PluginSourcesSettings) {
    this.#settings = settings;
    this.#http = new HttpClient(settings);
    this.#mirror =
      settings.mirror === undefined ? undefined : mirrorSource(this.#http, settings.mirror, settings.workingDirectory);
  }

  [Symbol.dispose](): void {
    this.#http[Symbol.dispose]();
  }

  /**
   * The places that may have the plugin, in the order in which they are asked: the mirror alone if there is one; for HashiCorp's
   * plugins its release site before GitHub; GitHub, an OCI registry or a web server by the host of the address. Throws InstallError
   * for an address that cannot be used.
   */
  sourcesFor(address: PluginAddress): readonly PluginSource[] {
    checkAddress(address);
    if (this.#mirror !== undefined) return [this.#mirror];
    const { env, cacheFolder } = this.#settings;
    const endpoint = findGitHub(address.host, env);
    if (endpoint !== undefined) {
      const gitHub =
        this.#gitHubs.get(address.host) ?? new GitHubSource({ http: this.#http, env, endpoint, cacheFolder });
      this.#gitHubs.set(address.host, gitHub);
      const isHashicorps = address.host === "github.com" && address.namespace.join("/").toLowerCase() === "hashicorp";
      return isHashicorps ? [hashicorpSource(this.#http, env), gitHub] : [gitHub];
    }
    const registry = findRegistry(address.host, registriesOf(this.#settings));
    if (registry !== undefined) return [new OciSource({ http: this.#http, env, registry, host: address.host })];
    return [hostSource(this.#http, address.host)];
  }
}

/** The mirror that a folder, a `file:` URL or an `https:` URL names; `http:` on this computer only. */
function mirrorSource(http: HttpClient, mirror: string, workingDirectory: string): PluginSource {
  const url = /^[a-z][a-z0-9+.-]+:/i.test(mirror) && URL.canParse(mirror) ? new URL(mirror) : undefined;
  let place: StaticPlace;
  if (url === undefined) place = new FolderPlace(path.resolve(workingDirectory, mirror));
  else if (url.protocol === "file:") place = new FolderPlace(folderOfUrl(url));
  else if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) place = new HttpPlace(http, url);
  else {
    throw new InstallError(
      `The plugin mirror ${urlText(url)} is refused: a mirror is a folder or a URL that begins with https://, which is safe against changes on the way. http:// is for servers on this computer only.`,
    );
  }
  return new StaticSource({
    place,
    description: `the mirror ${place.text}`,
    families: FAMILIES,
    folderOf: mirrorFolder,
    repositoryOf: (address, family) =>
      `https://${[address.host, ...address.namespace, pluginFolder(address, family)].join("/")}`,
    isMirror: true,
  });
}

function folderOfUrl(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new InstallError(
      `The plugin mirror ${urlText(url)} names no folder of this computer: it has to begin with file:///.`,
      { cause },
    );
  }
}

function hostSource(http: HttpClient, host: string): PluginSource {
  const place = new HttpPlace(http, new URL(`https://${host}`));
  return new StaticSource({
    place,
    description: host,
    families: FAMILIES,
    folderOf: (address, family) => [...address.namespace, pluginFolder(address, family)],
    repositoryOf: (address, family) => place.where([...address.namespace, pluginFolder(address, family)]),
    isMirror: false,
  });
}

/** HashiCorp's release site: it has no namespaces, and Packer's plugins only. */
function hashicorpSource(http: HttpClient, env: Environment): PluginSource {
  const base = given(env, "INGOT_HASHICORP_RELEASES_URL") ?? "https://releases.hashicorp.com";
  if (!URL.canParse(base)) throw new InstallError("INGOT_HASHICORP_RELEASES_URL is not a URL.");
  const place = new HttpPlace(http, new URL(base));
  return new StaticSource({
    place,
    description: new URL(base).host,
    families: ["packer"],
    folderOf: (address, family) => [pluginFolder(address, family)],
    repositoryOf: (address, family) => place.where([pluginFolder(address, family)]),
    isMirror: false,
  });
}
