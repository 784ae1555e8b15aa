import { checkFixedTemplate, fixTemplate, openErrorText } from "@ingot/template";
import { switchFlag } from "../../flags/flag-kinds.js";
import { sharedFlags } from "../../flags/shared-flags.js";
import { machineUi, textUi } from "../../ui.js";
import { fileWorld } from "../file-world.js";
import { readArguments } from "../read-arguments.js";
import type { RunCommand } from "../registry.js";
import { resolveTemplatePath } from "../template-path.js";
import { HELP } from "./help.js";

/** `ingot fix`: prints a legacy template in today's form. Errors go to standard output, as existing users expect. */
export const runCommand: RunCommand = ({ args, console, machineReadable }) => {
  const ui = machineReadable
    ? machineUi(console.stdout, { mask: (text) => text, now: Date.now })
    : textUi(console.stdout);
  const read = readArguments({ ...sharedFlags(), validate: switchFlag(true) }, args, {
    ui,
    help: HELP,
    stderr: console.stderr,
  });
  if (read === undefined) return Promise.resolve(1);
  const { template, flags } = read;
  const fail = (message: string): Promise<number> => {
    ui.error(message);
    return Promise.resolve(1);
  };
  const found = resolveTemplatePath(template, { configType: "json", workingDirectory: console.workingDirectory });
  if (found.kind === "hcl2") return fail("packer fix only works with JSON files for now.");
  let bytes: Uint8Array;
  try {
    bytes = fileWorld(console).readFile(template);
  } catch (error) {
    return fail(`Error opening template: ${openErrorText(template, error)}`);
  }
  const { value: text, diagnostics } = fixTemplate(bytes);
  if (text === undefined) return fail(diagnostics.map(({ summary }) => summary).join("\n"));
  ui.say(text);
  const problem = flags.validate ? checkFixedTemplate(text) : undefined;
  return problem === undefined ? Promise.resolve(0) : fail(problem);
};
