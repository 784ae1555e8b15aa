import { openSync, readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { ReadStream } from "node:tty";

/**
 * Puts a question to the user at the controlling terminal, whatever standard input and output are, and gives the answer without
 * surrounding space. Rejects with "no available tty" when there is none or this process runs in its background, and with
 * "interrupted" when the signal is aborted.
 */
export async function askTerminal(question: string, { signal }: { readonly signal: AbortSignal }): Promise<string> {
  if (signal.aborted) throw new Error("interrupted");
  const terminal = openTerminal();
  const input = new ReadStream(terminal);
  const lines = createInterface({ input });
  let onAbort: (() => void) | undefined;
  try {
    writeSync(terminal, `${question} `);
    return await new Promise<string>((resolve, reject) => {
      lines.once("line", (line) => resolve(line.trim()));
      lines.once("close", () => reject(new Error("no available tty")));
      onAbort = () => {
        writeSync(terminal, "\n");
        reject(new Error("interrupted"));
      };
      signal.addEventListener("abort", onAbort, { once: true });
    });
  } finally {
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
    lines.close();
    input.destroy();
  }
}

function openTerminal(): number {
  if (!isInBackground()) {
    try {
      return openSync("/dev/tty", "r+");
    } catch {
      // There is no terminal.
    }
  }
  throw new Error("no available tty");
}

/** Reading from a terminal in its background stops the process. Linux tells; elsewhere the answer is no. */
function isInBackground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    // The fields after the name, which is in parentheses: state, parent, group, session, terminal, the terminal's foreground group.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[2] !== fields[5];
  } catch {
    return false;
  }
}
