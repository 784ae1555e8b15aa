import path from "node:path";
import { findPlugins, type PluginDescription } from "@ingot/host";
import { firstPartyPlugin, InstallError, parsePluginAddress, type InstalledPlugin } from "@ingot/installer";
import { choiceFlag, switchFlag } from "../../../flags/flag-kinds.js";
import { parseFlags } from "../../../flags/parse-flags.js";
import { findDirectories } from "../../../directories.js";
import { developmentPlugins } from "../../../plugins/development-plugin.js";
import { withPluginSession, type PluginSession } from "../../../plugins/plugin-session.js";
import { pluginEnvironment } from "../../../settings.js";
import { VERSION } from "../../../version.js";
import type { CommandContext } from "../../registry.js";
import { argumentUi, type Subcommand } from "../subcommand.js";
import { descriptionJson } from "./json.js";
import { markdownLines } from "./markdown.js";
import { descriptionText } from "./text.js";

const HELP = `Usage: ingot plugins describe [options] <plugin> [<component>]

  Shows the components of a plugin and their options. The plugin is the name of
  one that comes with Ingot, lies in a folder of INGOT_PLUGIN_PATH or is
  installed (its newest version), or an address such as github.com/acme/greet.

Options:

  -format=text                  text (default), markdown or json.
  -json                         The same as -format=json.

Examples:

  ingot plugins describe oci
  ingot plugins describe core shell-local
  ingot plugins describe -format=markdown github.com/acme/greet
`;

/** A program to ask. */
interface Program {
  readonly path: string;
  readonly contentHash?: string;
}

export const describe: Subcommand = {
  help: HELP,
  run: async (context) => {
    const argumentsUi = argumentUi(context);
    const table = { format: choiceFlag(["text", "markdown", "json"]), json: switchFlag(false) };
    const parsed = parseFlags(table, context.args);
    const [name, component, ...others] = parsed.ok ? parsed.positionals : [];
    if (!parsed.ok || name === undefined || others.length > 0) {
      if (!parsed.ok) argumentsUi.error(parsed.message);
      argumentsUi.say(HELP);
      return 1;
    }
    const format = parsed.values.json ? "json" : parsed.values.format;
    return await withPluginSession(context, { isJson: format === "json" }, async (session) => {
      const program = await findProgram(name, context, session);
      const description = await ask(program, context, session);
      const components =
        component === undefined
          ? description.components
          : description.components.filter((one) => one.name === component);
      if (components.length === 0) {
        const known = description.components.map((one) => one.name).join(", ");
        throw new InstallError(`The plugin ${description.name} has no component ${component ?? ""}. It has: ${known}.`);
      }
      const { ui } = session;
      if (format === "markdown") {
        const title = `# Plugin ${description.name} ${description.version}`;
        ui.say([title, ...markdownLines(components)].join("\n"));
      } else ui.say(descriptionText(description, components));
      ui.document(descriptionJson(description, components));
      return 0;
    });
  },
};

async function ask(
  program: Program,
  { console: { env } }: CommandContext,
  { signal, settings }: PluginSession,
): Promise<PluginDescription> {
  const { describePlugin } = await import("../../../plugins/online.js");
  const cacheDir = path.join(path.dirname(settings.cacheFolder), "descriptions");
  return await describePlugin({
    ...program,
    hostVersion: VERSION,
    signal,
    cacheDir,
    env: { ...pluginEnvironment(env) },
  });
}

/** Finds what a build would use. Throws InstallError when there is nothing. */
async function findProgram(name: string, context: CommandContext, session: PluginSession): Promise<Program> {
  const { settings } = session;
  const address = name.includes("/") ? parsePluginAddress(name) : undefined;
  if (address !== undefined && "problem" in address) throw new InstallError(address.problem);
  const builtinName = address === undefined ? name : firstPartyPlugin(address.text, settings.external)?.name;
  const development = address === undefined ? developmentPlugins(context.console)(name) : undefined;
  if (development !== undefined) return { path: development };
  const builtin = builtinName === undefined ? undefined : builtinPlugin(builtinName, context);
  if (builtin !== undefined && !settings.external.includes(builtinName ?? "")) return { path: builtin };
  const { store, signal } = session;
  const installed = await store.list(address === undefined ? {} : { address }, { signal });
  const plugin = installed.filter((one) => address !== undefined || one.name === name).at(-1);
  if (plugin !== undefined) return programOf(plugin);
  throw new InstallError(
    `There is no plugin ${name}. "ingot plugins installed" lists what is installed in ${store.folders.join(", ")}.`,
  );
}

function builtinPlugin(name: string, { console }: CommandContext): string | undefined {
  const builtinPluginDir = findDirectories(console).builtinPlugins;
  const places = { pluginPath: undefined, userPluginDir: undefined, builtinPluginDir };
  return findPlugins(places, () => undefined).find((plugin) => plugin.name === name)?.path;
}

function programOf({ family, address, version, executable, contentHash }: InstalledPlugin): Program {
  if (family === "ingot") return { path: executable, contentHash };
  throw new InstallError(
    `${address} ${version} is a plugin for Packer, which this version of Ingot can't ask for its options.`,
  );
}
