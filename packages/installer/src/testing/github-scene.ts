import path from "node:path";
import { parsePluginAddress, type PluginAddress } from "../plugin-address.js";
import type { PluginSource } from "../plugin-source.js";
import { PluginSources } from "../sources/plugin-sources.js";
import { GitHubServer } from "./github-server.js";
import type { TestAuthority } from "./test-authority.js";
import { makeTestFolder } from "./with-folder.js";

/** A test GitHub, and what asks it. */
export interface GitHubScene extends AsyncDisposable {
  readonly github: GitHubServer;
  /** The source with this environment, as of a process of its own. */
  readonly source: (env?: Record<string, string>) => PluginSource;
  /** What the source said meanwhile. */
  readonly notices: string[];
  readonly options: { signal: AbortSignal; notice: (text: string) => void };
  readonly folder: string;
}

/** Starts a GitHub and makes a home; dispose of it. */
export async function setUpGitHub(authority: TestAuthority): Promise<GitHubScene> {
  const github = await GitHubServer.start({ authority });
  const folder = await makeTestFolder();
  const opened: PluginSources[] = [];
  const notices: string[] = [];
  return {
    github,
    folder: folder.path,
    notices,
    options: { signal: AbortSignal.timeout(60_000), notice: (text) => void notices.push(text) },
    source: (env = {}) => {
      const sources = new PluginSources({
        version: "0.0.1",
        env: { HOME: folder.path, INGOT_GITHUB_API_URL: github.apiUrl, SSL_CERT_FILE: authority.caFile, ...env },
        workingDirectory: folder.path,
        cacheFolder: path.join(folder.path, "cache"),
        retries: { attempts: 3, firstDelayMs: 1 },
      });
      opened.push(sources);
      const [source] = sources.sourcesFor(address());
      return source ?? fail("no source");
    },
    [Symbol.asyncDispose]: async () => {
      for (const sources of opened) sources[Symbol.dispose]();
      await github[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Reads an address that is well-formed. */
export function address(text = "github.com/acme/greet"): PluginAddress {
  const parsed = parsePluginAddress(text);
  return "problem" in parsed ? fail(parsed.problem) : parsed;
}

/** For what cannot be missing. */
export function fail(text: string): never {
  throw new Error(text);
}

/** The text of the error that is expected. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "(no error)",
    (error: unknown) => String(error),
  );
}
