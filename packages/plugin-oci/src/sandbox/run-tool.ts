import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { OciError, errorCode } from "../oci-error.js";

/** How a host program is run. */
export interface ToolOptions {
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  /** Bytes for standard input. Absent: empty. */
  readonly stdin?: AsyncIterable<Buffer>;
}

const keptBytes = 4000;
const packages: Record<string, string> = {
  unshare: "util-linux",
  nsenter: "util-linux",
  mount: "mount or util-linux",
  newuidmap: "uidmap or shadow",
  tar: "tar (GNU tar)",
};

/**
 * Runs a program of the host and gives its standard output as it comes. When it ends with another status than 0 the stream
 * fails with OciError "tool-failed" that has the end of its standard error. Leaving the loop early kills it.
 */
export async function* streamTool(command: readonly string[], options: ToolOptions = {}): AsyncGenerator<Buffer> {
  options.signal?.throwIfAborted();
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: toolEnvironment(),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const kill = (): void => void child.kill("SIGKILL");
  options.signal?.addEventListener("abort", kill);
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => (complaint = (complaint + data.toString()).slice(-keptBytes)));
  const closed = once(child, "close") as Promise<[number | null, string | null]>;
  closed.catch(() => undefined); // awaited below
  let feedFailure: { readonly reason: unknown } | undefined;
  const feeding = feed(child, options.stdin).catch((reason: unknown) => {
    feedFailure = { reason };
    kill(); // it would wait for its input for ever
  });
  try {
    for await (const part of child.stdout) yield part as Buffer; // no encoding is set
    const [code, signalName] = await closed;
    options.signal?.throwIfAborted();
    await feeding;
    if (feedFailure !== undefined) throw feedFailure.reason;
    if (code !== 0) throw toolFailed(command, code ?? signalName ?? "unknown", complaint);
  } catch (cause) {
    throw errorCode(cause) === "ENOENT" ? missingTool(program, cause) : cause;
  } finally {
    options.signal?.removeEventListener("abort", kill);
    if (child.exitCode === null && child.signalCode === null) {
      kill();
      await closed.catch(() => undefined); // only its end matters
    }
  }
}

/** Runs a program of the host and gives its standard output, which must be small. */
export async function runTool(command: readonly string[], options: ToolOptions = {}): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of streamTool(command, options)) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** The environment of host programs: messages in English, sorting by bytes. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const path = `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  return { PATH: path, LC_ALL: "C", HOME: process.env["HOME"] ?? "/" };
}

/** The error for a program that is not installed. */
export function missingTool(program: string, cause: unknown): OciError {
  const hint = packages[program] === undefined ? "" : ` It is in the package ${packages[program]}.`;
  return new OciError("missing-tool", `The program "${program}" is not on this machine.${hint}`, { cause });
}

async function feed(child: ChildProcess, source: AsyncIterable<Buffer> | undefined): Promise<void> {
  const input = child.stdin;
  if (input === null) return;
  let broken: unknown;
  input.on("error", (error) => (broken = error)); // EPIPE: the exit status tells more
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  for await (const part of source ?? []) {
    if (broken !== undefined) return;
    if (!input.write(part)) await Promise.race([new Promise((resolve) => input.once("drain", resolve)), gone]);
  }
  input.end();
}

function toolFailed(command: readonly string[], status: number | string, complaint: string): OciError {
  const names = ["unshare", "nsenter", "tar", "newuidmap", "newgidmap", "sh", "rm", "find", "cp", "mount"];
  const program = [...command].reverse().find((word) => names.includes(word)) ?? command[0] ?? "";
  const detail = complaint.trim() === "" ? "" : `: ${complaint.trim()}`;
  return new OciError("tool-failed", `${program} ended with status ${status}${detail}`);
}
