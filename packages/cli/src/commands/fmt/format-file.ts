import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { formatRange, messageOf, systemReason, type Diagnostic } from "@ingot/diag";
import { formatHcl } from "@ingot/hcl";
import type { Console } from "../../console.js";
import { isFormattable } from "./find-files.js";
import { lineDiff } from "./line-diff.js";

export interface FormatOptions {
  readonly write: boolean;
  readonly diff: boolean;
  readonly console: Console;
}

/** Formats a file, or standard input for `-`, and prints what the user wants to see. Tells whether formatting changes the text. */
export async function formatFile(name: string, options: FormatOptions): Promise<boolean | Diagnostic> {
  if (name === "-") return formatInput(await options.console.readInput(), options);
  if (!isFormattable(name)) return failure(name, `file ${name} is not a HCL file`);
  const absolute = path.resolve(options.console.workingDirectory, name);
  let source;
  try {
    source = readFileSync(absolute);
  } catch (error) {
    return failure(name, readProblem(name, error));
  }
  const { value, diagnostics } = formatHcl({ filename: name, source });
  if (diagnostics.length > 0) return failure(name, problemsText(diagnostics));
  if (source.equals(Buffer.from(value))) return false;
  const { stdout } = options.console;
  stdout.write(`${name}\n`);
  try {
    if (options.write) writeFileSync(absolute, value);
  } catch (error) {
    return failure(name, `open ${name}: ${systemReason(error) ?? messageOf(error)}`);
  }
  if (options.diff) stdout.write(lineDiff(source.toString(), value, name));
  return true;
}

function formatInput(source: Uint8Array, { write, console }: FormatOptions): boolean | Diagnostic {
  const { value, diagnostics } = formatHcl({ filename: "-", source });
  if (diagnostics.length > 0) return failure("-", problemsText(diagnostics));
  const isChanged = !Buffer.from(value).equals(source);
  if (write || !isChanged) console.stdout.write(value);
  return isChanged;
}

function failure(name: string, detail: string): Diagnostic {
  return { severity: "error", summary: `encountered an error while formatting ${name}`, detail };
}

/** `failed to open NAME: open NAME: no such file or directory`, as existing users know it. */
function readProblem(name: string, error: unknown): string {
  const reason = systemReason(error) ?? messageOf(error);
  const step = (error as NodeJS.ErrnoException).syscall === "open" ? "open" : "read"; // `fs` throws nothing else
  return `failed to ${step} ${name}: ${step} ${name}: ${reason}`;
}

function problemsText(diagnostics: readonly Diagnostic[]): string {
  const count = diagnostics.length === 1 ? "1 error" : `${diagnostics.length} errors`;
  const lines = diagnostics.map(({ subject, summary, detail }) => {
    const place = subject === undefined ? "" : `${formatRange(subject)}: `;
    return `\t* ${place}${summary}; ${detail}\n`;
  });
  return `${count} occurred:\n${lines.join("")}\n`;
}
