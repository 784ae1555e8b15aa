import { closeSync, openSync, writeSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { messageOf } from "@ingot/diag";
import type { OpenShell, TerminalSize } from "@ingot/engine";

/** What is run on the machine: the user's own shell, else the one that every machine has. */
const IN_TERMINAL = 'exec "${SHELL:-/bin/sh}" -i';
const BY_LINES = "exec /bin/sh -i";

/**
 * Connects the controlling terminal with a shell on the machine: as a terminal where the machine has some, otherwise line by line. Ends
 * with the shell.
 */
export const openShell: OpenShell = async (machine, { signal }) => {
  const terminal = openTerminal();
  try {
    const isOpen = await openInTerminal(machine, terminal, signal);
    if (!isOpen) await openByLines(machine, terminal, signal);
  } finally {
    closeSync(terminal);
  }
};

type Machine = Parameters<OpenShell>[0];

/** False: the machine has no terminals. */
async function openInTerminal({ exec }: Machine, terminal: number, signal: AbortSignal): Promise<boolean> {
  let hasStarted = false;
  const show = (chunk: Uint8Array): void => {
    hasStarted = true;
    writeSync(terminal, chunk);
  };
  await using keyboard = openKeyboard({ raw: true });
  const streams = { stdin: keyboard.typed, stdout: show, stderr: show };
  let onResize = (): void => undefined;
  const resizes = (listener: (size: TerminalSize) => void): void => {
    onResize = () => listener(terminalSize());
    process.on("SIGWINCH", onResize);
  };
  try {
    await exec({ command: IN_TERMINAL, ...streams, terminal: { ...terminalSize(), onResize: resizes } }, { signal });
    return true;
  } catch (error) {
    if (hasStarted || signal.aborted) throw error;
    return false;
  } finally {
    process.off("SIGWINCH", onResize);
  }
}

async function openByLines({ exec }: Machine, terminal: number, signal: AbortSignal): Promise<void> {
  const show = (chunk: Uint8Array): void => void writeSync(terminal, chunk);
  await using keyboard = openKeyboard({ raw: false });
  writeSync(terminal, "The shell gets whole lines. End it with `exit`.\n");
  await exec({ command: BY_LINES, stdin: keyboard.typed, stdout: show, stderr: show }, { signal });
}

interface Keyboard extends AsyncDisposable {
  readonly typed: AsyncIterable<Uint8Array>;
}

/** The user's keys until it is disposed. Raw: each key at once, also Ctrl-C. */
function openKeyboard({ raw }: { readonly raw: boolean }): Keyboard {
  const input = new ReadStream(openTerminal());
  if (raw) input.setRawMode(true);
  return {
    typed: typedInto(input),
    [Symbol.asyncDispose]: () => {
      if (raw) input.setRawMode(false);
      input.destroy();
      return Promise.resolve();
    },
  };
}

/** How large the terminal is now. A serial line may not know. */
function terminalSize(): TerminalSize {
  const screen = new WriteStream(openTerminal());
  const { columns, rows } = screen;
  screen.destroy();
  return columns > 0 && rows > 0 ? { columns, rows } : { columns: 80, rows: 24 };
}

async function* typedInto(input: ReadStream): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of input) yield chunk as Buffer; // no encoding is set
  } catch (error) {
    // The shell has ended, so nobody reads the keyboard any more.
    if (!input.destroyed) throw error;
  }
}

function openTerminal(): number {
  try {
    return openSync("/dev/tty", "r+");
  } catch (error) {
    throw new Error(`no available tty (${messageOf(error)})`, { cause: error });
  }
}
