import type { PtyOptions, SshChannel, SshClient } from "./ssh2.js";

/** Takes what went wrong with a request: true when the server refused it, false for nothing. */
type Answer = (problem: Error | boolean) => void;

/** The inside of ssh2's client and channels, which is not public, hence the exact version of ssh2. */
interface InsideClient {
  _agentFwdEnabled: boolean;
  readonly _sock?: { readonly writable: boolean };
  readonly _chanMgr: { add(opened: unknown): number };
  readonly _protocol: {
    session(id: number, window: number, packet: number): void;
    exec(id: number, command: string, wantReply: boolean): void;
    subsystem(id: number, name: string, wantReply: boolean): void;
    pty(...terminal: readonly [number, number, number, number, number, string, object, boolean]): void;
    openssh_agentForward(id: number, wantReply: boolean): void;
  };
}
interface InsideChannel {
  subtype: string | undefined;
  readonly outgoing: { readonly id: number; readonly state: string };
  readonly _exit: { readonly code: number | null | undefined; readonly signal: string | undefined };
  readonly _callbacks: Answer[];
  readonly _client: InsideClient;
}

/** ssh2's own sizes, which it reckons with. */
const WINDOW_BYTES = 2 * 1024 * 1024;
const PACKET_BYTES = 32 * 1024;

/**
 * Sessions of a connection, for a command or SFTP each. One is opened in advance, so that a command starts a round trip earlier:
 * it costs the server nothing but a number, and is given to whoever is next.
 */
export class Sessions {
  readonly #client: SshClient;
  #spare: Promise<SshChannel | undefined> | undefined;
  #isShort = false;

  constructor(client: SshClient) {
    this.#client = client;
  }

  /** Opens one in advance, unless the server has few. */
  prepare(): void {
    if (this.#isShort) return;
    this.#spare ??= openSession(this.#client).catch(() => {
      this.#isShort = true;
      return undefined;
    });
  }

  /** Gives a session on which nothing was asked for yet. Rejects when the server refuses or the connection is gone. */
  async take(): Promise<SshChannel> {
    const spare = this.#spare;
    this.#spare = undefined;
    const ready = await spare;
    const channel = ready !== undefined && isOpen(ready) ? ready : await openSession(this.#client);
    this.prepare();
    return channel;
  }
}

function openSession(client: SshClient): Promise<SshChannel> {
  return new Promise((resolve, reject) => {
    const { _chanMgr, _protocol, _sock } = insideOf(client);
    if (_sock?.writable !== true) return reject(new Error("Not connected"));
    const opened = (error: Error | undefined, channel: SshChannel): void => {
      if (error === undefined) resolve(channel);
      else reject(error);
    };
    const id = _chanMgr.add(Object.assign(opened, { type: "session" }));
    if (id === -1) reject(new Error("No free channels available"));
    else _protocol.session(id, WINDOW_BYTES, PACKET_BYTES);
  });
}

/** Gives a session a terminal. Rejects when the server refuses. */
export function requestTerminal(channel: SshChannel, { cols, rows, term, modes }: PtyOptions): Promise<void> {
  return request(channel, "Unable to request a pseudo-terminal", (protocol, id) =>
    protocol.pty(id, rows, cols, 0, 0, term, modes, true),
  );
}

/** Lets the commands of a session, with OpenSSH those of the connection, use this side's agent; once for a connection. */
export async function requestAgent(channel: SshChannel): Promise<void> {
  const { _client } = insideOf(channel);
  if (_client._agentFwdEnabled) return;
  _client._agentFwdEnabled = true;
  try {
    await request(channel, "Unable to request agent forwarding", (protocol, id) =>
      protocol.openssh_agentForward(id, true),
    );
  } catch (error) {
    _client._agentFwdEnabled = false;
    throw error;
  }
}

/** Starts a session's command. Rejects when the server refuses. */
export async function requestCommand(channel: SshChannel, command: string): Promise<void> {
  insideOf(channel).subtype = "exec";
  await request(channel, "Unable to exec", (protocol, id) => protocol.exec(id, command, true));
}

/** Starts a session's subsystem. Rejects when the server refuses. */
export async function requestSubsystem(channel: SshChannel, name: string): Promise<void> {
  insideOf(channel).subtype = "subsystem";
  await request(channel, `Unable to start subsystem: ${name}`, (protocol, id) => protocol.subsystem(id, name, true));
}

/** How a session's command has ended, as far as it is known. */
export function exitOf(channel: SshChannel): { readonly status: number | null; readonly signal: string } | undefined {
  const { code, signal } = insideOf(channel)._exit;
  return code === undefined ? undefined : { status: code, signal: signal ?? "" };
}

/** Sends a request and waits for its answer. ssh2 hands answers on in order. */
function request(
  channel: SshChannel,
  refusal: string,
  send: (protocol: InsideClient["_protocol"], id: number) => void,
): Promise<void> {
  const { outgoing, _callbacks, _client } = insideOf(channel);
  if (!isOpen(channel)) return Promise.reject(new Error("Channel is not open"));
  return new Promise((resolve, reject) => {
    _callbacks.push((problem) => {
      if (problem === false) resolve();
      else reject(problem === true ? new Error(refusal) : problem);
    });
    send(_client._protocol, outgoing.id);
  });
}

function isOpen(channel: SshChannel): boolean {
  return insideOf(channel).outgoing.state === "open";
}

function insideOf(value: SshClient): InsideClient;
function insideOf(value: SshChannel): InsideChannel;
function insideOf(value: unknown): unknown {
  return value;
}
