import { isIP } from "node:net";
import { printable } from "../../printable.js";

/** A URL for messages: without login, query and fragment, which may hold secrets. */
export function urlText(url: URL): string {
  return printable(`${url.protocol}//${url.host}${url.pathname}`, 500);
}

/** Tells whether the URL names this computer. */
export function isLoopback(url: URL): boolean {
  const host = bareHost(url.hostname);
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** A host name without the brackets of IPv6. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
