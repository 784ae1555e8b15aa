import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import { given, type Environment } from "../http/environment.js";

const IS_WINDOWS = process.platform === "win32";
/** A keyring that is locked waits for its owner. */
const DEFAULT_TIMEOUT_MS = 5_000;
const MOST_CHARACTERS = 1 << 16;
/** What `gh` would print instead of the token that it keeps. */
const OVERRIDES = ["GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];

/**
 * Asks `gh` for the token that it keeps for a host, as in the keyring of the system; undefined when there is no `gh`, or it has none, or
 * takes too long. The token comes through a pipe: no list of processes shows it. Rejects with the signal's reason when that is aborted.
 */
export async function askGh(
  host: string,
  env: Environment,
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: { readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<string | undefined> {
  signal.throwIfAborted();
  const program = findGh(env);
  if (program === undefined) return undefined;
  const own = { ...env, GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1" };
  const child = spawn(program, ["auth", "token", "--hostname", host], {
    env: Object.fromEntries(Object.entries(own).filter(([name]) => !OVERRIDES.includes(name.toUpperCase()))),
    stdio: ["ignore", "pipe", "ignore"],
    detached: !IS_WINDOWS, // with what it starts, it is a group that can be killed
    windowsHide: true,
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const ended = once(child, "exit", { signal: limit }) as Promise<[number | null]>; // the event's first parameter
    const [text, [status]] = await Promise.all([textOf(child.stdout, limit), ended]);
    return status === 0 ? text.trim() : undefined;
  } catch {
    killGroup(child);
    signal.throwIfAborted();
    return undefined; // it can't be run, takes too long, or says too much
  }
}

async function textOf(stream: Readable, signal: AbortSignal): Promise<string> {
  let text = "";
  for await (const chunk of addAbortSignal(signal, stream.setEncoding("utf8"))) {
    text += chunk as string; // an encoding is set
    if (text.length > MOST_CHARACTERS) throw new Error("this is no token");
  }
  return text;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return; // it could not be started
  try {
    process.kill(IS_WINDOWS ? pid : -pid, "SIGKILL");
  } catch {
    // it has ended
  }
}

/** The program in the PATH. Relative folders don't count: they are those of whoever made the template. */
function findGh(env: Environment): string | undefined {
  const folders = (given(env, "PATH") ?? given(env, "Path") ?? "").split(path.delimiter);
  return folders
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, IS_WINDOWS ? "gh.exe" : "gh"))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
