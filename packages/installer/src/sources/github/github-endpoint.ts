import { InstallError } from "../../install-error.js";
import { given, type Environment } from "../http/environment.js";
import { urlText } from "../http/url-text.js";

/** Where a GitHub is. */
export interface GitHubEndpoint {
  /** `https://api.github.com`, without a slash at the end. */
  readonly api: string;
  /** `https://github.com`. */
  readonly web: string;
  /** The host of the web site, which addresses of plugins begin with. */
  readonly host: string;
}

const PUBLIC: GitHubEndpoint = { api: "https://api.github.com", web: "https://github.com", host: "github.com" };

/**
 * The GitHub that serves addresses of this host; undefined when none does. `github.com` is served by INGOT_GITHUB_API_URL, else
 * GITHUB_API_URL, else GitHub itself; the host of a GitHub Enterprise by the one of the two variables that names it.
 */
export function findGitHub(host: string, env: Environment): GitHubEndpoint | undefined {
  const own = endpointIn(env, "INGOT_GITHUB_API_URL", undefined);
  const ambient = endpointIn(env, "GITHUB_API_URL", given(env, "GITHUB_SERVER_URL"));
  if (host === PUBLIC.host) return own ?? ambient ?? PUBLIC;
  return [own, ambient].find((endpoint) => endpoint?.host === host);
}

function endpointIn(env: Environment, variable: string, serverUrl: string | undefined): GitHubEndpoint | undefined {
  const text = given(env, variable);
  if (text === undefined) return undefined;
  const api = parseHttps(text, variable);
  const web = serverUrl === undefined ? webOf(api) : parseHttps(serverUrl, "GITHUB_SERVER_URL");
  return { api: withoutSlash(api), web: withoutSlash(web), host: web.host };
}

/** By the rules of GitHub: `api.HOST` belongs to `HOST`, `HOST/api/v3` too. */
function webOf(api: URL): URL {
  const web = new URL(api.origin);
  if (api.hostname.startsWith("api.")) web.hostname = api.hostname.slice("api.".length);
  return web;
}

function parseHttps(text: string, variable: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new InstallError(`${variable} is not a URL.`);
  if (url.protocol !== "https:")
    throw new InstallError(`${variable} is ${urlText(url)}: it has to begin with https://.`);
  if (url.username + url.password + url.search + url.hash === "") return url;
  throw new InstallError(`${variable} is ${urlText(url)} with a login, a query or a fragment: it can have none.`);
}

function withoutSlash(url: URL): string {
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
