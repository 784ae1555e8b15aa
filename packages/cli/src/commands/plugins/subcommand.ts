import { textUi, type Ui } from "../../ui.js";
import type { CommandContext, RunCommand } from "../registry.js";

/** One of the commands below `ingot plugins`. */
export interface Subcommand {
  readonly help: string;
  readonly run: RunCommand;
}

/** For what is wrong with the arguments, before a session is open. */
export function argumentUi({ console }: CommandContext): Ui {
  return textUi(console.stdout);
}
