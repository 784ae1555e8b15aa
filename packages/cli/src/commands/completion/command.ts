import type { RunCommand } from "../registry.js";
import { HELP } from "./help.js";
import { SCRIPTS } from "./scripts.js";

/** `ingot completion`: prints the script for a shell, which is for the shell to read, also with -machine-readable. */
export const runCommand: RunCommand = ({ args, console }) => {
  const [shell = "", ...others] = args;
  const script = Object.hasOwn(SCRIPTS, shell) && others.length === 0 ? SCRIPTS[shell] : undefined;
  if (script === undefined) {
    if (shell !== "")
      console.stderr.write(
        `There is no completion for ${args.join(" ")}. Known shells: ${Object.keys(SCRIPTS).join(", ")}.\n`,
      );
    console.stdout.write(HELP);
    return Promise.resolve(1);
  }
  console.stdout.write(script);
  return Promise.resolve(0);
};
