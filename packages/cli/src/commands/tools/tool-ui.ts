import type { Diagnostic } from "@ingot/diag";
import { SecretSet } from "@ingot/engine";
import { diagnosticsText, type ReadSource } from "../../render/diagnostic-text.js";
import { stylesFor } from "../../render/styles.js";
import { hasNoColour } from "../../settings.js";
import { machineUi, textUi, type Ui } from "../../ui.js";
import type { CommandContext } from "../registry.js";

/** Speaks for a command that looks into a template. What is in `secrets` is masked. */
export interface ToolUi extends Ui {
  readonly secrets: SecretSet;
  /** The result of what was piped in; machines get it as a message. */
  message(text: string): void;
  diagnostics(diagnostics: readonly Diagnostic[], readSource?: ReadSource): void;
}

export function toolUi({ console, machineReadable }: CommandContext): ToolUi {
  const { stdout, env } = console;
  const secrets = new SecretSet();
  const mask = (text: string): string => secrets.mask(text);
  const plain = machineReadable ? machineUi(stdout, { mask, now: Date.now }) : textUi(stdout);
  const hasColours = !machineReadable && stdout.isTerminal && env["TERM"] !== "dumb" && !hasNoColour(env);
  const styles = stylesFor(hasColours);
  return {
    secrets,
    say: (text) => plain.say(mask(text)),
    error: (text) => plain.error(mask(text)),
    machine: (item) => plain.machine(item),
    message: (text) => {
      if (machineReadable) plain.machine({ type: "ui", data: ["message", text] });
      else plain.say(mask(text));
    },
    diagnostics: (diagnostics, readSource = () => undefined) => {
      if (diagnostics.length > 0) plain.error(mask(diagnosticsText(diagnostics, { readSource, styles, mask })));
    },
  };
}
