import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandExit, CommandIo, CommandStart } from "@ingot/sdk";
import { errorCode } from "../oci-error.js";
import type { IdSpace } from "../sandbox/id-space.js";
import { runTool } from "../sandbox/run-tool.js";
import type { Sandbox } from "../sandbox/start-sandbox.js";

/** Where commands run. */
export interface ExecPlace {
  readonly sandbox: Sandbox;
  readonly ids: IdSpace;
  readonly environment: Readonly<Record<string, string>>;
}

const defaults = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" };
/** How long output may still come after the command itself has ended: what it left in the background may hold it open. */
const lingerMs = 1_000;

/** Runs a command in a sandbox, as root, with the image's environment. */
export async function sandboxExec(place: ExecPlace, start: CommandStart, io: CommandIo): Promise<CommandExit> {
  io.signal.throwIfAborted();
  const environment = { ...defaults, ...place.environment, ...start.env };
  const words = typeof start.command === "string" ? ["/bin/sh", "-c", start.command] : start.command;
  const { command, env } = wrapCommand(words, environment, start.cwd);
  const [program = "", ...args] = [...place.sandbox.execPrefix, ...command];
  // A process group of its own, so that all of it can be ended.
  const child = spawn(program, args, { env, cwd: "/", detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const kill = (): void => killGroup(child);
  io.signal.addEventListener("abort", kill);
  io.onSignal((name) => void sendSignal(child, name, place.ids)); // its end shows whether it worked
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  exited.catch(() => undefined); // awaited below
  const { stdin, stdout, stderr } = child;
  try {
    const feeding = feed(child, io.stdin);
    feeding.catch(() => undefined); // a command need not read its input
    const outputs = Promise.all([pump(stdout, io.stdout), pump(stderr, io.stderr)]);
    outputs.catch(() => undefined); // awaited below
    const [status, signal] = await Promise.race([exited, outputs.then(() => exited)]);
    const timer = new AbortController();
    await Promise.race([outputs, sleep(lingerMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    io.signal.throwIfAborted();
    return { status: status ?? 128, ...(signal === null ? {} : { signal: signal.replace(/^SIG/, "") }) };
  } finally {
    io.signal.removeEventListener("abort", kill);
    if (child.exitCode === null && child.signalCode === null) kill();
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  }
}

/**
 * The environment passes through nsenter, a program of the host. Variables that would change how it is loaded, and the
 * working directory, are set by a shell inside instead.
 */
function wrapCommand(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string | undefined,
): { readonly command: readonly string[]; readonly env: Record<string, string> } {
  const isLoader = (name: string): boolean => name.startsWith("LD_") || name === "GLIBC_TUNABLES";
  const loader = Object.entries(environment).filter(([name]) => isLoader(name));
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !isLoader(name)));
  if (loader.length === 0 && cwd === undefined) return { command: words, env };
  const steps = [
    ...(cwd === undefined ? [] : ['cd "$1" || exit 126', "shift"]),
    ...loader.flatMap(() => ['export "$1"', "shift"]),
    'exec "$@"',
  ];
  const leading = [...(cwd === undefined ? [] : [cwd]), ...loader.map(([name, value]) => `${name}=${value}`)];
  return { command: ["/bin/sh", "-c", steps.join("\n"), "sh", ...leading, ...words], env };
}

async function pump(stream: AsyncIterable<unknown>, sink: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of stream) await sink(chunk as Buffer); // no encoding is set
  } catch (error) {
    if (errorCode(error) !== "ERR_STREAM_PREMATURE_CLOSE") throw error; // we closed it ourselves
  }
}

async function feed(child: ChildProcess, source: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  const input = child.stdin;
  if (input === null) return;
  let isBroken = false;
  input.on("error", () => (isBroken = true));
  const closed = new Promise<void>((resolve) => input.once("close", () => resolve()));
  for await (const chunk of source ?? []) {
    if (isBroken || input.destroyed) return;
    if (!input.write(chunk)) await Promise.race([new Promise((resolve) => input.once("drain", resolve)), closed]);
  }
  input.end();
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // gone already; what belongs to other users of the image ends with the sandbox
  }
}

/** Sends a signal to the command, not to the nsenter that waits for it. */
async function sendSignal(child: ChildProcess, name: string, ids: IdSpace): Promise<void> {
  if (!/^[A-Z0-9]+$/.test(name)) return;
  const list = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").catch(() => "");
  const pids = list
    .trim()
    .split(" ")
    .filter((pid) => pid !== "");
  if (pids.length === 0) return;
  await runTool([...ids.prefix, "sh", "-c", 'kill -s "$@"', "sh", name, ...pids]).catch(() => undefined); // gone already
}
