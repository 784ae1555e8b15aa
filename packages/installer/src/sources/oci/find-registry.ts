import { InstallError } from "../../install-error.js";
import { given, type Environment } from "../http/environment.js";

/** Hosts that are OCI registries and nothing else. */
const KNOWN = [
  /^ghcr\.io$/,
  /^docker\.io$/,
  /^quay\.io$/,
  /^public\.ecr\.aws$/,
  /^registry\.gitlab\.com$/,
  /^[a-z0-9-]+\.azurecr\.io$/,
  /^[a-z0-9-]+\.pkg\.dev$/,
  /^\d+\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/,
];

/**
 * The server (`HOST` or `HOST:PORT`) of the registry that an address's host names; undefined when that is none. `configured` lists
 * further ones: `HOST`, or `HOST=SERVER` for a registry that is reached by another name or port.
 */
export function findRegistry(host: string, configured: readonly string[]): string | undefined {
  for (const entry of configured) {
    const [name, server = name, ...more] = entry.trim().split("=");
    if (name === undefined || server === undefined || more.length > 0 || !SERVER.test(name) || !SERVER.test(server)) {
      throw new InstallError(
        `${JSON.stringify(entry)} names no registry of plugins: it has to be HOST, or HOST=SERVER:PORT.`,
      );
    }
    if (name === host) return server;
  }
  if (host === "docker.io") return "registry-1.docker.io";
  return KNOWN.some((pattern) => pattern.test(host)) ? host : undefined;
}

const SERVER = /^[a-z0-9.-]+(?::\d{1,5})?$/i;

export interface RegistrySettings {
  readonly env: Environment;
  readonly registries?: readonly string[];
}

/** The registries that the settings name, and INGOT_PLUGIN_REGISTRIES, separated by commas. */
export function registriesOf({ env, registries = [] }: RegistrySettings): readonly string[] {
  const named = (given(env, "INGOT_PLUGIN_REGISTRIES") ?? "").split(",").map((entry) => entry.trim());
  return [...registries, ...named.filter((entry) => entry !== "")];
}
