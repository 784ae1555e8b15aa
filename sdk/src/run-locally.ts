import type { CommandExit } from "./machine.js";
import { runLocalCommand } from "./local-command.js";
import { toByteSink } from "./output-sink.js";
import type { RunOptions } from "./remote-machine.js";

/** Options of `runLocally`. There is no session to take the signal from. */
export interface RunLocallyOptions extends Omit<RunOptions, "stdin" | "env"> {
  /** Aborts the program and what it started. */
  readonly signal: AbortSignal;
  /** Variables added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program on the machine where the plugin runs, with its output taken as `RemoteMachine.run` takes it. Resolves when it has
 * ended and its output is handed on; a status other than 0 is not an error here. Rejects with the system's error when it can't be
 * started, and with the signal's reason on abort, once the program and its children have ended.
 */
export async function runLocally(
  argv: readonly string[],
  { signal, stdout, stderr, env, cwd }: RunLocallyOptions,
): Promise<CommandExit> {
  const [out, err] = [toByteSink(stdout), toByteSink(stderr)];
  const exit = await runLocalCommand(
    { argv, env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }) },
    {
      stdin: undefined,
      stdout: (chunk) => out.write(chunk),
      stderr: (chunk) => err.write(chunk),
      signal,
      onSignal: () => {},
      onResize: () => {},
    },
  );
  await Promise.all([out.flush(), err.flush()]);
  return exit;
}
