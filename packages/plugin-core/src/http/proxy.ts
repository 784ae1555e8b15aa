import { isIP } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Gives the proxy for a URL by the usual variables, in either case: HTTP_PROXY and HTTPS_PROXY by the URL's scheme, not for what
 * NO_PROXY lists (host names with their subdomains, addresses, networks, `*`, each with or without a port), nor for this machine.
 */
export function proxyFor(url: URL, env: Environment = process.env): URL | undefined {
  const read = (name: string): string => env[name] || env[name.toLowerCase()] || "";
  const proxy = read(url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy === "") return undefined;
  const host = bare(url.hostname);
  if (host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host)) return undefined;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const isExcepted = read("NO_PROXY")
    .split(",")
    .some((entry) => matches(entry.trim().toLowerCase(), { host, port }));
  return isExcepted ? undefined : new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
}

function matches(entry: string, { host, port }: { readonly host: string; readonly port: string }): boolean {
  if (entry === "*") return true;
  if (entry === "") return false;
  if (entry.includes("/")) return inNetwork(host, entry);
  const [, name = entry, entryPort] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  const plain = bare(name);
  if (plain.startsWith("*.")) return host.endsWith(plain.slice(1));
  return plain.startsWith(".") ? host.endsWith(plain) : host === plain || host.endsWith(`.${plain}`);
}

/** True for an IPv4 address in a network such as "10.0.0.0/8". */
function inNetwork(host: string, network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  if (isIP(host) !== 4 || isIP(address) !== 4) return false;
  const mask = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(host) / mask) === Math.floor(numberOf(address) / mask);
}

function numberOf(address: string): number {
  return address.split(".").reduce((total, part) => total * 256 + Number(part), 0);
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
}
