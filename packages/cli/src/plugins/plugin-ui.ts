import { limitDiagnostics, type Diagnostic } from "@ingot/diag";
import type { Console } from "../console.js";
import { diagnosticsText, type ReadSource } from "../render/diagnostic-text.js";
import { stylesFor, type Styles } from "../render/styles.js";
import { hasNoColour } from "../settings.js";
import { LiveView } from "../terminal/live-view.js";
import { hideWhileStopped } from "../terminal/suspension.js";
import { machineUi, textUi } from "../ui.js";
import { DownloadRows } from "./download-rows.js";

/** How the commands about plugins speak: as text, as items for machines, or, with -json, in one JSON document at the end. */
export interface PluginUi extends Disposable {
  readonly styles: Styles;
  /** Nothing is said but the document. */
  readonly isJson: boolean;
  /** A result. */
  say(text: string): void;
  /** As `say`; for machines it is another kind of item. */
  message(text: string): void;
  error(text: string): void;
  warning(text: string): void;
  diagnostics(diagnostics: readonly Diagnostic[], readSource?: ReadSource): void;
  /** How far downloads are; shown on a terminal only. */
  readonly downloads: DownloadRows;
  /** Prints the document of -json; errors and warnings that were said before are in it. Without -json nothing. */
  document(value: Readonly<Record<string, unknown>>): void;
}

export interface PluginUiOptions {
  readonly console: Console;
  readonly machineReadable: boolean;
  readonly isJson: boolean;
}

const plain = (text: string): string => text;

export function openPluginUi({ console, machineReadable, isJson }: PluginUiOptions): PluginUi {
  const { stdout, env } = console;
  const isTerminal = stdout.isTerminal && env["TERM"] !== "dumb";
  const styles = stylesFor(isTerminal && !machineReadable && !hasNoColour(env));
  const downloads = new DownloadRows(styles);
  const view =
    isTerminal && !machineReadable && !isJson
      ? new LiveView({ terminal: stdout, rows: (size) => downloads.rows(size) })
      : undefined;
  const stopHiding = view && hideWhileStopped(view);
  const output = view?.output ?? stdout;
  const ui = machineReadable ? machineUi(output, { mask: plain, now: Date.now }) : textUi(output);
  const said: { errors?: string[]; warnings?: string[] } = {};
  const hints = new Set<string>();
  const tell = (kind: "errors" | "warnings", text: string): void => {
    if (isJson) (said[kind] ??= []).push(text);
    else ui.error(withNewHints(text, hints));
  };
  return {
    ...{ styles, isJson, downloads },
    error: (text) => tell("errors", text),
    warning: (text) => tell("warnings", isJson ? text : `Warning: ${text}`),
    say: (text) => {
      if (!isJson) ui.say(text);
    },
    message: (text) => {
      if (isJson) return;
      if (machineReadable) ui.machine({ type: "ui", data: ["message", text] });
      else ui.say(text);
    },
    diagnostics: (diagnostics, readSource = () => undefined) => {
      if (diagnostics.length === 0) return;
      const textOf = (some: readonly Diagnostic[]): string =>
        diagnosticsText(some, { readSource, styles, mask: plain });
      const limited = limitDiagnostics(diagnostics);
      if (!isJson) return tell("errors", textOf(limited));
      for (const one of limited) tell(one.severity === "error" ? "errors" : "warnings", textOf([one]).trimEnd());
    },
    document: (value) => {
      if (isJson) output.write(`${JSON.stringify({ ...value, ...said }, undefined, 2)}\n`);
    },
    [Symbol.dispose]: () => {
      stopHiding?.();
      view?.stop();
    },
  };
}

/** The text without lines of advice that were shown before: several plugins may fail for one reason. */
function withNewHints(text: string, known: Set<string>): string {
  const lines = text.split("\n").filter((line) => {
    if (!line.startsWith("Hint: ")) return true;
    const isNew = !known.has(line);
    known.add(line);
    return isNew;
  });
  return lines.join("\n");
}
