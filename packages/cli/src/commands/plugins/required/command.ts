import { mustParseAddress } from "@ingot/installer";
import type { RequiredPlugin } from "@ingot/template";
import { parseFlags } from "../../../flags/parse-flags.js";
import { withPluginSession, type PluginSession } from "../../../plugins/plugin-session.js";
import { installedJson } from "../outcome-json.js";
import { argumentUi, type Subcommand } from "../subcommand.js";
import { readLocked, templateFlags } from "../template-arguments.js";

const HELP = `Usage: ingot plugins required [options] TEMPLATE

  Lists the plugins that the template requires: their name in the template,
  where they come from, the versions that fit, and what is installed of these.

Options:

  -json                         Print all that is known of them as JSON.
  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -config-type=hcl2             The language of a template whose name doesn't
                                tell it: hcl2 or json (default).

Examples:

  ingot plugins required .
  ingot plugins required images.pkr.hcl
`;

export const required: Subcommand = {
  help: HELP,
  run: async (context) => {
    const ui = argumentUi(context);
    const parsed = parseFlags(templateFlags(), context.args);
    const [template, ...others] = parsed.ok ? parsed.positionals : [];
    if (!parsed.ok || template === undefined || others.length > 0) {
      if (!parsed.ok) ui.error(parsed.message);
      ui.say(HELP);
      return 1;
    }
    return await withPluginSession(context, { isJson: parsed.values.json }, async (session) => {
      const read = await readLocked(template, parsed.values, { context, ui: session.ui });
      if (typeof read === "number") return read;
      const plugins = await Promise.all(read.required.map((plugin) => listOne(plugin, session)));
      for (const { line } of plugins) session.ui.message(line);
      session.ui.document({
        plugins: plugins.map(({ json, address }) => ({
          ...json,
          locked: read.lock.lock.plugins.get(address)?.version,
        })),
      });
      return 0;
    });
  },
};

async function listOne(
  { localName, source, constraint, constraintText }: RequiredPlugin,
  { store, signal }: PluginSession,
): Promise<{ readonly line: string; readonly json: object; readonly address: string }> {
  const plugins = await store.list({ address: mustParseAddress(source.text), constraint }, { signal });
  const paths = plugins.map((plugin) => ` ${store.placeOf(plugin)}`);
  const installed = plugins.map((plugin) => installedJson(plugin, store));
  return {
    line: `${localName} ${source.text} "${constraintText}"${paths.join("")}`,
    json: { localName, source: source.text, constraints: constraintText, installed },
    address: source.text,
  };
}
