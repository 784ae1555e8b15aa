import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

/** How a server's key is checked. Both unset: not at all. */
export interface HostKeyRule {
  /** The path of a file in the format of OpenSSH's `known_hosts`. */
  readonly knownHostsFile: string | undefined;
  /** Fingerprints that are right, as `SHA256:...` or `MD5:...`. */
  readonly fingerprints: readonly string[];
}

/** Thrown when a server's key is not the expected one. Trying again does not help. */
export class HostKeyError extends Error {
  override readonly name = "HostKeyError";
}

/** Checks keys of one server. */
export interface HostKeyCheck {
  /** Gives what is wrong with a key; undefined when it is the right one. */
  problem(key: Buffer): string | undefined;
  /** The types of key that are known of the server: it should show one of these. */
  readonly types: readonly string[];
}

/** Makes the check for a server. Throws HostKeyError when the file of known hosts cannot be read. */
export function makeHostKeyCheck(
  { knownHostsFile, fingerprints }: HostKeyRule,
  { host, port }: { readonly host: string; readonly port: number },
): HostKeyCheck {
  const entries = knownHostsFile === undefined ? [] : entriesFor(readKnownHosts(knownHostsFile), host, port);
  const known = entries.filter(({ marker }) => marker !== "@cert-authority");
  const hasAuthority = known.length < entries.length;
  const isKnown = (key: Buffer): boolean => known.some((entry) => entry.marker === undefined && entry.key.equals(key));
  const isRevoked = (key: Buffer): boolean =>
    known.some((entry) => entry.marker === "@revoked" && entry.key.equals(key));
  return {
    types: known.filter((entry) => entry.marker === undefined).map(({ type }) => type),
    problem(key) {
      const place = `${host}:${port}`;
      if (isRevoked(key))
        return `The host key of ${place} (${fingerprintOf(key)}) is revoked in ${knownHostsFile ?? ""}.`;
      if (fingerprints.length > 0 && !fingerprints.some((text) => isFingerprintOf(text, key))) {
        return `The host key of ${place} has the fingerprint ${fingerprintOf(key)}, which is not the expected one.`;
      }
      if (fingerprints.length > 0 || knownHostsFile === undefined || isKnown(key)) return undefined;
      const trouble = known.length === 0 ? "is not in" : "is another one than in";
      const hint = hasAuthority
        ? " Its line @cert-authority is of no use: certificates of hosts are not understood. Add the host's own key to the file."
        : "";
      return `The host key of ${place} (${fingerprintOf(key)}) ${trouble} ${knownHostsFile}.${hint}`;
    },
  };
}

/** Gives a key's fingerprint as OpenSSH shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** Tells whether a text has the form of a fingerprint. */
export function isFingerprint(text: string): boolean {
  return /^SHA256:[A-Za-z0-9+/]{43}=?$/.test(text) || /^(MD5:)?[0-9a-f]{2}(:[0-9a-f]{2}){15}$/i.test(text);
}

function isFingerprintOf(text: string, key: Buffer): boolean {
  if (text.startsWith("SHA256:")) return text.replace(/=+$/, "") === fingerprintOf(key);
  const md5 = createHash("md5").update(key).digest("hex");
  return text.replace(/^MD5:/i, "").replaceAll(":", "").toLowerCase() === md5;
}

interface KnownHost {
  readonly patterns: string;
  readonly type: string;
  readonly key: Buffer;
  readonly marker: "@revoked" | "@cert-authority" | undefined;
}

function readKnownHosts(path: string): readonly KnownHost[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new HostKeyError(`The file of known hosts cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const marker = fields[0]?.startsWith("@") === true ? fields.shift() : undefined;
    const [patterns = "", type = "", base64 = ""] = fields;
    const isKnown = marker === undefined || marker === "@revoked" || marker === "@cert-authority";
    if (base64 === "" || patterns.startsWith("#") || !isKnown) return [];
    return [{ patterns, type, key: Buffer.from(base64, "base64"), marker }];
  });
}

function entriesFor(entries: readonly KnownHost[], host: string, port: number): readonly KnownHost[] {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  return entries.filter(({ patterns }) => matches(patterns, name));
}

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith("|1|")) {
    const [, , salt = "", hash = ""] = patterns.split("|");
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  let isMatch = false;
  for (const pattern of patterns.toLowerCase().split(",")) {
    const isNegated = pattern.startsWith("!");
    if (!toRegExp(isNegated ? pattern.slice(1) : pattern).test(name)) continue;
    if (isNegated) return false;
    isMatch = true;
  }
  return isMatch;
}

function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}
