import type { Agent } from "node:https";
import { request } from "node:https";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { OciError, errorCode, messageOf } from "../oci-error.js";

/** How to ask. */
export interface GetOptions {
  readonly agent: Agent;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

const maxRedirects = 5;
const idleTimeoutMs = 60_000;

/**
 * Sends a GET request over HTTPS, follows redirects (without credentials to other hosts) and gives the response, whose body
 * the caller must read or destroy. Rejects with OciError "registry-unreachable" when no response comes.
 */
export async function httpsGet(url: URL, options: GetOptions): Promise<IncomingMessage> {
  let target = url;
  let headers = { ...options.headers };
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const response = await getOnce(target, { ...options, headers });
    const { location } = response.headers;
    const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0) && location !== undefined;
    if (!isRedirect) return response;
    response.resume(); // a redirect's body is of no interest
    const next = new URL(location, target);
    if (next.host !== target.host)
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"));
    target = next;
  }
  throw new OciError("registry-unreachable", `${url.host} redirects in a circle.`);
}

/**
 * Runs an attempt up to three times while it fails for reasons that may pass: no connection, a broken transfer, a server
 * in trouble (see RetryableError).
 */
export async function withRetries<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (failures >= 2 || !isTransient(error)) throw error;
      await sleep(500 * 2 ** failures, undefined, { signal });
    }
  }
}

/** Reads a response's body of limited size. */
export async function readBody(response: IncomingMessage, limit = 8 * 1024 * 1024): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response) {
    parts.push(part as Buffer); // no encoding is set
    size += (part as Buffer).length;
    if (size > limit) throw new OciError("registry-answer", "The registry's answer is larger than it may be.");
  }
  return Buffer.concat(parts);
}

function isTransient(error: unknown): boolean {
  const code = errorCode(error) ?? "";
  return ["registry-unreachable", "registry-busy", "ECONNRESET", "ETIMEDOUT", "EPIPE", "ECONNREFUSED"].includes(code);
}

async function getOnce(url: URL, { agent, signal, headers }: GetOptions): Promise<IncomingMessage> {
  signal.throwIfAborted();
  if (url.protocol !== "https:")
    throw new OciError("registry-insecure", `${url.host} wants an unencrypted connection, which is refused.`);
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const call = request(url, {
      agent,
      signal,
      headers: { "user-agent": "ingot", ...headers },
      timeout: idleTimeoutMs,
    });
    call.on("timeout", () => call.destroy(new Error("no answer within 60 seconds")));
    call.on("response", resolve);
    call.on("error", (cause) => {
      if (signal.aborted) reject(asError(signal.reason));
      else reject(connectionError(url, cause));
    });
    call.end();
  });
}

function connectionError(url: URL, cause: unknown): OciError {
  const code = errorCode(cause) ?? "";
  const distrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|SSL|EPROTO/.test(code);
  const detail = distrusted
    ? `The certificate of ${url.host} is not trusted (${messageOf(cause)}). If it was signed by your own authority, set "ca_file" or NODE_EXTRA_CA_CERTS.`
    : `${url.host} cannot be reached: ${messageOf(cause) || code}.`;
  return new OciError(distrusted ? "registry-distrusted" : "registry-unreachable", detail, { cause });
}

function asError(reason: unknown): Error {
  return reason as Error; // an abort reason is handed on as it is
}
