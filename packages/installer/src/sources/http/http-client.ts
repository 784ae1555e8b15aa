import { once, setMaxListeners } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from "node:http";
import { InstallError } from "../../install-error.js";
import { printable } from "../../printable.js";
import { Connections } from "./connections.js";
import type { Environment } from "./environment.js";
import { explainFailure, IdleError, isTransient, isUnknownAuthority, ProxyRefusal } from "./explain-failure.js";
import { readBody } from "./read-body.js";
import { DEFAULT_RETRIES, delayBefore, LONGEST_WAIT_MS, retryAfterMs, wait, type RetryPolicy } from "./retry.js";
import { bareHost, isLoopback, urlText } from "./url-text.js";

export interface HttpSettings {
  /** Ingot's version, for the `User-Agent`. */
  readonly version: string;
  /** Proxies and authorities are read from it. */
  readonly env: Environment;
  /** Of the configuration: a file of further authorities in PEM form. */
  readonly extraCaFile?: string;
  /** How long nothing may arrive, in milliseconds. Default 30 seconds. */
  readonly idleMs?: number;
  readonly retries?: RetryPolicy;
}

export interface HttpRequest {
  /** Default GET. Other requests are not redirected. */
  readonly method?: "GET" | "POST" | "PUT";
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** The `Authorization` header; sent to the origin of the URL only, not where that redirects to. */
  readonly authorization?: string | undefined;
  /** Answers of these statuses are given at once, without another attempt. */
  readonly finalStatuses?: readonly number[];
  readonly signal: AbortSignal;
  readonly notice?: ((text: string) => void) | undefined;
}

/** An answer whose body is not read yet: read or destroy it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where the answer came from at last. */
  readonly url: URL;
  readonly body: IncomingMessage;
}

/** An answer with its content. */
export interface HttpContent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly url: URL;
  readonly content: Buffer;
}

const MAX_REDIRECTS = 10;
const MAX_DISCARDED_BYTES = 64 << 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const BUSY = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Asks servers for things over HTTPS: by proxies, with the user's authorities, following redirects to HTTPS only, trying again when a
 * server is busy or a connection breaks. Failures are InstallErrors that name the URL without secrets. Dispose of it to close
 * connections. Plain HTTP is for this computer itself only.
 */
export class HttpClient implements Disposable {
  readonly #connections: Connections;
  readonly #userAgent: string;
  readonly #idleMs: number;
  readonly retries: RetryPolicy;

  constructor({ version, env, extraCaFile, idleMs = 30_000, retries = DEFAULT_RETRIES }: HttpSettings) {
    this.#connections = new Connections(env, extraCaFile);
    this.#userAgent = `ingot/${version}`;
    this.#idleMs = idleMs;
    this.retries = retries;
  }

  [Symbol.dispose](): void {
    this.#connections[Symbol.dispose]();
  }

  /** Gives the answer of whatever status. Answers that say that the server is busy are given after the last attempt only. */
  async get(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt >= this.retries.attempts;
      let again: { readonly why: string; readonly afterMs?: number | undefined };
      try {
        const answer = await this.#follow(url, request);
        if (isLast || !BUSY.has(answer.status) || request.finalStatuses?.includes(answer.status)) return answer;
        const afterMs = retryAfterMs(answer.headers["retry-after"], Date.now());
        if (afterMs !== undefined && afterMs > LONGEST_WAIT_MS) return answer;
        answer.body.destroy();
        again = { why: `${answer.url.host} answered ${answer.status}`, afterMs };
      } catch (error) {
        request.signal.throwIfAborted();
        if (error instanceof InstallError && (isLast || !isTransient(error.cause))) throw error;
        if (!(error instanceof InstallError)) throw error;
        again = { why: error.message.replace(/\.$/, "") };
      }
      await this.waitForAttempt(attempt + 1, again, request);
    }
  }

  /** Gives the answer with its content, of at most `maxBytes`. */
  async read(url: URL, request: HttpRequest & { readonly maxBytes: number }): Promise<HttpContent> {
    const headers = { "accept-encoding": "gzip", ...request.headers };
    for (let attempt = 1; ; attempt++) {
      const answer = await this.get(url, { ...request, headers });
      try {
        const content = await readBody(answer, request.maxBytes);
        return { status: answer.status, headers: answer.headers, url: answer.url, content };
      } catch (error) {
        request.signal.throwIfAborted();
        if (error instanceof InstallError) throw error;
        const text = this.explain(error, answer.url);
        if (attempt >= this.retries.attempts || !isTransient(error)) throw new InstallError(text, { cause: error });
        await this.waitForAttempt(attempt + 1, { why: text.replace(/\.$/, "") }, request);
      }
    }
  }

  /** Waits before an attempt; says so when it takes longer than a moment. */
  async waitForAttempt(
    attempt: number,
    { why, afterMs }: { readonly why: string; readonly afterMs?: number | undefined },
    { signal, notice }: Pick<HttpRequest, "signal" | "notice">,
  ): Promise<void> {
    const ms = Math.max(afterMs ?? 0, delayBefore(attempt, this.retries));
    notice?.(`${why}: trying again${ms < 1000 ? "" : ` in ${Math.ceil(ms / 1000)} seconds`}.`);
    await wait(ms, signal);
  }

  /** Says in words why a transfer failed. */
  explain(error: unknown, url: URL): string {
    return explainFailure(error, { url, proxy: this.#connections.proxyFor(url) });
  }

  async #follow(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    let at = url;
    let authorization = request.authorization;
    for (let redirects = 0; ; redirects++) {
      requireSafe(at, url);
      const answer = await this.#send(at, { ...request, authorization });
      const { location } = answer.headers;
      const isRedirect = REDIRECTS.has(answer.status) && location !== undefined;
      if (!isRedirect || (request.method ?? "GET") !== "GET") return answer;
      discard(answer);
      if (redirects === MAX_REDIRECTS)
        throw new InstallError(`GET ${urlText(url)} failed: it was redirected more than ${MAX_REDIRECTS} times.`);
      if (!URL.canParse(location, at.href))
        throw new InstallError(`GET ${urlText(at)} failed: it is redirected to what is no URL.`);
      const next = new URL(location, at);
      if (next.origin !== at.origin) authorization = undefined;
      at = next;
    }
  }

  /** One request, and another when the operating system's authorities are needed. Rejects with InstallError, its cause the system's error. */
  async #send(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    for (;;) {
      const { trustsSystem } = this.#connections;
      try {
        return await this.#sendOnce(url, request);
      } catch (error) {
        request.signal.throwIfAborted();
        if (error instanceof InstallError) throw error;
        if (!isUnknownAuthority(error) || trustsSystem)
          throw new InstallError(this.explain(error, url), { cause: error });
        this.#connections.trustSystem();
      }
    }
  }

  async #sendOnce(
    url: URL,
    { method = "GET", headers, body: content, authorization, signal }: HttpRequest,
  ): Promise<HttpAnswer> {
    signal.throwIfAborted();
    setMaxListeners(0, signal); // as many as there are requests at a time
    const isTls = url.protocol === "https:";
    const { request } = isTls ? await import("node:https") : await import("node:http");
    const options: RequestOptions = {
      ...(isTls && (await this.#connections.optionsFor(url))),
      method,
      hostname: bareHost(url.hostname),
      port: url.port === "" ? (isTls ? 443 : 80) : url.port,
      path: url.pathname + url.search,
      headers: {
        "user-agent": this.#userAgent,
        ...headers,
        ...(content !== undefined && { "content-length": content.length }),
        ...(authorization !== undefined && { authorization }),
      },
      signal,
    };
    const sent = request(options);
    const idle = new IdleError(`${url.host} sent nothing for ${this.#idleMs / 1000} seconds`);
    const timer = setTimeout(() => sent.destroy(idle), this.#idleMs);
    // What a proxy says when it doesn't connect comes from nobody who is known: it must not be taken for the server's answer.
    sent.once("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
      if (statusCode !== 200) sent.destroy(new ProxyRefusal(`the proxy answered ${statusCode}`));
    });
    try {
      const answered = once(sent, "response");
      sent.end(content);
      const [body] = (await answered) as [IncomingMessage]; // the event's one parameter
      sent.on("error", () => {}); // what comes later is told by the body
      sent.setTimeout(this.#idleMs, () => body.destroy(idle));
      return { status: body.statusCode ?? 0, headers: body.headers, url, body };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Keeps the connection for the next request, where little is left to read. */
function discard({ body, headers }: HttpAnswer): void {
  if (Number(headers["content-length"]) <= MAX_DISCARDED_BYTES) body.resume();
  else body.destroy();
}

/** Refuses what is not HTTPS, a server on this computer excepted when the request began there. */
function requireSafe(url: URL, first: URL): void {
  if (url.protocol === "https:") return;
  const isHere = url.protocol === "http:" && first.protocol === "http:" && isLoopback(url);
  if (isHere) return;
  const target = printable(url.protocol.replace(/:$/, ""), 20);
  if (url === first)
    throw new InstallError(
      `GET ${urlText(url)} is refused: only HTTPS is safe against changes on the way, and this is ${target}.`,
    );
  throw new InstallError(
    `GET ${urlText(first)} is refused: it is redirected to ${urlText(url)}, which is ${target} and not HTTPS.`,
  );
}
