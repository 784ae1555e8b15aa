import type { IncomingMessage } from "node:http";
import { Agent } from "node:https";
import { rootCertificates } from "node:tls";
import { readFileSync } from "node:fs";
import { isObject } from "../image/parse-document.js";
import { OciError, messageOf } from "../oci-error.js";
import { httpsGet, readBody } from "./https-get.js";
import type { ImageReference } from "./image-reference.js";
import type { Credentials } from "./registry-credentials.js";

/** How to talk to a registry. */
export interface RegistryOptions {
  readonly reference: ImageReference;
  readonly credentials: Credentials | undefined;
  /** A file of additional authorities in PEM form. */
  readonly caFile: string | undefined;
  readonly signal: AbortSignal;
}

/** Reads from one repository of a registry over HTTPS, and logs in when it asks for it. Dispose of it to close connections. */
export class RegistryClient implements Disposable {
  readonly #options: RegistryOptions;
  readonly #agent: Agent;
  #authorization: string | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
    const ca = options.caFile === undefined ? undefined : [...systemAuthorities(), readAuthorities(options.caFile)];
    this.#agent = new Agent({ keepAlive: true, maxSockets: 6, ...(ca === undefined ? {} : { ca }) });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  /**
   * Asks for a path below the repository, such as "manifests/latest". Gives a response of status 200. Rejects with OciError
   * "registry-login", "registry-missing", "registry-busy" or "registry-answer".
   */
  async get(path: string, accept?: string): Promise<IncomingMessage> {
    const { reference } = this.#options;
    const url = new URL(`https://${reference.registry}/v2/${reference.repository}/${path}`);
    let response = await this.#send(url, accept);
    if (response.statusCode === 401) {
      response.resume();
      this.#authorization = await this.#logIn(response.headers["www-authenticate"] ?? "");
      response = await this.#send(url, accept);
    }
    if (response.statusCode === 200) return response;
    const body = await readBody(response).catch(() => Buffer.alloc(0)); // only for the message
    throw this.#refusal(response.statusCode ?? 0, body);
  }

  async #send(url: URL, accept: string | undefined): Promise<IncomingMessage> {
    const headers = {
      ...(accept === undefined ? {} : { accept }),
      ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
    };
    return await httpsGet(url, { agent: this.#agent, signal: this.#options.signal, headers });
  }

  async #logIn(challenge: string): Promise<string> {
    const { credentials, reference } = this.#options;
    const scheme = /^\s*(\w+)/.exec(challenge)?.[1]?.toLowerCase();
    if (scheme === "basic") {
      if (credentials === undefined)
        throw this.#loginFailed("It asks for a login, and there are no credentials for it.");
      return basic(credentials);
    }
    const parameters = challengeParameters(challenge);
    const realm = parameters.get("realm");
    if (scheme !== "bearer" || realm === undefined || !URL.canParse(realm))
      throw this.#loginFailed("It asks for a kind of login that is not known here.");
    const url = new URL(realm);
    const service = parameters.get("service");
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", parameters.get("scope") ?? `repository:${reference.repository}:pull`);
    const headers = credentials === undefined ? {} : { authorization: basic(credentials) };
    const response = await httpsGet(url, { agent: this.#agent, signal: this.#options.signal, headers });
    const body = await readBody(response);
    if (response.statusCode !== 200) throw this.#loginFailed(`The token server answered ${response.statusCode}.`);
    return `Bearer ${tokenIn(body) ?? fail(this.#loginFailed("The token server gave no token."))}`;
  }

  #refusal(status: number, body: Buffer): OciError {
    const { reference } = this.#options;
    if (status === 401 || status === 403) return this.#loginFailed(`It answered ${status}.`);
    if (status === 404)
      return new OciError("registry-missing", `${reference.registry} has no "${reference.text}".`, {
        attribute: "base",
      });
    const code = status === 429 || status >= 500 ? "registry-busy" : "registry-answer";
    const said = firstMessage(body);
    return new OciError(code, `${reference.registry} answered ${status}${said === "" ? "" : `: ${said}`}.`);
  }

  #loginFailed(why: string): OciError {
    const { reference, credentials } = this.#options;
    const hint =
      credentials === undefined
        ? 'Set "username" and "password", or log in with "docker login" or "skopeo login".'
        : "Check the user name and the password, and whether this user may read the repository.";
    const detail = `${reference.registry} does not give access to "${reference.repository}". ${why} ${hint}`;
    return new OciError("registry-login", detail, { attribute: "base" });
  }
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function challengeParameters(challenge: string): Map<string, string> {
  const found = challenge.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return new Map([...found].map(([, name = "", value = ""]) => [name.toLowerCase(), value.replace(/\\(.)/g, "$1")]));
}

function tokenIn(body: Buffer): string | undefined {
  try {
    const answer: unknown = JSON.parse(body.toString("utf8"));
    const token = isObject(answer) ? (answer["token"] ?? answer["access_token"]) : undefined;
    return typeof token === "string" && token !== "" ? token : undefined;
  } catch {
    return undefined; // not JSON
  }
}

function firstMessage(body: Buffer): string {
  try {
    const answer = JSON.parse(body.toString("utf8")) as { errors?: { message?: unknown }[] } | null;
    const message = answer?.errors?.[0]?.message;
    return typeof message === "string" ? message.slice(0, 200) : "";
  } catch {
    return ""; // not JSON
  }
}

/** Setting `ca` replaces Node's authorities, those of NODE_EXTRA_CA_CERTS included; so all have to be named. */
function systemAuthorities(): string[] {
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  return [...rootCertificates, ...(extra === undefined || extra === "" ? [] : [readAuthorities(extra)])];
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const detail = `The file of authorities ${file} cannot be read: ${messageOf(cause)}.`;
    throw new OciError("bad-ca-file", detail, { attribute: "ca_file", cause });
  }
}

function fail(error: Error): never {
  throw error;
}
