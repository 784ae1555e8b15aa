import type { FlagTable, FlagValues } from "../flags/parse-flags.js";
import { machineUi, textUi, type Ui } from "../ui.js";
import { readArguments } from "./read-arguments.js";
import type { CommandContext } from "./registry.js";
import type { runFlags } from "./run-flags.js";
import { resolveTemplatePath } from "./template-path.js";

type RunFlagValues = FlagValues<ReturnType<typeof runFlags>>;

/** What a command that works on a template was asked to do. */
export interface TemplateRequest<Values> {
  readonly flags: Values;
  /** The template argument as typed. */
  readonly template: string;
  /** The template is in Packer's old JSON form. */
  readonly isLegacy: boolean;
}

/** Reads the arguments. Says what is wrong with them; undefined then. */
export function readTemplateRequest<Table extends FlagTable & ReturnType<typeof runFlags>>(
  table: Table,
  context: CommandContext,
  help: string,
): TemplateRequest<FlagValues<Table>> | undefined {
  const ui = plainUi(context);
  const read = readArguments(table, context.args, { ui, help, stderr: context.console.stderr });
  if (read === undefined) return undefined;
  const { workingDirectory } = context.console;
  // TypeScript can't see through the mapped type that the table has these flags; its constraint says so.
  const configType = (read.flags as RunFlagValues)["config-type"];
  const found = resolveTemplatePath(read.template, { configType, workingDirectory });
  if (found.kind !== "missing") return { ...read, isLegacy: found.kind === "json" };
  ui.error(found.message);
  return undefined;
}

function plainUi({ console, machineReadable }: CommandContext): Ui {
  if (!machineReadable) return textUi(console.stdout);
  return machineUi(console.stdout, { mask: (text) => text, now: Date.now });
}
