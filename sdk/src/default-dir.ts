import { AsyncQueue } from "./async-queue.js";
import { checkEntryPath } from "./dir-path.js";
import { DiagnosticError } from "./errors.js";
import type { CommandIo, DirEntry, DirOptions, Machine } from "./machine.js";
import { readTar } from "./read-tar.js";

/** Writes entries into a folder of a machine that has no way of its own: `mkdir` and `ln` as commands, files as uploads. */
export async function uploadDirByFiles(
  machine: Machine,
  destination: string,
  entries: AsyncIterable<DirEntry>,
  { signal }: DirOptions,
): Promise<void> {
  await runQuietly(machine, ["mkdir", "-p", "--", destination], signal);
  const modes: { readonly path: string; readonly mode: number }[] = [];
  for await (const { content, ...entry } of entries) {
    signal.throwIfAborted();
    const path = `${destination.replace(/\/+$/, "")}/${checkEntryPath(entry.path)}`;
    if (entry.kind === "directory") {
      await runQuietly(machine, ["mkdir", "-p", "--", path], signal);
      if (entry.mode !== undefined) modes.push({ path, mode: entry.mode });
    } else if (entry.kind === "symlink") {
      await runQuietly(machine, ["ln", "-sfn", "--", entry.linkTarget ?? "", path], signal);
    } else {
      await machine.upload({ ...entry, path }, content ?? (async function* () {})(), { signal });
    }
  }
  for (const { path, mode } of modes.reverse()) {
    await runQuietly(machine, ["chmod", (mode & 0o7777).toString(8), "--", path], signal);
  }
}

/** Reads a folder of a machine that has no way of its own: `tar` as a command. */
export async function* downloadDirByTar(
  machine: Machine,
  source: string,
  { signal, exclude }: DirOptions,
): AsyncGenerator<DirEntry, void, undefined> {
  const output = new AsyncQueue<Uint8Array>();
  const leftOut = exclude.flatMap((path) => ["--exclude", `./${path.replace(/^\.?\/+/, "")}`]);
  const command = ["tar", "-cf", "-", ...leftOut, "-C", source, "."];
  const running = runQuietly(machine, command, signal, (chunk) => output.push(chunk));
  running.then(
    () => output.end(),
    (error: unknown) => output.fail(error),
  );
  yield* readTar(output);
  await running;
}

/** Runs a command that must succeed. Rejects with what it wrote to its standard error. */
async function runQuietly(
  machine: Machine,
  command: readonly string[],
  signal: AbortSignal,
  stdout: CommandIo["stdout"] = () => Promise.resolve(),
): Promise<void> {
  let problem = "";
  const io: CommandIo = {
    stdin: undefined,
    stdout,
    stderr: (chunk) => {
      if (problem.length < 2_000) problem += Buffer.from(chunk).toString();
      return Promise.resolve();
    },
    signal,
    onSignal: () => {},
    onResize: () => {},
  };
  const exit = await machine.exec({ command, env: {}, cwd: undefined, terminal: undefined }, io);
  if (exit.status === 0) return;
  const detail = problem.trim() === "" ? `It ended with status ${exit.status}.` : problem.trim();
  throw new DiagnosticError({ summary: `The command "${command[0] ?? ""}" failed on the machine`, detail });
}
