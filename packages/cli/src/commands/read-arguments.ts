import { parseFlags, type FlagTable, type FlagValues } from "../flags/parse-flags.js";
import type { TextOutput } from "../console.js";
import type { Ui } from "../ui.js";

/**
 * Reads the flags and the one template of a command. Says what is wrong and shows the help; undefined then.
 */
export function readArguments<Table extends FlagTable>(
  table: Table,
  args: readonly string[],
  { ui, help, stderr }: { readonly ui: Ui; readonly help: string; readonly stderr?: TextOutput },
): { readonly flags: FlagValues<Table>; readonly template: string } | undefined {
  const parsed = parseFlags(table, args);
  if (!parsed.ok) {
    ui.error(parsed.message);
    ui.say(help);
    return undefined;
  }
  const [template, ...others] = parsed.positionals;
  if (template === undefined || others.length > 0) {
    // Existing users expect nothing but the help on the standard output.
    stderr?.write(template === undefined ? "A template is missing.\n" : tooMuchText(template, others));
    ui.say(help);
    return undefined;
  }
  return { flags: parsed.values, template };
}

function tooMuchText(template: string, others: readonly string[]): string {
  const flag = others.find((other) => other.startsWith("-"));
  return flag === undefined
    ? `There must be one template only: ${[template, ...others].join(" ")}\n`
    : `Options must stand before the template: ${flag} after ${template}\n`;
}
