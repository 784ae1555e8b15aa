import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { DISCONNECTED_STATUS, type CommandExit, type CommandIo, type TerminalSize } from "../machine.js";
import type { SshConnection } from "./connection.js";
import { exitOf, requestAgent, requestCommand, requestTerminal } from "./sessions.js";
import type { PtyOptions, SshChannel } from "./ssh2.js";

/** How long a command has to end after an abort before it is killed. */
const GRACE_MS = 2_000;
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  ABRT: 6,
  ALRM: 14,
  FPE: 8,
  HUP: 1,
  ILL: 4,
  INT: 2,
  KILL: 9,
  PIPE: 13,
  QUIT: 3,
  SEGV: 11,
  TERM: 15,
};

/** Starts a command. Rejects when the server refuses or the connection is gone. */
export async function openExec(
  connection: SshConnection,
  command: string,
  terminal?: TerminalSize,
): Promise<SshChannel> {
  const channel = await connection.sessions.take();
  channel.on("error", () => {}); // it closes, which tells enough
  try {
    // The command does without an agent when the server gives it none.
    if (connection.canForwardAgent) requestAgent(channel).catch(() => (connection.canForwardAgent = false));
    if (terminal !== undefined) await requestTerminal(channel, ptyOf(terminal));
    await requestCommand(channel, command);
    return channel;
  } catch (error) {
    channel.close();
    throw error;
  }
}

function ptyOf({ columns, rows }: TerminalSize): PtyOptions {
  return {
    term: "xterm",
    cols: columns,
    rows,
    modes: { ECHO: 0, TTY_OP_ISPEED: 14_400, TTY_OP_OSPEED: 14_400 },
  };
}

/**
 * Connects a command that was started, until it has ended and its output is handed on. On abort it is asked to end, killed after
 * two seconds, and the signal's reason is thrown.
 */
export async function runChannel(channel: SshChannel, io: CommandIo): Promise<CommandExit> {
  const { signal } = io;
  const closed = new Promise<void>((resolve) => channel.on("close", resolve));
  const ended = new AbortController();
  void closed.then(() => ended.abort());
  io.onSignal((name) => sendSignal(channel, name.replace(/^SIG/, "")));
  io.onResize(({ columns, rows }) => insideOf(channel)?.windowChange(rows, columns));
  const gaveUp = new AbortController();
  const abandoned = new Promise<void>((resolve) => gaveUp.signal.addEventListener("abort", () => resolve()));
  const onAbort = (): void => void endChannel(channel, ended.signal).then(() => gaveUp.abort()); // never rejects
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    const feeding = feed(channel, io.stdin, ended.signal);
    feeding.catch(() => channel.close()); // the source of the input failed; awaited below
    const output = Promise.all([drain(channel, io.stdout), drain(channel.stderr, io.stderr)]);
    output.catch(() => channel.close()); // nobody takes the output any more
    await Promise.race([closed, abandoned]);
    signal.throwIfAborted();
    await output;
    signal.throwIfAborted();
    const exit = exitOf(channel);
    if (exit !== undefined) return toExit(exit.status, exit.signal.replace(/^SIG/, ""));
    await Promise.race([feeding, Promise.resolve()]);
    return { status: DISCONNECTED_STATUS, disconnected: true };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function toExit(status: number | null, name: string): CommandExit {
  if (status !== null) return { status };
  return { status: 128 + (SIGNAL_NUMBERS[name] ?? 0), ...(name === "" ? {} : { signal: name }) };
}

/** Servers do not pass signals to a command of root's; then it is left to itself, as with OpenSSH's own client. */
async function endChannel(channel: SshChannel, ended: AbortSignal): Promise<void> {
  try {
    channel.stderr.resume();
    channel.resume();
    sendSignal(channel, "TERM");
    await sleep(GRACE_MS, undefined, { signal: ended });
    sendSignal(channel, "KILL");
    channel.close();
  } catch {
    // it has ended meanwhile
  }
}

/** Sends a signal to a command, such as "TERM". ssh2's own method does nothing once the input has ended. */
export function sendSignal(channel: SshChannel, name: string): void {
  insideOf(channel)?.signal(name);
}

/** The inside of ssh2's channel, which is not public, hence the exact version of ssh2. */
function insideOf(channel: SshChannel) {
  const { outgoing, _client } = channel as unknown as {
    readonly outgoing: { readonly id: number; readonly state: string };
    readonly _client: {
      readonly _protocol: {
        signal(id: number, name: string): void;
        windowChange(id: number, rows: number, columns: number, height: number, width: number): void;
      };
    };
  };
  if (outgoing.state !== "open" && outgoing.state !== "eof") return undefined;
  return {
    signal: (name: string) => _client._protocol.signal(outgoing.id, name),
    windowChange: (rows: number, columns: number) => _client._protocol.windowChange(outgoing.id, rows, columns, 0, 0),
  };
}

async function drain(stream: Readable, take: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  for await (const chunk of stream) await take(chunk as Buffer); // no encoding was set
}

async function feed(
  channel: SshChannel,
  source: AsyncIterable<Uint8Array> | undefined,
  ended: AbortSignal,
): Promise<void> {
  if (source !== undefined) {
    for await (const chunk of source) {
      if (ended.aborted || !channel.writable) return;
      if (!channel.write(chunk)) await once(channel, "drain", { signal: ended }).catch(() => {});
    }
  }
  if (!ended.aborted) channel.end();
}
