import { InstallError } from "../../install-error.js";
import type { SourceOptions } from "../../plugin-source.js";
import { printable } from "../../printable.js";
import type { Environment } from "../http/environment.js";
import type { HttpClient, HttpContent, HttpRequest } from "../http/http-client.js";
import { urlText } from "../http/url-text.js";
import { findRegistryCredentials, type RegistryCredentials } from "./registry-credentials.js";

export interface RegistryPlace {
  /** `HOST` or `HOST:PORT`. */
  readonly server: string;
  /** `acme/ingot-plugin-greet`. */
  readonly repository: string;
  /** What is going to be done: `pull` or `pull,push`. */
  readonly actions: "pull" | "pull,push";
}

const MAX_TOKEN_ANSWER_BYTES = 1 << 20;

/** Talks to one repository of a registry by the distribution API, and logs in when the registry asks for it. */
export class RegistryClient {
  readonly http: HttpClient;
  readonly place: RegistryPlace;
  readonly #env: Environment;
  #credentials: Promise<RegistryCredentials | undefined> | undefined;
  #authorization: string | undefined;

  constructor(http: HttpClient, place: RegistryPlace, env: Environment) {
    this.http = http;
    this.place = place;
    this.#env = env;
  }

  /** For the `Authorization` header; undefined as long as the registry didn't ask for a login. */
  get authorization(): string | undefined {
    return this.#authorization;
  }

  /** The URL of a path below the repository, such as `manifests/1.0.0`. */
  url(path: string): URL {
    return new URL(`https://${this.place.server}/v2/${this.place.repository}/${path}`);
  }

  /** Sends a request and gives the answer of whatever status but 401. Rejects with InstallError. */
  async send(
    url: URL,
    request: Omit<HttpRequest, "authorization"> & { readonly maxBytes: number },
  ): Promise<HttpContent> {
    const answer = await this.http.read(url, { ...request, authorization: this.#authorization });
    if (answer.status !== 401) return answer;
    this.#authorization = await this.#logIn(challengeIn(answer), { signal: request.signal });
    const second = await this.http.read(url, { ...request, authorization: this.#authorization });
    if (second.status === 401) throw await this.refusal(second, { signal: request.signal });
    return second;
  }

  /** Logs in anew after an answer of status 401. */
  async renewLogin(answer: Pick<HttpContent, "headers">, options: SourceOptions): Promise<void> {
    this.#authorization = await this.#logIn(challengeIn(answer), options);
  }

  /** The error for an answer that was not expected. */
  async refusal(
    { status, url, content }: Pick<HttpContent, "status" | "url" | "content">,
    { signal }: SourceOptions,
  ): Promise<InstallError> {
    const said = errorsIn(content);
    const text = `${urlText(url)}: the registry answered ${status}${said === "" ? "" : ` (${printable(said)})`}.`;
    if (status !== 401 && status !== 403) return new InstallError(text);
    const hasLogin = (await this.#login(signal)) !== undefined;
    const hint = hasLogin ? "Check what the stored login may do" : `Log in with "docker login ${this.place.server}"`;
    return new InstallError(`${text} ${hint}.`);
  }

  async #login(signal: AbortSignal): Promise<RegistryCredentials | undefined> {
    this.#credentials ??= findRegistryCredentials(this.place.server, this.#env, signal);
    return await this.#credentials;
  }

  async #logIn(challenge: Challenge, options: SourceOptions): Promise<string> {
    const credentials = await this.#login(options.signal);
    const { server } = this.place;
    if (challenge.scheme === "basic") {
      if (credentials !== undefined && "username" in credentials) return basic(credentials);
      throw new InstallError(`${server} asks for a login: use "docker login ${server}".`);
    }
    const realm = challenge.parameters.get("realm");
    if (challenge.scheme !== "bearer" || realm === undefined || !URL.canParse(realm)) {
      throw new InstallError(`${server} asks for a kind of login that is not known here.`);
    }
    const url = new URL(realm);
    const scope = `repository:${this.place.repository}:${this.place.actions}`;
    const service = challenge.parameters.get("service");
    const answer = await this.#requestToken(url, { scope, service, credentials }, options);
    const token = answer.status === 200 ? tokenIn(answer.content) : undefined;
    if (token === undefined)
      throw await this.refusal({ ...answer, status: answer.status === 200 ? 401 : answer.status }, options);
    return `Bearer ${token}`;
  }

  async #requestToken(
    url: URL,
    {
      scope,
      service,
      credentials,
    }: { scope: string; service: string | undefined; credentials: RegistryCredentials | undefined },
    options: SourceOptions,
  ): Promise<HttpContent> {
    const common = { ...options, maxBytes: MAX_TOKEN_ANSWER_BYTES };
    if (credentials !== undefined && "identityToken" in credentials) {
      const form = new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: credentials.identityToken,
        client_id: "ingot",
        scope,
      });
      if (service !== undefined) form.set("service", service);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return await this.http.read(url, { ...common, method: "POST", headers, body: Buffer.from(form.toString()) });
    }
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", scope);
    return await this.http.read(url, {
      ...common,
      authorization: credentials === undefined ? undefined : basic(credentials),
    });
  }
}

interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function challengeIn({ headers }: Pick<HttpContent, "headers">): Challenge {
  const text = headers["www-authenticate"] ?? "";
  const scheme = (/^\s*(\w+)/.exec(text)?.[1] ?? "").toLowerCase();
  const found = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return {
    scheme,
    parameters: new Map(
      [...found].map(([, name = "", value = ""]) => [name.toLowerCase(), value.replace(/\\(.)/g, "$1")]),
    ),
  };
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function tokenIn(content: Uint8Array): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(Buffer.from(content).toString("utf8")) as Partial<
      Record<string, unknown>
    >;
    return [token, accessToken].find(
      (each): each is string => typeof each === "string" && /^[\x21-\x7e]{1,20000}$/.test(each),
    );
  } catch {
    return undefined; // not JSON
  }
}

/** What a registry says is wrong: `CODE: message`. */
function errorsIn(content: Uint8Array): string {
  try {
    const { errors } = JSON.parse(Buffer.from(content).toString("utf8")) as {
      errors?: { code?: unknown; message?: unknown }[];
    };
    const [first] = Array.isArray(errors) ? errors : [];
    return [first?.code, first?.message].filter((each) => typeof each === "string" && each !== "").join(": ");
  } catch {
    return ""; // not JSON
  }
}
