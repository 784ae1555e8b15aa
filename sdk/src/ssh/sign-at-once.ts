import type { ParsedKey, SshClient } from "./ssh2.js";

/** The inside of ssh2 that logs in with a key. */
interface Protocol {
  authPK?: (user: string, key: ParsedKey, algorithm: unknown, sign?: unknown) => void;
  readonly _handlers?: { USERAUTH_PK_OK?: (protocol: unknown) => void };
}

/**
 * Lets a client of ssh2 sign its first request with a private key, instead of asking before whether the server would take the
 * key. That saves a round trip, and OpenSSH's server makes every login that is not the last one wait some milliseconds. Agents
 * are still asked for a signature only when it is of use. Call it after `connect`.
 */
export function signAtOnce(client: SshClient): void {
  const protocol = (client as unknown as { _protocol?: Protocol })._protocol; // not public, hence the exact version of ssh2
  const authPk = protocol?.authPK;
  const onAccepted = protocol?._handlers?.USERAUTH_PK_OK;
  if (authPk === undefined || onAccepted === undefined) throw new Error("bug: this version of ssh2 is not known");
  const known = protocol as Protocol; // it has both
  known.authPK = (user, key, algorithm, sign) => {
    if (sign === undefined && isPrivate(key)) onAccepted(protocol);
    else authPk.call(protocol, user, key, algorithm, sign);
  };
}

/** An agent's keys may be bare bytes. */
function isPrivate(key: ParsedKey | Buffer): boolean {
  return "isPrivateKey" in key && key.isPrivateKey();
}
