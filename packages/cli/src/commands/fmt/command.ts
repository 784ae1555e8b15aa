import type { Diagnostic } from "@ingot/diag";
import { switchFlag } from "../../flags/flag-kinds.js";
import { parseFlags } from "../../flags/parse-flags.js";
import { sharedFlags } from "../../flags/shared-flags.js";
import { diagnosticsText } from "../../render/diagnostic-text.js";
import { stylesFor } from "../../render/styles.js";
import { hasNoColour } from "../../settings.js";
import { machineUi, textUi } from "../../ui.js";
import type { Console } from "../../console.js";
import type { RunCommand } from "../registry.js";
import { findFiles } from "./find-files.js";
import { formatFile } from "./format-file.js";
import { HELP } from "./help.js";

const WOULD_CHANGE = 3;

function fmtFlags() {
  return {
    ...sharedFlags(),
    check: switchFlag(false),
    diff: switchFlag(false),
    write: switchFlag(true),
    recursive: switchFlag(false),
  };
}

/** `ingot fmt`. File names, differences and formatted text go to standard output as they are, with -machine-readable too. */
export const runCommand: RunCommand = async ({ args, console, machineReadable }) => {
  const ui = machineReadable
    ? machineUi(console.stdout, { mask: (text) => text, now: Date.now })
    : textUi(console.stdout);
  const parsed = parseFlags(fmtFlags(), args);
  if (!parsed.ok) ui.error(parsed.message);
  if (!parsed.ok || parsed.positionals.length === 0) {
    ui.say(HELP);
    return 1;
  }
  const { check, diff, write, recursive } = parsed.values;
  const diagnostics: Diagnostic[] = [];
  let isChanged = false;
  for (const given of parsed.positionals) {
    for (const found of findFiles(given, { workingDirectory: console.workingDirectory, recursive })) {
      const result =
        typeof found === "string" ? await formatFile(found, { write: write && !check, diff, console }) : found;
      if (typeof result === "boolean") isChanged ||= result;
      else diagnostics.push(result);
    }
  }
  if (diagnostics.length > 0) {
    const styles = stylesFor(!machineReadable && hasColours(console));
    ui.error(diagnosticsText(diagnostics, { readSource: () => undefined, styles }));
    return 1;
  }
  return check && isChanged ? WOULD_CHANGE : 0;
};

function hasColours({ stdout, env }: Console): boolean {
  const isOff = hasNoColour(env) || env["TERM"] === "dumb";
  return stdout.isTerminal && !isOff;
}
