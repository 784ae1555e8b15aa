import { isIP } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL by HTTP_PROXY, HTTPS_PROXY and NO_PROXY, also in lower case; undefined: none. This computer itself is never
 * reached by a proxy. Throws an Error for a proxy that is no URL.
 */
export function proxyFor(url: URL, environment: Environment = process.env): URL | undefined {
  const read = (name: string): string => environment[name] || environment[name.toLowerCase()] || "";
  // A web server's CGI programs get HTTP_PROXY from whoever sends a header of that name.
  const isCgi = environment["REQUEST_METHOD"] !== undefined;
  const text = url.protocol === "https:" ? read("HTTPS_PROXY") : isCgi ? "" : read("HTTP_PROXY");
  if (text === "" || isExempt(url, read("NO_PROXY"))) return undefined;
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch (error) {
    throw new Error("the proxy of the environment is no URL", { cause: error });
  }
}

function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))) return true;
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return noProxy
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== "" && covers(entry, host, port));
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isIP(host) === 4 && isInNetwork(host, entry);
  const [, name = "", entryPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  const domain = name.replace(/^\*?\./, "");
  if (host.endsWith(`.${domain}`)) return isIP(host) === 0;
  return host === domain && (isIP(host) !== 0 || domain === name);
}

function isInNetwork(host: string, network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  if (isIP(address) !== 4 || !/^\d+$/.test(bits) || Number(bits) > 32) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(host) / size) === Math.floor(numberOf(address) / size);
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
