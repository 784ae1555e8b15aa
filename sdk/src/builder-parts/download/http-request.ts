import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, RequestOptions } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { loginFor } from "./netrc.js";
import { proxyFor } from "./proxy-environment.js";

/** A request to a web server. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  /** How long nothing may arrive, in milliseconds. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  /** Called with passwords of URLs and files, before they are used. */
  readonly secrets?: (values: readonly string[]) => void;
  /** The `User-Agent`. */
  readonly userAgent?: string;
}

const MAX_REDIRECTS = 10;

/**
 * Asks a web server, following redirects, by the proxy of the environment, with the login of the URL or the netrc file. Gives the
 * answer of whatever status with its body not read yet: read or destroy it. Rejects with the system's error, or the signal's reason.
 */
export async function requestHttp(url: URL, request: HttpRequest): Promise<IncomingMessage> {
  let at = url;
  for (let redirects = 0; ; redirects++) {
    const response = await requestOnce(at, request);
    const { statusCode = 0, headers } = response;
    const isRedirect = [301, 302, 303, 307, 308].includes(statusCode);
    if (!isRedirect || headers.location === undefined) return response;
    response.destroy();
    if (redirects === MAX_REDIRECTS) throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
    let next: URL;
    try {
      next = new URL(headers.location, at);
    } catch (error) {
      throw new Error("the server redirects to what is no URL", { cause: error });
    }
    if (next.protocol !== "http:" && next.protocol !== "https:") {
      throw new Error(`the server redirects to a URL of the kind ${next.protocol}`);
    }
    if (next.host === at.host && next.username === "") {
      next.username = at.username;
      next.password = at.password;
    }
    at = next;
  }
}

async function requestOnce(
  url: URL,
  { method, headers, idleMs, signal, ...more }: HttpRequest,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const login = url.username === "" ? await loginFor(url.hostname) : loginOf(url);
  if (login !== undefined && login.password !== "") more.secrets?.([login.password]);
  const proxy = proxyFor(url);
  if (proxy !== undefined && proxy.password !== "") more.secrets?.([decodeURIComponent(proxy.password)]);
  const isTls = url.protocol === "https:";
  const options: RequestOptions = {
    method,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (isTls ? 443 : 80) : url.port,
    path: url.pathname + url.search,
    headers: { "user-agent": more.userAgent ?? "ingot", "accept-encoding": "identity", ...headers, host: url.host },
    agent: false,
    signal,
    ...(login !== undefined && { auth: `${login.username}:${login.password}` }),
  };
  const { request } = isTls ? await import("node:https") : await import("node:http");
  const sent = request(await throughProxy(url, proxy, options, signal));
  let response: IncomingMessage | undefined;
  sent.setTimeout(idleMs, () => {
    (response ?? sent).destroy(new Error(`the server sent nothing for ${idleMs / 1000} seconds`));
  });
  const answered = once(sent, "response");
  sent.end();
  try {
    [response] = (await answered) as [IncomingMessage];
    sent.on("error", () => {}); // what comes later is told by the response
    return response;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function loginOf({ username, password }: URL): { readonly username: string; readonly password: string } {
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** Changes a request so that it goes by a proxy: through a tunnel for https and SOCKS, otherwise by asking for the whole URL. */
async function throughProxy(
  url: URL,
  proxy: URL | undefined,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<RequestOptions> {
  const isTls = url.protocol === "https:";
  const tls = isTls ? { ca: await authorities() } : {};
  if (proxy === undefined) return { ...options, ...tls };
  const isSocks = /^socks5h?:$/.test(proxy.protocol);
  if (!isSocks && proxy.protocol !== "http:") throw new Error(`a proxy of the kind ${proxy.protocol} is not supported`);
  const proxyHost = proxy.hostname.replace(/^\[|\]$/g, "");
  const login = proxy.username === "" ? undefined : loginOf(proxy);
  if (!isTls && !isSocks) {
    const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
    const whole = new URL(url);
    [whole.username, whole.password, whole.hash] = ["", "", ""];
    const headers = { ...(options.headers as object), ...(basic !== undefined && { "proxy-authorization": basic }) };
    return { ...options, headers, hostname: proxyHost, port: proxy.port === "" ? 80 : proxy.port, path: whole.href };
  }
  const { dialProxy } = await import("../../ssh/dial.js");
  const port = proxy.port === "" ? (isSocks ? 1080 : 80) : Number(proxy.port);
  const socket = await dialProxy(
    { kind: isSocks ? "socks5" : "http", host: proxyHost, port, username: login?.username, password: login?.password },
    { host: options.hostname ?? "", port: Number(options.port) },
    { signal },
  );
  const connection = isTls ? await encrypt(socket, options.hostname ?? "", tls.ca) : socket;
  const { agent: _unused, ...rest } = options; // an agent would make connections itself
  return { ...rest, createConnection: () => connection };
}

async function encrypt(socket: Socket, host: string, ca: readonly string[] | undefined): Promise<TLSSocket> {
  const [{ connect }, { isIP }] = await Promise.all([import("node:tls"), import("node:net")]);
  const name = isIP(host) === 0 ? { servername: host } : {};
  const secure = connect({ socket, host, ...name, ...(ca && { ca: [...ca] }) });
  await once(secure, "secureConnect");
  return secure;
}

/** The authorities of SSL_CERT_FILE, which replace those of Node, as other programs do it. */
async function authorities(): Promise<string[] | undefined> {
  const file = process.env["SSL_CERT_FILE"];
  return file ? [await readFile(file, "utf8")] : undefined;
}
