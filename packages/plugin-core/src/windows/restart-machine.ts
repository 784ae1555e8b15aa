import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, type Command, type CommandExit, type Logger, type RunOptions, type Ui } from "@ingot/sdk";
import { retry } from "../retry.js";
import { encodedCommand } from "./powershell-text.js";

const TEST_RESTART = 'shutdown /r /f /t 60 /c "packer restart test"';
const ABORT_RESTART = "shutdown /a";
/** The script whose output says that the machine answers again. */
export const DEFAULT_CHECK = encodedCommand('echo ("{0} restarted." -f [System.Net.Dns]::GetHostName())');
const IS_IN_PROGRESS = 1115;
const IS_SCHEDULED = 1190;
const IS_SHUTTING_DOWN = 1717;

/** Pauses between looks. */
export interface RestartPauses {
  readonly pendingMs: number;
  readonly checkMs: number;
}

const RESTART_PAUSES: RestartPauses = { pendingMs: 10_000, checkMs: 5_000 };

export interface RestartOptions {
  readonly restartCommand: string;
  /** A command of the user's that can be started once the machine answers. Empty: none. */
  readonly checkCommand: string;
  readonly timeoutMs: number;
  /** Registry keys that must be gone. */
  readonly registryKeys: readonly string[];
  /** The part of the machine that is used. */
  readonly machine: { run(command: Command, options?: RunOptions): Promise<CommandExit> };
  readonly ui: Ui;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly pauses?: RestartPauses;
}

/** Restarts a Windows machine and resolves when it is back and has no restart pending. Rejects when that takes too long. */
export async function restartMachine(options: RestartOptions): Promise<void> {
  const { ui, machine, restartCommand, timeoutMs, signal } = options;
  ui.say("Restarting Machine");
  let status = 0;
  await retry(
    async () => {
      ({ status } = await machine.run(restartCommand, { stdout: ui.say, stderr: ui.error }));
    },
    { limitMs: timeoutMs, signal },
  );
  if (![0, IS_IN_PROGRESS, IS_SCHEDULED].includes(status)) {
    throw new Error(`Restart script exited with non-zero exit status: ${status}`);
  }
  ui.say("Waiting for machine to restart...");
  const timer = AbortSignal.timeout(timeoutMs);
  try {
    const wait = new RestartWait({ ...options, signal: AbortSignal.any([signal, timer]) });
    await wait.untilDown();
    await wait.untilUp();
  } catch (error) {
    signal.throwIfAborted();
    if (!timer.aborted) throw error;
    const message = "Timeout waiting for machine to restart.";
    ui.error(message);
    throw new Error(message, { cause: error });
  }
  ui.say("Machine successfully restarted, moving on");
}

class RestartWait {
  readonly #options: RestartOptions;
  readonly #pauses: RestartPauses;

  constructor(options: RestartOptions) {
    this.#options = options;
    this.#pauses = options.pauses ?? RESTART_PAUSES;
  }

  /** Asks for another restart, as a test: a machine that accepts has finished the first one, one that is gone does not answer. */
  async untilDown(): Promise<void> {
    for (;;) {
      const status = await this.#run(TEST_RESTART).then(
        (exit) => exit.status,
        () => undefined,
      );
      if (status === undefined || status === 1) return;
      if (status === 0) {
        await this.#run(ABORT_RESTART).catch(() => undefined);
        return;
      }
      const isPending = [IS_IN_PROGRESS, IS_SCHEDULED, IS_SHUTTING_DOWN].includes(status);
      await this.#pause(isPending ? this.#pauses.pendingMs : Math.min(1_000, this.#pauses.pendingMs));
    }
  }

  async untilUp(): Promise<void> {
    const { checkCommand, registryKeys, log } = this.#options;
    let isChecked = checkCommand === "";
    for (;;) {
      await this.#pause(this.#pauses.checkMs);
      try {
        if (!isChecked) await this.#run(checkCommand);
        isChecked = true;
        const { output } = await this.#run(DEFAULT_CHECK);
        if (output.includes("restarted.") && !(await this.#hasAny(registryKeys))) return;
      } catch (error) {
        this.#options.signal.throwIfAborted();
        log.debug("the machine does not answer yet", { reason: messageOf(error) });
      }
    }
  }

  /** Looks at each key, so that the user sees what is there. */
  async #hasAny(keys: readonly string[]): Promise<boolean> {
    let isAny = false;
    for (const key of keys) {
      const { output } = await this.#run(encodedCommand(`Test-Path "${key}"`));
      isAny ||= output.includes("True");
    }
    return isAny;
  }

  async #run(command: string): Promise<{ readonly status: number; readonly output: string }> {
    const { machine, ui, signal } = this.#options;
    signal.throwIfAborted();
    let output = "";
    const stdout = (line: string): void => {
      output += `${line}\n`;
      ui.say(line);
    };
    const { status } = await machine.run(command, { stdout, stderr: ui.error, signal });
    return { status, output };
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#options;
    await sleep(ms, undefined, { signal });
  }
}
