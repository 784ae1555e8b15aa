import { suggestionSentence } from "@ingot/hcl";
import { textUi } from "../../ui.js";
import type { RunCommand } from "../registry.js";
import { describe } from "./describe/command.js";
import { HELP } from "./help.js";
import { install } from "./install/command.js";
import { installed } from "./installed/command.js";
import { lock } from "./lock/command.js";
import { outdated } from "./outdated/command.js";
import { remove } from "./remove/command.js";
import { required } from "./required/command.js";
import type { Subcommand } from "./subcommand.js";
import { vendor } from "./vendor/command.js";
import { verify } from "./verify/command.js";

/** The commands below `plugins`, by name. */
export const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  ...{ describe, install, installed, lock, outdated, remove, required, vendor, verify },
};
const HELP_FLAGS = ["-h", "-help", "--help"];

/** `ingot plugins`: hands over to the command below it. */
export const runCommand: RunCommand = async (context) => {
  const { args, console } = context;
  const [name, ...rest] = args;
  const known = name !== undefined && Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  const ui = textUi(console.stdout);
  if (args.some((arg) => HELP_FLAGS.includes(arg))) {
    ui.say(known?.help ?? HELP);
    return 0;
  }
  if (known !== undefined) return await known.run({ ...context, args: rest });
  if (name !== undefined) {
    const similar = suggestionSentence(name, Object.keys(SUBCOMMANDS));
    console.stderr.write(`There is no command "plugins ${name}".${similar}\n`);
  }
  ui.say(HELP);
  return 1;
};
