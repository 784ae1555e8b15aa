import type { PluginAge } from "@ingot/installer";
import { textFlag } from "../../../flags/flag-kinds.js";
import { parseFlags } from "../../../flags/parse-flags.js";
import { withPluginSession } from "../../../plugins/plugin-session.js";
import { argumentUi, type Subcommand } from "../subcommand.js";
import { readLocked, templateFlags } from "../template-arguments.js";

const HELP = `Usage: ingot plugins outdated [options] [TEMPLATE]

  Lists the plugins that the template requires (default: those of the current
  folder) of which there are newer versions. "ingot init -upgrade" gets those
  that the template allows.

Options:

  -mirror=DIR|URL               Ask this folder or address, and nothing else.
  -json                         Print all required plugins as JSON.
  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -config-type=hcl2             The language of a template whose name doesn't
                                tell it: hcl2 or json (default).

Examples:

  ingot plugins outdated
  ingot plugins outdated -json images.pkr.hcl
`;

const COLUMNS = ["PLUGIN", "CURRENT", "ALLOWED", "NEWEST", "CONSTRAINTS"];

export const outdated: Subcommand = {
  help: HELP,
  run: async (context) => {
    const argumentsUi = argumentUi(context);
    const parsed = parseFlags({ ...templateFlags(), mirror: textFlag("") }, context.args);
    if (!parsed.ok || parsed.positionals.length > 1) {
      if (!parsed.ok) argumentsUi.error(parsed.message);
      argumentsUi.say(HELP);
      return 1;
    }
    const { values: flags, positionals } = parsed;
    return await withPluginSession(context, { isJson: flags.json, mirror: flags.mirror }, async (session) => {
      const { ui, settings } = session;
      const read = await readLocked(positionals[0] ?? ".", flags, { context, ui });
      if (typeof read === "number") return read;
      const { lock } = read.lock;
      const { pluginAges } = await import("../../../plugins/online.js");
      const openContext = await session.openContext();
      const ages = await pluginAges(read.requirements, { lock, external: settings.external }, openContext);
      for (const { requirement, problem } of ages) {
        if (problem !== undefined) ui.error(`${requirement.address.text}: ${problem}`);
      }
      const shown = ages.filter(({ problem, current, newest }) => problem === undefined && current !== newest);
      const hasFailed = ages.some(({ problem }) => problem !== undefined);
      if (shown.length > 0) ui.say(tableText([COLUMNS, ...shown.map(rowOf)]));
      else if (!hasFailed) ui.say("All plugins are of the newest version.");
      ui.document({ plugins: ages.map(ageJson) });
      return hasFailed ? 1 : 0;
    });
  },
};

function rowOf({ requirement, current, allowed, newest }: PluginAge): readonly string[] {
  const { address, constraintText } = requirement;
  return [address.text, current ?? "none", allowed ?? "none", newest ?? "none", constraintText];
}

function ageJson({ requirement, current, allowed, newest, isOutdated, problem }: PluginAge): object {
  const { address, constraintText } = requirement;
  return { source: address.text, constraints: constraintText, current, allowed, newest, isOutdated, problem };
}

/** Columns that are as wide as what is in them. */
function tableText(rows: readonly (readonly string[])[]): string {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return lines.map((line) => line.trimEnd()).join("\n");
}
