import type { InstallOutcome } from "@ingot/installer";
import { goQuote } from "@ingot/template";
import type { PluginSession } from "../../plugins/plugin-session.js";

/** Tells what was done about a plugin, in the reference's words where it has some. What was in its place already is no news. */
export function sayOutcome(
  { requirement, status, path = "", plugin, problem = "" }: InstallOutcome,
  { ui, store }: Pick<PluginSession, "ui" | "store">,
): void {
  const { text: source } = requirement.address;
  ui.downloads.end(source);
  switch (status) {
    case "builtin":
      return ui.say(`${source} is built in.`);
    case "running":
      return ui.say(`${source} runs already (INGOT_REATTACH_PLUGINS): it is not installed.`);
    case "development":
      return ui.say(`${source} is used as it lies in ${goQuote(path)}: it is not installed, and not locked.`);
    case "present":
      return;
    case "installed": {
      const place = plugin === undefined ? path : store.placeOf(plugin);
      const text = `Installed plugin ${source} v${plugin?.version ?? ""} in ${goQuote(place.replaceAll("\\", "/"))}`;
      return ui.say(ui.styles.build(1)(text));
    }
    case "failed":
      ui.error(`Failed getting the ${goQuote(source)} plugin:`);
      return ui.error(problem);
  }
}
