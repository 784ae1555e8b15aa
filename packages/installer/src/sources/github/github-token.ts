import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { given, type Environment } from "../http/environment.js";
import type { GitHubEndpoint } from "./github-endpoint.js";

/** A token and where it is from. */
export interface GitHubToken {
  readonly value: string;
  /** For messages: the variable's or the file's name, or `gh`. */
  readonly from: string;
}

const VARIABLES = ["INGOT_GITHUB_API_TOKEN", "PACKER_GITHUB_API_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];
/** What `gh` uses for GitHub Enterprise servers. */
const ENTERPRISE_VARIABLES = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];

/**
 * The token for a GitHub: of the usual variables, else what `gh` keeps in its file `hosts.yml`, or, when that has only the host, what it
 * keeps elsewhere. GITHUB_TOKEN counts only for the GitHub that GITHUB_API_URL names, if that names one: a workflow's token is for its own server.
 */
export async function findGitHubToken(
  endpoint: GitHubEndpoint,
  env: Environment,
  signal: AbortSignal,
): Promise<GitHubToken | undefined> {
  const isPublic = /(^|\.)github\.com$|\.ghe\.com$/.test(endpoint.host);
  const names = isPublic ? VARIABLES : ["INGOT_GITHUB_API_TOKEN", ...ENTERPRISE_VARIABLES, ...VARIABLES.slice(1)];
  for (const name of names) {
    const value = given(env, name)?.trim();
    if (value === undefined || !isToken(value)) continue;
    if (name === "GITHUB_TOKEN" && !isOwnServer(endpoint, env)) continue;
    return { value, from: name };
  }
  return await tokenOfGh(endpoint.host, env, signal);
}

function isOwnServer(endpoint: GitHubEndpoint, env: Environment): boolean {
  const named = given(env, "GITHUB_API_URL");
  return named === undefined || (URL.canParse(named) && new URL(named).origin === new URL(endpoint.api).origin);
}

/** What can stand in a header. */
function isToken(value: string): boolean {
  return /^[\x21-\x7e]{1,1000}$/.test(value);
}

async function tokenOfGh(host: string, env: Environment, signal: AbortSignal): Promise<GitHubToken | undefined> {
  const file = path.join(configFolderOfGh(env), "hosts.yml");
  const text = await readFile(file, "utf8").catch(() => ""); // gh need not be there
  const entry = entryInHosts(text, host);
  if (entry === undefined) return undefined;
  if (entry.token !== undefined) return isToken(entry.token) ? { value: entry.token, from: file } : undefined;
  const { askGh } = await import("./ask-gh.js");
  const value = await askGh(host, env, { signal });
  return value !== undefined && isToken(value) ? { value, from: "gh" } : undefined;
}

function configFolderOfGh(env: Environment): string {
  const named = given(env, "GH_CONFIG_DIR");
  if (named !== undefined) return named;
  const standard = given(env, "XDG_CONFIG_HOME");
  if (standard !== undefined) return path.join(standard, "gh");
  const appData = process.platform === "win32" ? given(env, "AppData") : undefined;
  return appData === undefined
    ? path.join(given(env, "HOME") ?? homedir(), ".config", "gh")
    : path.join(appData, "GitHub CLI");
}

/**
 * Reads what matters in the YAML that `gh` writes: whether it knows the host, and `oauth_token` directly below it, which is absent when the
 * token is in the keyring of the system.
 */
export function entryInHosts(text: string, host: string): { readonly token?: string } | undefined {
  let entry: { readonly token?: string } | undefined;
  let isInHost = false;
  let indent: number | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const depth = line.length - line.trimStart().length;
    const [, key = "", value = ""] = /^\s*["']?([^"']+?)["']?\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (depth === 0) {
      isInHost = key === host;
      if (isInHost) entry ??= {};
      indent = undefined;
    } else if (isInHost) {
      indent ??= depth;
      const token = value.replace(/^(["'])(.*)\1$/, "$2");
      if (depth === indent && key === "oauth_token" && token !== "") return { token };
    }
  }
  return entry;
}
