import { withPluginSession } from "../../../plugins/plugin-session.js";
import { installedJson } from "../outcome-json.js";
import type { Subcommand } from "../subcommand.js";

const HELP = `Usage: ingot plugins installed [options]

  Lists the plugins that are installed for this platform and that are in
  order, one a line: the oldest version of each first.

Options:

  -json                         Print all that is known of them as JSON, and
                                why files that look like plugins don't count.

Examples:

  ingot plugins installed
  ingot plugins installed -json
`;

/** As in the reference no argument is wrong. */
export const installed: Subcommand = {
  help: HELP,
  run: async (context) => {
    const isJson = context.args.some((arg) => /^--?json(=true)?$/.test(arg));
    return await withPluginSession(context, { isJson }, async ({ ui, store, signal }) => {
      const skipped: object[] = [];
      const onSkip = (path: string, reason: string): void => void skipped.push({ path, reason });
      const plugins = await store.list({ checkApi: false, onSkip }, { signal });
      for (const plugin of plugins) ui.message(store.placeOf(plugin));
      ui.document({ plugins: plugins.map((plugin) => installedJson(plugin, store)), skipped });
      return 0;
    });
  },
};
