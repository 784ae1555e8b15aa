import { BlockList, isIP } from "node:net";
import { InstallError } from "../../install-error.js";
import { given, type Environment } from "./environment.js";
import { bareHost, isLoopback } from "./url-text.js";

/**
 * The proxy for a URL by HTTPS_PROXY, ALL_PROXY and NO_PROXY, also in lower case; undefined: none. This computer itself is never reached
 * by a proxy. Entries of NO_PROXY are `*`, host names (`example.com` also covers what is below it, `.example.com` only that),
 * addresses and networks (`10.0.0.0/8`), each with a port or without.
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const read = (name: string): string | undefined => given(env, name) ?? given(env, name.toLowerCase());
  const text = read("HTTPS_PROXY") ?? read("ALL_PROXY");
  if (text === undefined || isLoopback(url) || isExempt(url, read("NO_PROXY") ?? "")) return undefined;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) throw new InstallError("The proxy that HTTPS_PROXY or ALL_PROXY names is not a URL.");
  const proxy = new URL(full);
  if (/^(?:https?|socks[45]?[ah]?):$/.test(proxy.protocol)) return proxy;
  throw new InstallError(`A proxy of the kind ${proxy.protocol} is not supported: use http, https or socks5.`);
}

function isExempt(url: URL, noProxy: string): boolean {
  const host = bareHost(url.hostname).toLowerCase();
  const port = url.port === "" ? "443" : url.port;
  const entries = noProxy.split(/[\s,]+/).filter((entry) => entry !== "");
  return entries.some((entry) => covers(entry.toLowerCase(), host, port));
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInNetwork(host, entry);
  const [, name = "", entryPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  if (isIP(host) !== 0) return host === name;
  const domain = name.replace(/^\*?\./, "");
  return host.endsWith(`.${domain}`) || (host === domain && domain === name);
}

function isInNetwork(host: string, network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const kind = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(address, Number(bits), kind);
  return list.check(host, kind);
}
