import type { Duplex } from "node:stream";
import { Socket, type Server } from "node:net";
import { messageOf } from "@ingot/diag";
import type { Logger } from "../log.js";
import { findAgent } from "./agent.js";
import { AuthenticationError, type AuthMethod } from "./auth.js";
import { certifyKey, parseCertificate } from "./certificate.js";
import { openClient } from "./client.js";
import { dialCommand, dialProxy, dialTcp, type Endpoint } from "./dial.js";
import { HostKeyError, makeHostKeyCheck, type HostKeyCheck } from "./host-key.js";
import { parsePrivateKey } from "./private-key.js";
import { Sessions } from "./sessions.js";
import type { Hop, KeySource, Login, SshSettings } from "./settings.js";
import { loadSsh2, type ConnectConfig, type ParsedKey, type Ssh2, type SshClient } from "./ssh2.js";
import { openLocalTunnel, openRemoteTunnels } from "./tunnels.js";

/** How long a server has to close a connection that we have left. */
const LEAVE_MS = 2_000;

/** A connection that is logged in, with all that it goes through. */
export interface SshConnection {
  readonly client: SshClient;
  readonly sessions: Sessions;
  /** True when the server offers this side's agent to commands. Set to false when it refused. */
  canForwardAgent: boolean;
  /** True when the connection has ended. */
  readonly isLost: boolean;
  /** Ends it. Resolves when all that is to be said was sent; the other side need not answer. Never rejects. */
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Asks the user a question of a bastion. */
  readonly ask: (question: string) => Promise<string>;
}

/**
 * Connects through proxies and bastions, logs in everywhere, and opens the tunnels. Rejects with AuthenticationError, HostKeyError,
 * or another Error; what was opened is closed then.
 */
export async function openConnection(settings: SshSettings, options: OpenOptions): Promise<SshConnection> {
  const { signal, log } = options;
  const dialing = dialFirst(settings, settings.bastions[0] ?? settings.machine, { signal });
  dialing.catch(() => {}); // awaited below
  await new Promise((resolve) => setImmediate(resolve)); // the server gets to work while we load the library
  const clients: SshClient[] = [];
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    for (const server of servers) server.close();
    for (const client of clients.toReversed()) client.end();
    const [first] = await Promise.allSettled([dialing]);
    if (first.status === "fulfilled") await leave(first.value);
  };
  try {
    const ssh2 = await loadSsh2();
    const agent = settings.isAgentForwarded
      ? await findAgent(ssh2).catch((error: unknown) => noteNoAgent(log, error))
      : undefined;
    let transport: Duplex | undefined;
    for (const hop of [...settings.bastions, settings.machine]) {
      const isMachine = hop === settings.machine;
      const previous = clients.at(-1);
      transport = previous === undefined ? await dialing : await forward(previous, hop);
      const hostKey = makeHostKeyCheck(hop.hostKeys, hop);
      const sock = transport;
      const open = async (): Promise<SshClient> =>
        openClient(sock, {
          ssh2,
          place: hop,
          username: hop.login.username,
          methods: await methodsOf(ssh2, hop.login, options),
          hostKey,
          algorithms: algorithmsFor(ssh2, settings, hostKey),
          forwardedAgent: isMachine ? agent : undefined,
          keepAliveMs: settings.keepAliveMs,
          signal,
          log,
        });
      const client = await (isMachine ? open() : open().catch((error: unknown) => throwBastionError(error)));
      if (previous === undefined && settings.readWriteTimeoutMs > 0) limitSilence(sock, settings.readWriteTimeoutMs);
      clients.push(client);
    }
    const client = clients.at(-1);
    if (client === undefined) throw new Error("bug: no connection was made");
    for (const bastion of clients.slice(0, -1)) bastion.once("close", () => client.destroy());
    for (const tunnel of settings.localTunnels) servers.push(await openLocalTunnel(client, tunnel));
    await openRemoteTunnels(client, settings.remoteTunnels);
    return makeConnection(client, close, agent !== undefined);
  } catch (error) {
    void close();
    throw error;
  }
}

/** Waits until a stream has sent what is left, and gives the other side a moment to close it. */
async function leave(stream: Duplex): Promise<void> {
  if (stream.destroyed) return;
  stream.on("error", () => {}); // nobody needs it any more
  setTimeout(() => stream.destroy(), LEAVE_MS).unref();
  if (!stream.writableEnded) stream.end(); // nobody has logged in
  if (stream instanceof Socket) stream.unref();
  await new Promise<void>((resolve) => {
    if (stream.writableFinished) resolve();
    else stream.once("finish", resolve).once("close", resolve);
  });
}

function makeConnection(client: SshClient, close: () => Promise<void>, canForwardAgent: boolean): SshConnection {
  let isLost = false;
  client.once("end", () => void (isLost = true));
  client.once("close", () => {
    isLost = true;
    void close(); // the bastions
  });
  const sessions = new Sessions(client);
  sessions.prepare();
  return {
    client,
    sessions,
    canForwardAgent,
    get isLost() {
      return isLost;
    },
    close,
  };
}

async function dialFirst(
  settings: SshSettings,
  hop: Hop,
  { signal }: { readonly signal: AbortSignal },
): Promise<Duplex> {
  try {
    if (settings.proxyCommand !== undefined) {
      return dialCommand(settings.proxyCommand, { host: hop.host, port: hop.port, user: hop.login.username });
    }
    return await (settings.proxy === undefined ? dialTcp(hop, { signal }) : dialProxy(settings.proxy, hop, { signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (hop === settings.machine) throw new Error(messageOf(error), { cause: error });
    throw new Error(`Error connecting to bastion: ${messageOf(error)}`, { cause: error });
  }
}

function forward(client: SshClient, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      if (error === undefined) resolve(channel);
      else
        reject(
          new Error(`Error connecting through the bastion to ${host}:${port}: ${messageOf(error)}`, { cause: error }),
        );
    });
  });
}

function throwBastionError(error: unknown): never {
  const text = `Error connecting to bastion: ${messageOf(error)}`;
  if (error instanceof HostKeyError) throw new HostKeyError(text, { cause: error });
  if (error instanceof AuthenticationError) throw Object.assign(error, { message: text });
  throw new Error(text, { cause: error });
}

async function methodsOf(ssh2: Ssh2, login: Login, { ask }: OpenOptions): Promise<readonly AuthMethod[]> {
  const keys: AuthMethod[] = [];
  const agents: AuthMethod[] = login.withAgent ? [{ kind: "agent", agent: await findAgent(ssh2) }] : [];
  if (login.key !== undefined) keys.push({ kind: "key", key: loadKey(ssh2, login.key) });
  const { password } = login;
  const passwords: AuthMethod[] =
    password === undefined
      ? []
      : [
          { kind: "password", password },
          { kind: "questions", answer: () => password },
        ];
  const questions: AuthMethod[] = login.isInteractive ? [{ kind: "questions", answer: ask }] : [];
  return login.isPasswordFirst
    ? [...questions, ...passwords, ...keys, ...agents]
    : [...agents, ...keys, ...passwords, ...questions];
}

function loadKey(ssh2: Ssh2, { text, passphrase, certificate }: KeySource): ParsedKey {
  const key = parsePrivateKey(ssh2, text, passphrase);
  return certificate === undefined ? key : certifyKey(key, parseCertificate(certificate));
}

/** The reference offers group 14 with SHA-1 too, which old servers need. */
const OLD_KEY_EXCHANGE = "diffie-hellman-group14-sha1";

function algorithmsFor(ssh2: Ssh2, settings: SshSettings, hostKey: HostKeyCheck): ConnectConfig["algorithms"] {
  const { SUPPORTED_CIPHER, SUPPORTED_KEX, DEFAULT_SERVER_HOST_KEY } = ssh2.constants;
  const ciphers = settings.ciphers.filter((name) => SUPPORTED_CIPHER.includes(name));
  const kex = settings.keyExchanges.filter((name) => SUPPORTED_KEX.includes(name));
  // The server should show a key of a type that we know of it.
  const isKnown = (name: string): boolean =>
    hostKey.types.includes(name) || (name.startsWith("rsa-sha2-") && hostKey.types.includes("ssh-rsa"));
  const [known, others] = [
    DEFAULT_SERVER_HOST_KEY.filter(isKnown),
    DEFAULT_SERVER_HOST_KEY.filter((name) => !isKnown(name)),
  ];
  return {
    serverHostKey: [...known, ...others],
    kex: kex.length > 0 ? kex : { append: [OLD_KEY_EXCHANGE] },
    ...(ciphers.length > 0 ? { cipher: ciphers } : {}),
  };
}

/** Ends a connection on which nothing has arrived for a while. */
function limitSilence(sock: Duplex, limitMs: number): void {
  const timer = setTimeout(() => sock.destroy(new Error("read timed out (ssh_read_write_timeout)")), limitMs);
  sock.on("data", () => timer.refresh());
  sock.once("close", () => clearTimeout(timer));
}

function noteNoAgent(log: Logger, error: unknown): undefined {
  log.debug("no SSH agent to forward", { reason: messageOf(error) });
  return undefined;
}
