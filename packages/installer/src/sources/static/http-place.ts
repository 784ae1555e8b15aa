import { InstallError } from "../../install-error.js";
import type { FetchedArchive, FetchOptions, SourceOptions } from "../../plugin-source.js";
import { download } from "../http/download.js";
import type { HttpClient } from "../http/http-client.js";
import { urlText } from "../http/url-text.js";
import type { StaticPlace } from "./static-place.js";

/** Stores answer 403 for files that are not there to clients that may not list. */
const MISSING = new Set([403, 404, 410]);

/** Files on a web server. A login in the URL is sent as such, to this server only. */
export class HttpPlace implements StaticPlace {
  readonly text: string;
  readonly #http: HttpClient;
  readonly #base: URL;
  readonly #authorization: string | undefined;

  constructor(http: HttpClient, base: URL) {
    this.#http = http;
    this.#base = new URL(base);
    const { username, password } = base;
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.#authorization = login === ":" ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
    [this.#base.username, this.#base.password, this.#base.hash] = ["", "", ""];
    this.#base.pathname = this.#base.pathname.replace(/\/+$/, "");
    this.text = urlText(this.#base).replace(/\/$/, "");
  }

  where(parts: readonly string[]): string {
    return urlText(this.#urlOf(parts));
  }

  async read(
    parts: readonly string[],
    options: SourceOptions & { readonly maxBytes: number },
  ): Promise<Uint8Array | undefined> {
    const { status, content } = await this.#http.read(this.#urlOf(parts), {
      ...options,
      authorization: this.#authorization,
    });
    if (status === 200) return content;
    if (MISSING.has(status)) return undefined;
    throw this.#refusal(parts, status);
  }

  async fetch(parts: readonly string[], file: string, options: FetchOptions): Promise<FetchedArchive> {
    const url = this.#urlOf(parts);
    const refuse = ({ status }: { readonly status: number }): InstallError => this.#refusal(parts, status);
    return await download(this.#http, { ...options, url, file, authorization: this.#authorization, refuse });
  }

  #urlOf(parts: readonly string[]): URL {
    const url = new URL(this.#base);
    url.pathname = [url.pathname.replace(/\/$/, ""), ...parts.map(encodeURIComponent)].join("/");
    return url;
  }

  #refusal(parts: readonly string[], status: number): InstallError {
    const hint = status === 401 ? " A login can stand in the URL: https://USER:PASSWORD@HOST/." : "";
    return new InstallError(`GET ${this.where(parts)} failed: the server answered ${status}.${hint}`);
  }
}
