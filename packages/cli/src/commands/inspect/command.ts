import { inspectTemplate } from "@ingot/template";
import { parseFlags } from "../../flags/parse-flags.js";
import type { RunCommand } from "../registry.js";
import { withDataSources } from "../tools/data-sources.js";
import { loadToolTemplate } from "../tools/load-template.js";
import { toolFlags } from "../tools/tool-flags.js";
import { toolUi } from "../tools/tool-ui.js";
import { valueListText } from "../tools/value-list.js";
import { buildListText } from "./build-list.js";
import { HELP } from "./help.js";
import { showLegacyTemplate } from "./show-legacy-template.js";

/** `ingot inspect`: shows what a template contains. */
export const runCommand: RunCommand = async (context) => {
  const ui = toolUi(context);
  const flags = parseFlags(toolFlags(), context.args);
  if (!flags.ok) {
    ui.error(flags.message);
    ui.say(HELP);
    return 1;
  }
  const [template, ...others] = flags.positionals;
  const given = others.length === 0 && template !== "" ? template : undefined; // more than one counts as none
  const loaded = loadToolTemplate(given, { flags: flags.values, context, ui });
  if (loaded === undefined) return 1;
  if (loaded.language === "json") {
    showLegacyTemplate(loaded.parsed.template, ui);
    return 0;
  }
  const { parsed, world } = loaded;
  const { values, builds } = await withDataSources(parsed, { context, secrets: ui.secrets }, (dataSources, signal) =>
    inspectTemplate(parsed, {
      ...{ world, dataSources, executeDataSources: true },
      isSequential: flags.values["use-sequential-evaluation"],
      onSecret: (secret) => ui.secrets.add([secret]),
      ...(signal && { signal }),
    }),
  );
  ui.secrets.add(values.secrets);
  ui.say("Packer Inspect: HCL2 mode\n");
  ui.say(valueListText(parsed, values));
  ui.say(buildListText(builds));
  return 0;
};
