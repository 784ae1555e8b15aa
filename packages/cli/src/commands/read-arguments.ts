import { parseFlags, type FlagTable, type FlagValues } from "../flags/parse-flags.js";
import type { Ui } from "../ui.js";

/**
 * Reads the flags and the one template of a command. Says what is wrong and shows the help; undefined then.
 */
export function readArguments<Table extends FlagTable>(
  table: Table,
  args: readonly string[],
  { ui, help }: { readonly ui: Ui; readonly help: string },
): { readonly flags: FlagValues<Table>; readonly template: string } | undefined {
  const parsed = parseFlags(table, args);
  if (!parsed.ok) {
    ui.error(parsed.message);
    ui.say(help);
    return undefined;
  }
  const [template, ...others] = parsed.positionals;
  if (template === undefined || others.length > 0) {
    ui.say(help);
    return undefined;
  }
  return { flags: parsed.values, template };
}
