import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { GitHubRateLimit } from "./github-rate-limit.js";
import { releaseJson } from "./github-json.js";
import { sendContent, sha256Of, sizeOf, type TestContent } from "./send-content.js";
import type { TestAuthority } from "./test-authority.js";
import { TestServer, type Fault, type LoggedRequest } from "./test-server.js";

/** A file of a release. */
export interface TestAsset {
  readonly name: string;
  readonly content: TestContent;
}

export interface StoredAsset extends TestAsset {
  readonly id: number;
  readonly size: number;
  readonly sha256: string;
}

export interface StoredRelease {
  readonly id: number;
  readonly tag: string;
  readonly assets: readonly StoredAsset[];
  readonly draft: boolean;
  readonly prerelease: boolean;
}

interface Repository {
  readonly releases: StoredRelease[];
  readonly attestations: Map<string, unknown[]>;
  isPrivate: boolean;
}

/**
 * A GitHub for tests, which speaks the documented REST API over HTTPS, laid out as a GitHub Enterprise Server: the API below `/api/v3`,
 * downloads below `/OWNER/REPO/releases/download/TAG/FILE`, and files on another host that refuses credentials.
 *
 *     await using authority = await TestAuthority.make();
 *     await using github = await GitHubServer.start({ authority });
 *     await github.addRelease("acme/ingot-plugin-greet", "v1.0.0", [{ name: "...", content: "..." }]);
 *     // INGOT_GITHUB_API_URL=github.apiUrl SSL_CERT_FILE=authority.caFile
 *     expect(github.requestLines()).toEqual(["github GET /api/v3/repos/acme/ingot-plugin-greet/releases?per_page=100 200"]);
 */
export class GitHubServer implements AsyncDisposable {
  /** All requests, those to the host of the files too, in the order they came. */
  readonly requests: LoggedRequest[] = [];
  /** Requests left and when there are new ones. */
  readonly rateLimit = new GitHubRateLimit();
  /** Tokens that may read private repositories. Requests with another token are refused. */
  readonly tokens = new Set<string>();
  /** Changes an answer of the API before it is sent: for hostile ones. */
  rewrite: (path: string, body: unknown) => unknown = (_path, body) => body;
  readonly #repositories = new Map<string, Repository>();
  readonly #blobs: StoredAsset[] = [];
  #lastId = 1000;
  #web!: TestServer; // set by start, which alone makes objects
  #files!: TestServer;

  private constructor() {}

  static async start({ authority }: { readonly authority: TestAuthority }): Promise<GitHubServer> {
    const server = new GitHubServer();
    const { requests } = server;
    const web = TestServer.start({
      authority,
      name: "github",
      requests,
      handler: (request, response) => server.#serve(request, response),
    });
    const files = TestServer.start({
      authority,
      name: "cdn",
      requests,
      handler: (...call) => server.#serveFile(...call),
    });
    server.#web = await web;
    server.#files = await files;
    return server;
  }

  /** For INGOT_GITHUB_API_URL. */
  get apiUrl(): string {
    return `${this.#web.url}/api/v3`;
  }

  /** For GITHUB_SERVER_URL. */
  get webUrl(): string {
    return this.#web.url;
  }

  /** `SERVER METHOD PATH STATUS`, a line a request; the server is `github` or `cdn`. */
  requestLines(): string[] {
    return this.requests.map(
      ({ server, method, path, status }) => `${server} ${method} ${path.replace(/\?sig=.*/, "")} ${status}`,
    );
  }

  async addRelease(
    repository: string,
    tag: string,
    assets: readonly TestAsset[],
    { draft = false, prerelease = false }: { readonly draft?: boolean; readonly prerelease?: boolean } = {},
  ): Promise<StoredRelease> {
    const stored: StoredAsset[] = [];
    for (const asset of assets) {
      const [size, sha256] = [await sizeOf(asset.content), await sha256Of(asset.content)];
      stored.push({ ...asset, id: ++this.#lastId, size, sha256 });
    }
    const release = { id: ++this.#lastId, tag, assets: stored, draft, prerelease };
    this.#repository(repository).releases.unshift(release);
    return release;
  }

  /** Puts other bytes in the place of an asset, under the same name. */
  async replaceAsset(repository: string, tag: string, asset: TestAsset): Promise<void> {
    const { releases } = this.#repository(repository);
    const index = releases.findIndex((release) => release.tag === tag);
    const release = releases[index];
    if (release === undefined) throw new Error(`${repository} has no release ${tag}`);
    const [size, sha256] = [await sizeOf(asset.content), await sha256Of(asset.content)];
    const assets = release.assets.filter(({ name }) => name !== asset.name);
    releases[index] = { ...release, assets: [...assets, { ...asset, id: ++this.#lastId, size, sha256 }] };
  }

  removeRelease(repository: string, tag: string): void {
    const { releases } = this.#repository(repository);
    releases.splice(0, releases.length, ...releases.filter((release) => release.tag !== tag));
  }

  /** Makes a repository without releases, or changes whether it is private. */
  setRepository(repository: string, { isPrivate }: { readonly isPrivate: boolean }): void {
    this.#repository(repository).isPrivate = isPrivate;
  }

  addAttestation(repository: string, sha256: string, bundle: unknown): void {
    const { attestations } = this.#repository(repository);
    attestations.set(sha256, [...(attestations.get(sha256) ?? []), { bundle, repository_id: 1 }]);
  }

  /** An attestation whose bundle is at a signed address on the host of the files, packed as the content is. */
  addAttestationByUrl(repository: string, sha256: string, content: Uint8Array): void {
    const { attestations } = this.#repository(repository);
    const name = `${sha256.slice(0, 8)}.json.sn`;
    const hash = createHash("sha256").update(content).digest("hex");
    const blob = { name, content, id: ++this.#lastId, size: content.length, sha256: hash };
    this.#blobs.push(blob);
    const entry = { bundle: null, bundle_url: this.#fileUrl(blob), repository_id: 1, initiator: "user" };
    attestations.set(sha256, [...(attestations.get(sha256) ?? []), entry]);
  }

  /** See TestServer.fail; the requests to the host of the files match too. */
  fail(pattern: RegExp, ...faults: readonly Fault[]): void {
    this.#web.fail(pattern, ...faults);
  }

  /** Lets requests to the host of the files go wrong; their path is `/files/FILE`. */
  failFile(pattern: RegExp, ...faults: readonly Fault[]): void {
    this.#files.fail(pattern, ...faults);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#web[Symbol.asyncDispose](), this.#files[Symbol.asyncDispose]()]);
  }

  #repository(name: string): Repository {
    const known = this.#repositories.get(name) ?? { releases: [], attestations: new Map(), isPrivate: false };
    this.#repositories.set(name, known);
    return known;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", this.#web.url);
    if (url.pathname.startsWith("/api/v3/")) return this.#serveApi(request, response, url);
    const download = /^\/([^/]+\/[^/]+)\/releases\/download\/([^/]+)\/([^/]+)$/.exec(decodeURIComponent(url.pathname));
    const [, name = "", tag = "", file = ""] = download ?? [];
    const repository = this.#repositories.get(name);
    const asset = repository?.releases
      .find((release) => release.tag === tag && !release.draft)
      ?.assets.find((each) => each.name === file);
    // Private files are at the API only: the web site doesn't know tokens.
    if (repository === undefined || repository.isPrivate || asset === undefined)
      return void response.writeHead(404).end("Not Found");
    this.#redirectToFile(response, asset);
  }

  #serveApi(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const token = /^(?:Bearer|token) (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      const text = JSON.stringify(this.rewrite(url.pathname + url.search, body));
      const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
      const isKnown = status === 200 && request.headers["if-none-match"] === etag;
      if (!isKnown) this.rateLimit.count();
      const all = { "content-type": "application/json; charset=utf-8", ...this.rateLimit.headers(), ...headers };
      response.writeHead(isKnown ? 304 : status, status === 200 ? { ...all, etag } : all).end(isKnown ? "" : text);
    };
    const refuse = (status: number, message: string): void =>
      answer(status, { message, documentation_url: "https://docs.github.com/rest" });
    if (token !== undefined && !this.tokens.has(token)) return refuse(401, "Bad credentials");
    const limited = this.rateLimit.refusal();
    if (limited !== undefined) return refuse(limited, "API rate limit exceeded for 127.0.0.1.");
    const [, name = "", rest = ""] = /^\/api\/v3\/repos\/([^/]+\/[^/]+)\/(.+)$/.exec(url.pathname) ?? [];
    const repository = this.#repositories.get(name);
    if (repository === undefined || (repository.isPrivate && token === undefined)) return refuse(404, "Not Found");
    const releases = repository.releases.filter(({ draft }) => !draft || token !== undefined);
    const toJson = (release: StoredRelease): unknown =>
      releaseJson(release, { repository: name, apiUrl: this.apiUrl, webUrl: this.webUrl });
    if (rest === "releases") {
      const perPage = Math.min(100, Number(url.searchParams.get("per_page") ?? 30));
      const page = Number(url.searchParams.get("page") ?? 1);
      const last = Math.max(1, Math.ceil(releases.length / perPage));
      const link = (to: number, rel: string): string =>
        `<${this.apiUrl}/repos/${name}/releases?per_page=${perPage}&page=${to}>; rel="${rel}"`;
      const links = page < last ? { link: `${link(page + 1, "next")}, ${link(last, "last")}` } : {};
      return answer(200, releases.slice((page - 1) * perPage, page * perPage).map(toJson), links);
    }
    const tag = /^releases\/tags\/(.+)$/.exec(decodeURIComponent(rest))?.[1];
    const release = releases.find((each) => each.tag === tag && !each.draft);
    if (release !== undefined) return answer(200, toJson(release));
    const asset = releases.flatMap(({ assets }) => assets).find(({ id }) => rest === `releases/assets/${id}`);
    if (asset !== undefined && request.headers.accept === "application/octet-stream") {
      this.rateLimit.count();
      return this.#redirectToFile(response, asset);
    }
    const digest = /^attestations\/sha256:([0-9a-f]{64})$/.exec(decodeURIComponent(rest))?.[1];
    const bundles = repository.attestations.get(digest ?? "");
    if (bundles !== undefined) return answer(200, { attestations: bundles });
    refuse(404, "Not Found");
  }

  #redirectToFile(response: ServerResponse, asset: StoredAsset): void {
    response.writeHead(302, { location: this.#fileUrl(asset), "content-length": "0" }).end();
  }

  #fileUrl({ id, name }: StoredAsset): string {
    return `https://127.0.0.1:${this.#files.port}/files/${encodeURIComponent(name)}?sig=secret-${id}`;
  }

  async #serveFile(request: IncomingMessage, response: ServerResponse, fault: Fault): Promise<void> {
    const id = Number(/sig=secret-(\d+)/.exec(request.url ?? "")?.[1]);
    const repositories = [...this.#repositories.values()];
    const asset = repositories
      .flatMap(({ releases }) => releases.flatMap(({ assets }) => assets))
      .concat(this.#blobs)
      .find((each) => each.id === id);
    if (request.headers.authorization !== undefined) {
      // As the real stores do: a signed address and a header are two ways to log in.
      response.writeHead(400).end("Only one auth mechanism allowed");
    } else if (asset === undefined) {
      response.writeHead(404).end("Not Found");
    } else {
      await sendContent(request, response, { content: asset.content, etag: `"${asset.sha256.slice(0, 32)}"`, fault });
    }
  }
}
