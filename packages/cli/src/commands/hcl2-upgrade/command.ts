import { writeFileSync } from "node:fs";
import path from "node:path";
import { makeFoldersSync } from "@ingot/files";
import { messageOf } from "@ingot/diag";
import {
  evaluateLegacyTemplate,
  openErrorText,
  parseLegacyTemplate,
  upgradeHeader,
  upgradeTemplate,
  type ParsedLegacyTemplate,
} from "@ingot/template";
import { switchFlag, textFlag } from "../../flags/flag-kinds.js";
import { sharedFlags } from "../../flags/shared-flags.js";
import { machineUi, textUi } from "../../ui.js";
import { fileWorld } from "../file-world.js";
import { systemErrorText } from "../plugins/system-error-text.js";
import { withStandardInput } from "../load-options.js";
import { readArguments } from "../read-arguments.js";
import type { RunCommand } from "../registry.js";
import { HELP } from "./help.js";

function upgradeFlags() {
  return { ...sharedFlags(), "output-file": textFlag(""), "with-annotations": switchFlag(false) };
}

/** `ingot hcl2_upgrade`: writes a legacy template in HCL. What can't be converted is told, kept, and makes the status 1. */
export const runCommand: RunCommand = ({ args, console, machineReadable }) => {
  const ui = machineReadable
    ? machineUi(console.stdout, { mask: (text) => text, now: Date.now })
    : textUi(console.stdout);
  const read = readArguments(upgradeFlags(), args, { ui, help: HELP });
  if (read === undefined) return Promise.resolve(1);
  const { flags, template: given } = read;
  const fail = (...messages: readonly string[]): Promise<number> => {
    for (const message of messages) ui.error(message);
    return Promise.resolve(1);
  };
  const output = flags["output-file"] === "" ? `${given}.pkr.hcl` : flags["output-file"];
  const file = path.resolve(console.workingDirectory, output);
  const annotate = flags["with-annotations"];
  const header = upgradeHeader({ annotate });
  try {
    makeFoldersSync(path.dirname(file), 0o755);
  } catch (error) {
    return fail(`Failed to create output directory: ${systemErrorText("mkdir", path.dirname(output), error)}`);
  }
  try {
    writeFileSync(file, header); // as existing users know it, the file is there also when the template can't be read
  } catch (error) {
    return fail(`Failed to create output file: ${openErrorText(output, error).replace(/^read /, "open ")}`);
  }
  const world = withStandardInput(fileWorld(console));
  const variables = [...flags.var].map(([name, text]) => ({ name, text }));
  const parsed = parseLegacyTemplate({ path: given, world, variableFiles: flags["var-file"], variables });
  const { template } = parsed.value;
  if (template === undefined)
    return fail(...parsed.diagnostics.map(({ summary }) => summary), "Failed to get config from JSON");
  const evaluation = evaluationProblem(template, { world, only: flags.only, except: flags.except });
  if (evaluation !== undefined) ui.error(`Ignoring following initialization error: ${evaluation}`);
  const { text, problems } = upgradeTemplate(template.template, { annotate });
  for (const problem of problems) ui.error(`Ignoring following ${problem}`);
  try {
    writeFileSync(file, header + text);
  } catch (error) {
    return fail(`Failed to write to file: ${messageOf(error)}`);
  }
  const status = problems.length > 0 ? 1 : 0;
  ui.say(`Successfully created ${output}. Exit ${status}`);
  return Promise.resolve(status);
};

/** What is wrong with the values of the template, in the form that the reference prints it. */
function evaluationProblem(
  template: ParsedLegacyTemplate,
  options: Parameters<typeof evaluateLegacyTemplate>[1],
): string | undefined {
  const [first] = evaluateLegacyTemplate(template, options).diagnostics;
  return first?.summary === "" ? `<nil>: ; ${first.detail}` : undefined;
}
