import { InstallError } from "../../install-error.js";
import type { FetchedArchive, FetchOptions, OfferedVersion, SourceOptions } from "../../plugin-source.js";
import { download } from "../http/download.js";
import { readBody } from "../http/read-body.js";
import type { HttpAnswer } from "../http/http-client.js";
import { urlText } from "../http/url-text.js";
import type { ReleaseFiles } from "../release.js";
import { offerText } from "../release-entries.js";
import { TOKEN_HINT, type GitHubApi } from "./github-api.js";
import type { GitHubRelease } from "./parse-releases.js";
import { readAttestations } from "./read-attestations.js";

/** The files of a release at GitHub: by the API with a token, which private repositories need; else as a browser gets them. */
export class GitHubFiles implements ReleaseFiles {
  readonly where: string;
  readonly #api: GitHubApi;
  readonly #repository: string;
  readonly #release: Pick<GitHubRelease, "tag"> & Partial<GitHubRelease>;
  readonly #offer: OfferedVersion;

  constructor(
    api: GitHubApi,
    about: { repository: string; release: Pick<GitHubRelease, "tag"> & Partial<GitHubRelease>; offer: OfferedVersion },
  ) {
    this.#api = api;
    this.#repository = about.repository;
    this.#release = about.release;
    this.#offer = about.offer;
    this.where = `${api.endpoint.web}/${about.repository}/releases/tag/${about.release.tag}`;
  }

  async read(
    name: string,
    { maxBytes, ...options }: SourceOptions & { readonly maxBytes: number },
  ): Promise<Uint8Array | undefined> {
    const place = this.#placeOf(name);
    if (place === undefined) return undefined;
    if (place.isApi) {
      const { status, content } = await this.#api.get(place.url, { ...options, headers: { accept: BYTES }, maxBytes });
      return status === 200 ? content : undefined;
    }
    const { status, url, content } = await this.#api.http.read(place.url, { ...options, maxBytes });
    if (status === 200) return content;
    if (status === 404) return undefined;
    throw new InstallError(`GET ${urlText(url)} failed: the server answered ${status}.`);
  }

  async fetch(name: string, file: string, options: FetchOptions): Promise<FetchedArchive> {
    const place = this.#placeOf(name);
    if (place === undefined) throw this.#missing(name);
    let waits = 0;
    return await download(this.#api.http, {
      ...options,
      url: place.url,
      file,
      ...(place.isApi && {
        headers: this.#api.headers(BYTES),
        authorization: this.#api.authorization,
        finalStatuses: [429],
      }),
      refuse: async (answer) =>
        answer.status === 404 ? this.#missing(name) : await this.#refusal(place.url, answer, waits++, options),
    });
  }

  async attestations(sha256: string, options: SourceOptions): Promise<readonly unknown[]> {
    const url = new URL(
      `${this.#api.endpoint.api}/repos/${this.#repository}/attestations/sha256:${sha256}?per_page=100`,
    );
    const { status, content } = await this.#api.get(url, { ...options, maxBytes: MAX_ATTESTATIONS_BYTES });
    return status === 200 ? await readAttestations(content, { ...options, http: this.#api.http, url }) : [];
  }

  /** Where a file is; undefined when the release is known not to have it. */
  #placeOf(name: string): { readonly url: URL; readonly isApi: boolean } | undefined {
    const { endpoint, token } = this.#api;
    const { assets, tag } = this.#release;
    const id = assets !== undefined && Object.hasOwn(assets, name) ? assets[name] : undefined;
    if (assets !== undefined && id === undefined) return undefined;
    if (token !== undefined && id !== undefined) {
      return { url: new URL(`${endpoint.api}/repos/${this.#repository}/releases/assets/${id}`), isApi: true };
    }
    const parts = [tag, name].map(encodeURIComponent);
    return { url: new URL(`${endpoint.web}/${this.#repository}/releases/download/${parts.join("/")}`), isApi: false };
  }

  #missing(name: string): InstallError {
    return new InstallError(`${this.where} has no file ${name}, which belongs to ${offerText(this.#offer)}.`);
  }

  async #refusal(
    url: URL,
    answer: HttpAnswer,
    waits: number,
    options: SourceOptions,
  ): Promise<InstallError | undefined> {
    if (answer.url.origin !== new URL(this.#api.endpoint.api).origin) {
      const hint = answer.status === 403 && this.#api.token === undefined ? `\nHint: ${TOKEN_HINT}.` : "";
      return new InstallError(`GET ${urlText(answer.url)} failed: the server answered ${answer.status}.${hint}`);
    }
    const content = await readBody(answer, 64 << 10).catch(() => Buffer.alloc(0)); // for the message
    return await this.#api.answerRefusal({ ...answer, url, content }, waits, options);
  }
}

const BYTES = "application/octet-stream";
const MAX_ATTESTATIONS_BYTES = 16 << 20;
