import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import type { CommandExit, CommandIo } from "./machine.js";
import { guardGroup } from "./orphan-guard.js";

/** A process to start. */
export interface LocalCommand {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** The whole environment. Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The working directory. Default: that of this process. */
  readonly cwd?: string;
}

/** How long a command has to end after an abort before it is killed. */
const GRACE_MS = 2_000;

/**
 * Runs a process in a group of its own and connects it. Resolves when it has ended and its output is handed on. On abort it
 * asks the group to end, kills it after two seconds, and rejects with the signal's reason. Rejects with the system's error
 * when the process cannot be started.
 */
export async function runLocalCommand(command: LocalCommand, io: CommandIo): Promise<CommandExit> {
  io.signal.throwIfAborted();
  const [program = "", ...args] = command.argv;
  const isUnix = process.platform !== "win32";
  const child = spawn(program, args, {
    env: command.env ?? process.env,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    stdio: [io.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    detached: isUnix,
  });
  const kill = (name: NodeJS.Signals): void => {
    try {
      if (isUnix && child.pid !== undefined) process.kill(-child.pid, name);
      else child.kill(name);
    } catch {
      // it has ended meanwhile
    }
  };
  const exited = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve([code, signal]));
  });
  const release = isUnix && child.pid !== undefined ? guardGroup(child.pid) : () => {};
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    kill("SIGTERM");
    timer = setTimeout(() => kill("SIGKILL"), GRACE_MS);
  };
  io.signal.addEventListener("abort", onAbort, { once: true });
  io.onSignal((name) => kill(`SIG${name.replace(/^SIG/, "")}` as NodeJS.Signals));
  try {
    if (io.stdin !== undefined) void feed(child, io.stdin); // ends with the process
    const output = Promise.all([drain(child.stdout, io.stdout), drain(child.stderr, io.stderr)]);
    output.catch(() => kill("SIGTERM")); // nobody takes the output any more
    const [code, signal] = await exited;
    await Promise.race([output, onceAborted(io.signal)]);
    io.signal.throwIfAborted();
    return signal === null ? { status: code ?? 0 } : { status: 128 + signalNumber(signal), signal: signal.slice(3) };
  } finally {
    io.signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
    release();
    if (io.signal.aborted) kill("SIGKILL"); // what is left of the group
  }
}

async function drain(stream: Readable | null, take: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  if (stream === null) return;
  for await (const chunk of stream) await take(chunk as Buffer);
}

async function feed(child: ChildProcess, source: AsyncIterable<Uint8Array>): Promise<void> {
  const { stdin } = child;
  if (stdin === null) return;
  stdin.on("error", () => {}); // the command closed its standard input
  for await (const chunk of source) {
    if (stdin.destroyed) return;
    if (!stdin.write(chunk)) await Promise.race([once(stdin, "drain"), once(stdin, "close")]).catch(() => {});
  }
  stdin.end();
}

function onceAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function signalNumber(name: NodeJS.Signals): number {
  return constants.signals[name];
}
