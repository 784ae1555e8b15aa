import { existsSync, readFileSync } from "node:fs";
import {
  Agent,
  request as plainRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { connect as connectTls, rootCertificates, type TLSSocket } from "node:tls";
import { createGunzip } from "node:zlib";
import { proxyFor } from "./proxy.js";

const MAX_REDIRECTS = 10;
/** A connection that could go on, as servers expect it, and yet ends with its answer. */
const UNUSED_AFTERWARDS = { keepAlive: true, maxFreeSockets: 0 };
/** Not for a host that a redirect leads to. */
const PRIVATE_HEADERS = ["authorization", "cookie", "cookie2", "www-authenticate"];
const SYSTEM_CERTIFICATES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: none. */
  readonly body: string;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names as they are usually written, several values joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends a request, through a proxy where the environment says so, and follows up to ten redirects. Rejects with an Error that says
 * what was asked and what went wrong: `Get "http://a/": connection refused`.
 */
export async function sendRequest(request: HttpRequest): Promise<HttpResponse> {
  let { url: target, method, body } = request;
  let url = parseUrl(target, verbOf(method));
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  headers.delete("host"); // the URL says it
  for (let count = 0; ; count += 1) {
    const failed = (error: unknown): never => {
      request.signal.throwIfAborted();
      throw new Error(`${verbOf(method)} ${JSON.stringify(target)}: ${reasonOf(error)}`, { cause: error });
    };
    const problem = count === 0 ? headerProblem(request.headers) : undefined;
    if (problem !== undefined) failed(new Error(`net/http: invalid header field ${problem}`));
    if (count === MAX_REDIRECTS) failed(new Error(`stopped after ${MAX_REDIRECTS} redirects`));
    const response = await send(url, { ...request, method, body, headers }).catch(failed);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) {
      const text = await readBody(response).catch(failed);
      return { status, headers: headersOf(response), body: text };
    }
    response.resume();
    if (status < 307 && method !== "HEAD") [method, body] = ["GET", ""];
    const next = new URL(location, url);
    if (next.host !== url.host) for (const name of PRIVATE_HEADERS) headers.delete(name);
    [target, url] = [location, next];
  }
}

/** As it is written in messages: "Get". */
function verbOf(method: string): string {
  return method.charAt(0) + method.slice(1).toLowerCase();
}

function headerProblem(headers: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return `name ${JSON.stringify(name)}`;
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) return `value for ${JSON.stringify(name)}`;
  }
  return undefined;
}

function parseUrl(text: string, verb: string): URL {
  if (text.startsWith(":")) throw new Error(`parse ${JSON.stringify(text)}: missing protocol scheme`);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? "";
  if (scheme !== "http" && scheme !== "https") {
    throw new Error(`${verb} ${JSON.stringify(text)}: unsupported protocol scheme ${JSON.stringify(scheme)}`);
  }
  try {
    return new URL(text);
  } catch (error) {
    throw new Error(`parse ${JSON.stringify(text)}: invalid URL`, { cause: error });
  }
}

interface Sending {
  readonly method: string;
  readonly body: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}

async function send(url: URL, { method, body, headers, userAgent, signal }: Sending): Promise<IncomingMessage> {
  const proxy = proxyFor(url);
  const isSecure = url.protocol === "https:";
  const options: RequestOptions = {
    method,
    signal,
    headers: {
      "user-agent": userAgent,
      ...(method === "HEAD" ? {} : { "accept-encoding": "gzip" }),
      ...(body === "" ? {} : { "content-length": Buffer.byteLength(body) }),
      ...Object.fromEntries(headers),
    },
    agent: isSecure || proxy?.protocol === "https:" ? new SecureAgent(UNUSED_AFTERWARDS) : new Agent(UNUSED_AFTERWARDS),
  };
  if (proxy === undefined) {
    const request = isSecure ? secureRequest(url, { ...options, ca: certificates() }) : plainRequest(url, options);
    return respond(request, body);
  }
  if (isSecure) {
    const socket = await tunnel(proxy, url, signal);
    // Node takes the connection only when no agent is named.
    const { agent: _agent, ...others } = options;
    return respond(secureRequest(url, { ...others, createConnection: () => socket }), body);
  }
  const through = { ...options, ...endpointOf(proxy), path: url.href };
  const proxied = { ...through, headers: { ...through.headers, host: url.host, ...authorization(proxy) } };
  return respond(
    proxy.protocol === "https:" ? secureRequest({ ...proxied, ca: certificates() }) : plainRequest(proxied),
    body,
  );
}

/** Opens a connection to a host through a proxy, encrypted to that host. */
async function tunnel(proxy: URL, url: URL, signal: AbortSignal): Promise<TLSSocket> {
  const target = `${url.hostname}:${url.port || "443"}`;
  const options = {
    ...endpointOf(proxy),
    method: "CONNECT",
    path: target,
    headers: { host: target, ...authorization(proxy) },
    agent: false as const,
    signal,
  };
  const request =
    proxy.protocol === "https:" ? secureRequest({ ...options, ca: certificates() }) : plainRequest(options);
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("connect", (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        reject(new Error(response.statusMessage || `the proxy answered ${response.statusCode}`));
        return;
      }
      const secure = connectTls({ socket, servername: url.hostname, ca: certificates() });
      secure.once("error", reject);
      secure.once("secureConnect", () => resolve(secure));
    });
    request.end();
  });
}

function endpointOf({ protocol, hostname, port }: URL): { readonly host: string; readonly port: string } {
  return { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: port || (protocol === "https:" ? "443" : "80") };
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "") return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(text).toString("base64")}` };
}

function respond(request: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("response", resolve);
    request.end(body);
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const isPacked = response.headers["content-encoding"] === "gzip" && response.statusCode !== 204;
  const chunks: Buffer[] = [];
  if (!isPacked) for await (const chunk of response) chunks.push(chunk as Buffer);
  else {
    const unpacked = createGunzip();
    response.once("error", (error) => unpacked.destroy(error));
    for await (const chunk of response.pipe(unpacked)) chunks.push(chunk as Buffer);
    delete response.headers["content-encoding"]; // not true any more of what the caller gets
    delete response.headers["content-length"];
  }
  return Buffer.concat(chunks).toString("utf8");
}

function headersOf({ headers, headersDistinct }: IncomingMessage): Readonly<Record<string, string>> {
  const isOurs = (name: string): boolean => Object.hasOwn(headers, name) && !isAboutConnection(name, headers[name]);
  const names = Object.keys(headersDistinct).filter(isOurs);
  const capitals = (name: string): string => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  return Object.fromEntries(names.map((name) => [capitals(name), (headersDistinct[name] ?? []).join(", ")]));
}

/** Headers about the connection that is over, and not about the answer. */
function isAboutConnection(name: string, value: unknown): boolean {
  return name === "transfer-encoding" || (name === "connection" && value === "close");
}

/** The certificates that Node brings along, those of the system, where companies add their own, and those that Node is to add. */
function certificates(): string[] {
  const files = [process.env["SSL_CERT_FILE"] ?? "", ...SYSTEM_CERTIFICATES];
  const exists = (path: string): boolean => path !== "" && existsSync(path);
  const found = [files.find(exists), [process.env["NODE_EXTRA_CA_CERTS"] ?? ""].find(exists)];
  return [...rootCertificates, ...found.filter((file) => file !== undefined).map((file) => readFileSync(file, "utf8"))];
}

function reasonOf(error: unknown): string {
  const { code, message, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const { hostname } = error as { hostname?: string };
  const place = address === undefined ? "" : ` ${address.includes(":") ? `[${address}]` : address}:${port}`;
  switch (code) {
    case "ECONNREFUSED":
      return `dial tcp${place}: connect: connection refused`;
    case "EHOSTUNREACH":
      return `dial tcp${place}: connect: no route to host`;
    case "ENETUNREACH":
      return `dial tcp${place}: connect: network is unreachable`;
    case "ETIMEDOUT":
      return `dial tcp${place}: connect: connection timed out`;
    case "ENOTFOUND":
      return `dial tcp: lookup ${hostname}: no such host`;
    case "ECONNRESET":
      return message === "socket hang up" ? "EOF" : "read tcp: connection reset by peer";
    default:
      return message;
  }
}
