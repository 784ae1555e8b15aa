import path from "node:path";

/**
 * What is asked of signatures. `off`: they are not looked at. `warn`: a signature that is wrong is told, and so is one that is missing where
 * keys are configured. `require`: nothing is installed without a signature that holds. A signer that differs from the lock file's is
 * an error under `warn` and `require`.
 */
export type SignaturePolicy = "off" | "warn" | "require";

/** Which signatures are asked for, and whom to trust. */
export interface SignatureSettings {
  readonly policy: SignaturePolicy;
  /** OpenPGP keys of the configuration. The most specific pattern that fits a plugin's address decides; see key-patterns.ts. */
  readonly keys: readonly TrustedKeys[];
  /** A file with Sigstore's keys, for machines that trust other ones than the public Sigstore's; absolute. */
  readonly trustedRootFile?: string;
}

/** Keys that may sign the plugins whose address fits a pattern. */
export interface TrustedKeys {
  /** `github.com/acme/greet`, `github.com/acme/*` or `*`. */
  readonly pattern: string;
  /** Files with OpenPGP public keys, armored or not; absolute. */
  readonly files: readonly string[];
}

/** Without a word of the user: signatures are checked where there are any. */
export const DEFAULT_SIGNATURE_SETTINGS: SignatureSettings = { policy: "warn", keys: [] };

/** The values as the configuration file has them, not yet checked. Objects may be plain ones or maps. */
export interface SignatureConfiguration {
  readonly plugin_signatures?: unknown;
  readonly plugin_keys?: unknown;
  readonly sigstore_trusted_root?: unknown;
}

/**
 * Checks the settings for signatures. `policy` is the value of INGOT_PLUGIN_SIGNATURES, which comes first. Relative names of files
 * are relative to `folder`, the configuration file's. The files are not read yet. `problems` is empty when all is well.
 */
export function readSignatureSettings(
  configuration: SignatureConfiguration,
  { policy, folder }: { readonly policy?: string | undefined; readonly folder: string },
): { readonly settings: SignatureSettings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  let chosen: SignaturePolicy = "warn";
  const fromFile = configuration.plugin_signatures;
  if (isPolicy(fromFile)) chosen = fromFile;
  else if (given(fromFile)) problems.push(`plugin_signatures must be "off", "warn" or "require"`);
  if (isPolicy(policy)) chosen = policy;
  else if (given(policy))
    problems.push(`INGOT_PLUGIN_SIGNATURES must be off, warn or require, not ${JSON.stringify(policy)}`);
  const keys = readKeys(configuration.plugin_keys, folder, problems);
  const root = configuration.sigstore_trusted_root;
  if (given(root) && typeof root !== "string") problems.push("sigstore_trusted_root must be the name of a file");
  const trustedRootFile = typeof root === "string" && root !== "" ? path.resolve(folder, root) : undefined;
  const settings = { policy: chosen, keys, ...(trustedRootFile === undefined ? {} : { trustedRootFile }) };
  return { settings, problems };
}

function readKeys(value: unknown, folder: string, problems: string[]): readonly TrustedKeys[] {
  if (!given(value)) return [];
  const entries = entriesOf(value);
  if (entries === undefined) {
    problems.push('plugin_keys must be an object such as { "github.com/acme/*": "keys/acme.asc" }');
    return [];
  }
  return entries.flatMap(([pattern, names]) => {
    const fault = patternProblem(pattern);
    if (fault !== undefined) problems.push(`plugin_keys: ${fault}`);
    const files: readonly unknown[] = Array.isArray(names) ? names : [names];
    if (files.length === 0 || !files.every((name) => typeof name === "string" && name !== "")) {
      problems.push(
        `plugin_keys: the value of ${JSON.stringify(pattern)} must be the name of a file, or a list of them`,
      );
      return [];
    }
    return [{ pattern, files: files.map((name) => path.resolve(folder, String(name))) }];
  });
}

/** A pattern has the parts of an address; the last one may be `*`. */
function patternProblem(pattern: string): string | undefined {
  if (/^(?:\*|[^/*\s]+(?:\/[^/*\s]+)*(?:\/\*)?)$/.test(pattern)) return undefined;
  return `${JSON.stringify(pattern)} is no pattern: write an address such as "github.com/acme/greet", "github.com/acme/*" or "*"`;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (value instanceof Map) return [...(value as ReadonlyMap<string, unknown>)];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function isPolicy(value: unknown): value is SignaturePolicy {
  return value === "off" || value === "warn" || value === "require";
}
