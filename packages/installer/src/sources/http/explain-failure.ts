import { messageOf } from "@ingot/diag";
import { printable } from "../../printable.js";
import { systemCodeOf } from "../../system-code.js";
import { urlText } from "./url-text.js";

/** Failures after which another attempt may go well. */
const TRANSIENT = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ECONNABORTED",
  "EAI_AGAIN",
  "ERR_STREAM_PREMATURE_CLOSE",
  "IDLE",
]);

const CERTIFICATE = new Set([
  "CERT_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
]);

/** Certificates that may be valid at another time. */
const CLOCK = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);

/** Certificates whose authority is not known. */
const AUTHORITY = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** A server that sent nothing for too long. */
export class IdleError extends Error {
  override readonly name = "IdleError";
  readonly code = "IDLE";
}

/** A proxy that does not let a connection through. */
export class ProxyRefusal extends Error {
  override readonly name = "ProxyRefusal";
}

/** Tells whether another attempt may go well. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(systemCodeOf(error) ?? "");
}

/** Tells whether the server's certificate is by an authority that is not trusted. */
export function isUnknownAuthority(error: unknown): boolean {
  return AUTHORITY.has(systemCodeOf(error) ?? "");
}

/** Says in words why a request got no answer, and what to do. */
export function explainFailure(
  error: unknown,
  { url, proxy }: { readonly url: URL; readonly proxy: URL | undefined },
): string {
  const by = proxy === undefined ? "" : ` by the proxy ${urlText(proxy)}`;
  return `GET ${urlText(url)}${by} failed: ${reason(error, url, proxy)}`;
}

function reason(error: unknown, url: URL, proxy: URL | undefined): string {
  const code = systemCodeOf(error) ?? "";
  const host = (proxy ?? url).host;
  if (error instanceof ProxyRefusal) return `${error.message}. Check HTTPS_PROXY and NO_PROXY.`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `the host ${host} is not found. Check its name and the network; behind a proxy set HTTPS_PROXY.`;
  if (code === "ECONNREFUSED") return `${host} refuses connections.`;
  if (code === "ENETUNREACH" || code === "EHOSTUNREACH")
    return `there is no way to ${host}. Check the network; behind a proxy set HTTPS_PROXY.`;
  if (code === "ETIMEDOUT")
    return `${host} cannot be reached in time. Check the network; behind a proxy set HTTPS_PROXY.`;
  if (code === "IDLE") return `${messageOf(error)}.`;
  if (isUnknownAuthority(error) || code === "DEPTH_ZERO_SELF_SIGNED_CERT") {
    return `the certificate of ${url.host} is by an authority that is not trusted (${code}). If your network has an authority of its own, name the file of its certificate by SSL_CERT_FILE or by "extra_ca_file" in the configuration.`;
  }
  if (CLOCK.has(code)) {
    const now = new Date().toISOString().replace("T", " ").slice(0, 16);
    return `the certificate of ${url.host} is not valid: ${printable(messageOf(error))}. Check the clock of this computer too: it says ${now} UTC.`;
  }
  if (CERTIFICATE.has(code)) return `the certificate of ${url.host} is not valid: ${printable(messageOf(error))}.`;
  if (code === "EPROTO") {
    const what = /:SSL routines:[^:]*:([a-z0-9 ]+)/i.exec(messageOf(error))?.[1] ?? "unknown reason";
    const isPlain = /wrong version number|packet length too long|http request/i.test(what);
    const hint = isPlain ? ` It may speak plain HTTP on this port.` : "";
    return `no TLS connection to ${host} came about (${what}).${hint}`;
  }
  if (code.startsWith("HPE_"))
    return `the answer of ${host} is not HTTP, or too large (${printable(messageOf(error), 100)}).`;
  if (isTransient(error)) return `the connection to ${host} broke off.`;
  return `${printable(messageOf(error))}.`;
}
