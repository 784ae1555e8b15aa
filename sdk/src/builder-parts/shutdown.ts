import { setTimeout as sleep } from "node:timers/promises";
import { LineSplitter } from "../output-sink.js";
import type { Machine } from "../machine.js";
import { group } from "../schema/block.js";
import { duration, string } from "../schema/scalars.js";
import type { GroupField } from "../schema/field.js";
import type { PartContext } from "./part-context.js";

/** The shutdown options, decoded. */
export interface ShutdownConfig {
  /** The command that powers the machine off. Empty: the builder does it. */
  readonly command: string;
  /** How long the machine may take, in milliseconds. */
  readonly timeoutMs: number;
}

const DEFAULT_TIMEOUT_MS = 300_000;

/** The options `shutdown_command` and `shutdown_timeout`. */
export function shutdownOptions(): GroupField<ShutdownConfig> {
  const fields = {
    shutdown_command: string({
      describe: "The command that shuts the machine down. Without one the builder powers it off.",
      default: "",
    }),
    shutdown_timeout: duration({
      describe: "How long to wait for the machine to be off. Default `5m`, also for `0s`.",
      default: "5m",
    }),
  };
  return group(fields, {
    transform: ({ shutdown_command, shutdown_timeout }): ShutdownConfig => ({
      command: shutdown_command,
      timeoutMs: shutdown_timeout === 0 ? DEFAULT_TIMEOUT_MS : shutdown_timeout,
    }),
  });
}

/** What the builder knows of its machine. */
export interface ShutdownOptions {
  /** The connection to the machine. Undefined: there is none, and the machine is expected to shut down by itself. */
  readonly machine: Machine | undefined;
  /** Resolves when the machine is off; called once. A rejection ends the shutdown with that error. */
  readonly waitUntilOff: (options: { readonly signal: AbortSignal }) => Promise<void>;
  /** Turns the machine off, for when there is no command. */
  readonly powerOff: (options: { readonly signal: AbortSignal }) => Promise<void>;
}

/**
 * Shuts a machine down as the options say, with the lines for the user, and waits until it is off. The command's status does not
 * matter: it may be cut off. Rejects with an Error when the time is over.
 */
export async function shutDown(
  { command, timeoutMs }: ShutdownConfig,
  { machine, waitUntilOff, powerOff }: ShutdownOptions,
  { ui, signal, log }: Pick<PartContext, "ui" | "signal" | "log">,
): Promise<void> {
  signal.throwIfAborted();
  if (machine !== undefined && command === "") {
    ui.say("Halting the virtual machine...");
    return powerOff({ signal });
  }
  using scope = new AbortScope(signal);
  const off = waitUntilOff(scope);
  off.catch(() => {}); // reported where it is awaited
  if (machine === undefined) ui.say("Waiting for shutdown...");
  else {
    ui.say("Gracefully halting virtual machine...");
    await Promise.race([runCommand(machine, command, { ui, signal: scope.signal }), off]).catch((error: unknown) => {
      signal.throwIfAborted();
      log.debug("the shutdown command was cut off", { problem: String(error) });
    });
  }
  const timedOut = sleep(timeoutMs, true, scope).catch(() => false);
  if ((await Promise.race([off, timedOut])) !== true) return signal.throwIfAborted();
  throw new Error("Timeout while waiting for machine to shut down.");
}

/** A signal that aborts with another one, and when its scope is left. */
class AbortScope implements Disposable {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;

  constructor(outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.#controller.signal]);
  }

  [Symbol.dispose](): void {
    this.#controller.abort();
  }
}

async function runCommand(
  machine: Machine,
  command: string,
  { ui, signal }: Pick<PartContext, "ui" | "signal">,
): Promise<void> {
  const [out, err] = [new LineSplitter(ui.say), new LineSplitter(ui.error)];
  await machine.exec(
    { command, env: {}, cwd: undefined, terminal: undefined },
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
}
