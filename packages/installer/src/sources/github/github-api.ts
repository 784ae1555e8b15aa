import { InstallError } from "../../install-error.js";
import type { SourceOptions } from "../../plugin-source.js";
import { printable } from "../../printable.js";
import type { HttpClient, HttpContent } from "../http/http-client.js";
import { LONGEST_WAIT_MS, wait } from "../http/retry.js";
import { urlText } from "../http/url-text.js";
import type { GitHubEndpoint } from "./github-endpoint.js";
import type { GitHubToken } from "./github-token.js";
import { rateLimitOf, whenText, type RateLimit } from "./rate-limit.js";

const MAX_ANSWER_BYTES = 64 << 20;
const MAX_WAITS = 3;

/** How to get a token; for messages. Lines that begin with "Hint: " are shown once, however many plugins need them. */
export const TOKEN_HINT =
  "set INGOT_GITHUB_API_TOKEN, GITHUB_TOKEN or GH_TOKEN to an access token of GitHub, or log in with `gh auth login`";

interface ApiRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes?: number;
}

/** Asks the REST API of a GitHub, with the token if there is one. */
export class GitHubApi {
  readonly endpoint: GitHubEndpoint;
  readonly token: GitHubToken | undefined;
  readonly http: HttpClient;
  /** Until when GitHub answers no more, in milliseconds since 1970, and the error for that. */
  #blocked: { readonly until: number; readonly error: InstallError } | undefined;

  constructor(http: HttpClient, endpoint: GitHubEndpoint, token: GitHubToken | undefined) {
    this.http = http;
    this.endpoint = endpoint;
    this.token = token;
  }

  get authorization(): string | undefined {
    return this.token === undefined ? undefined : `Bearer ${this.token.value}`;
  }

  /** The headers of each request. */
  headers(accept = "application/vnd.github+json"): Record<string, string> {
    return { accept, "x-github-api-version": "2022-11-28" };
  }

  /**
   * Asks for a URL below the API. Gives answers of status 200, 304 and 404. When GitHub asks for at most a minute, it waits;
   * otherwise InstallError.
   */
  async get(
    url: URL,
    { headers, maxBytes = MAX_ANSWER_BYTES, ...options }: SourceOptions & ApiRequest,
  ): Promise<HttpContent> {
    for (let waits = 0; ; waits++) {
      if (this.#blocked !== undefined && Date.now() < this.#blocked.until) throw this.#blocked.error;
      const answer = await this.http.read(url, {
        headers: { ...this.headers(), ...headers },
        authorization: this.authorization,
        finalStatuses: [429],
        maxBytes,
        ...options,
      });
      if ([200, 304, 404].includes(answer.status)) return answer;
      const refusal = await this.answerRefusal({ ...answer, url }, waits, options);
      if (refusal !== undefined) throw refusal;
    }
  }

  /** Waits when the answer asks for at most a minute, and gives undefined then: ask again. Otherwise gives the error. */
  async answerRefusal(answer: HttpContent, waits: number, options: SourceOptions): Promise<InstallError | undefined> {
    const message = messageIn(answer.content);
    const limit = rateLimitOf(answer.status, answer.headers, message, Date.now());
    if (limit === undefined) return this.#refusal(answer.status, answer.url, message);
    return await this.#obey(limit, waits, options);
  }

  async #obey(limit: RateLimit, waits: number, { signal, notice }: SourceOptions): Promise<InstallError | undefined> {
    const when = whenText(limit.waitMs, Date.now());
    if (limit.waitMs <= LONGEST_WAIT_MS && waits < MAX_WAITS) {
      notice?.(`${this.endpoint.host} allows no more requests for now: waiting until ${when}.`);
      await wait(limit.waitMs, signal);
      return undefined;
    }
    const what = `${this.endpoint.host} allows no more requests from here until ${when}.`;
    const error = new InstallError(`${what}\nHint: ${this.#rateLimitHint(limit)}`);
    this.#blocked = { until: Date.now() + limit.waitMs, error };
    return error;
  }

  #rateLimitHint({ kind }: RateLimit): string {
    if (this.token !== undefined)
      return `the requests of the token of ${this.token.from} are used up: wait, or set another.`;
    if (kind === "burst") return `wait, or ${TOKEN_HINT}.`;
    return `without a token there are only a few requests an hour, with one there are thousands: ${TOKEN_HINT}.`;
  }

  /** The error for an answer that is none of those expected. */
  #refusal(status: number, url: URL, message: string): InstallError {
    const said = message === "" ? "" : `: ${printable(message)}`;
    const { token } = this;
    if (status === 401 && token !== undefined) {
      return new InstallError(
        `${this.endpoint.host} refuses the token of ${token.from} (401${said}): it may have expired. Replace or remove it.`,
      );
    }
    const hint =
      status !== 401 && status !== 403
        ? ""
        : token === undefined
          ? `\nHint: ${TOKEN_HINT}.`
          : `\nHint: check what the token of ${token.from} may read.`;
    return new InstallError(`GET ${urlText(url)} failed: the server answered ${status}${said}.${hint}`);
  }
}

/** The `message` of an error of the API; "" when there is none. */
function messageIn(content: Uint8Array): string {
  try {
    const { message } = JSON.parse(Buffer.from(content).toString("utf8")) as { message?: unknown };
    return typeof message === "string" ? message.replace(/\.$/, "") : "";
  } catch {
    return ""; // not JSON, or null
  }
}
