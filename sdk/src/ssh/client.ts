import type { Duplex } from "node:stream";
import { messageOf } from "@ingot/diag";
import type { Logger } from "../log.js";
import { AuthenticationError, makeAuthHandler, type AuthMethod } from "./auth.js";
import { bundleWrites } from "./bundle-writes.js";
import { allowCertificates } from "./certificate.js";
import type { Endpoint } from "./dial.js";
import { HostKeyError, type HostKeyCheck } from "./host-key.js";
import { signAtOnce } from "./sign-at-once.js";
import type { ConnectConfig, Ssh2, SshAgent, SshClient } from "./ssh2.js";

/** What one SSH login needs besides its transport. */
export interface ClientOptions {
  readonly ssh2: Ssh2;
  readonly place: Endpoint;
  readonly username: string;
  readonly methods: readonly AuthMethod[];
  readonly hostKey: HostKeyCheck;
  readonly algorithms: ConnectConfig["algorithms"];
  /** The agent that the server may use; undefined: none. */
  readonly forwardedAgent: SshAgent | undefined;
  readonly keepAliveMs: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

const HANDSHAKE_TIMEOUT_MS = 60_000;
/** A server that has not answered keep-alives for this long is gone. */
const SILENCE_MS = 120_000;

/**
 * Shakes hands and logs in over a connection, within a minute. Rejects with AuthenticationError, HostKeyError, or an Error that
 * tells what went wrong; the connection is closed then.
 */
export function openClient(sock: Duplex, options: ClientOptions): Promise<SshClient> {
  const { ssh2, methods, username, signal, log } = options;
  const client = new ssh2.Client();
  const tried: string[] = [];
  let keyProblem: string | undefined;
  return new Promise<SshClient>((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error("Timeout during SSH handshake")), HANDSHAKE_TIMEOUT_MS);
    const onAbort = (): void => fail(signal.reason as Error);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (error: Error): void => {
      end();
      reject(error);
      sock.destroy();
      client.destroy();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) return onAbort();
    client.once("ready", () => {
      end();
      resolve(client);
    });
    // Stays: a lost connection is reported this way too, and nobody must die of it.
    client.on("error", (error) => {
      log.debug("SSH trouble", { error: messageOf(error), level: error.level ?? "" });
      if (error.level === "agent") return; // the next way to log in is tried
      if (keyProblem !== undefined) fail(new HostKeyError(keyProblem));
      else if (isRefusedLogin(error)) fail(new AuthenticationError(tried, { cause: error }));
      else fail(new Error(`ssh: handshake failed: ${messageOf(error)}`, { cause: error }));
    });
    client.once("close", () => fail(new Error("ssh: handshake failed: EOF")));
    bundleWrites(sock);
    try {
      client.connect({
        sock,
        username,
        authHandler: makeAuthHandler(username, methods, tried),
        hostVerifier: (key) => (keyProblem = options.hostKey.problem(key)) === undefined,
        algorithms: options.algorithms,
        readyTimeout: 0,
        keepaliveInterval: options.keepAliveMs,
        keepaliveCountMax: options.keepAliveMs === 0 ? 0 : Math.max(3, Math.ceil(SILENCE_MS / options.keepAliveMs)),
        ident: "ingot",
        ...(options.forwardedAgent === undefined ? {} : { agent: options.forwardedAgent }),
      });
      ignoreHostKeys(client);
      if (methods.some((method) => method.kind === "key")) {
        allowCertificates(client);
        signAtOnce(client);
      }
    } catch (error) {
      fail(error as Error);
    }
  });
}

/**
 * OpenSSH's server shows all of its keys, which ssh2 has it prove: a signature each, while our first command waits. Something has to
 * be sent all the same: until the system here acknowledges what the server sent, which it puts off for 40 ms when there is nothing to
 * send, the system there holds back the answer to what we asked for next (Nagle's algorithm).
 */
function ignoreHostKeys(client: SshClient): void {
  const { _protocol, _callbacks } = client as unknown as InsideClient;
  _protocol._handlers.GLOBAL_REQUEST = (protocol, _name, wantReply) => {
    if (wantReply) return protocol.requestFailure();
    _callbacks.push(() => {}); // takes the answer
    protocol.ping();
  };
}

/** The inside of ssh2's client, which is not public, hence the exact version of ssh2. */
interface InsideClient {
  /** Take the answers to our global requests, in order. */
  readonly _callbacks: (() => void)[];
  readonly _protocol: GlobalRequests;
}

interface GlobalRequests {
  readonly _handlers: { GLOBAL_REQUEST: (protocol: GlobalRequests, name: string, wantReply: boolean) => void };
  requestFailure(): void;
  ping(): void;
}

function isRefusedLogin(error: Error & { readonly level?: string; readonly code?: unknown }): boolean {
  // A server may end the connection after too many attempts, instead of refusing the last one.
  return error.level === "client-authentication" || /too many authentication failures/i.test(error.message);
}
