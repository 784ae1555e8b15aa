import path from "node:path";
import {
  EMPTY_LOCK,
  installPlugins,
  parsePluginAddress,
  type InstallOutcome,
  type PluginAddress,
  type Requirement,
} from "@ingot/installer";
import { parseVersionConstraint } from "@ingot/template";
import { switchFlag, textFlag } from "../../../flags/flag-kinds.js";
import { parseFlags, type FlagValues } from "../../../flags/parse-flags.js";
import { withPluginSession, type PluginSession } from "../../../plugins/plugin-session.js";
import { VERSION } from "../../../version.js";
import { outcomeJson } from "../outcome-json.js";
import { sayOutcome } from "../say-outcome.js";
import { argumentUi, type Subcommand } from "../subcommand.js";
import { installFile } from "./install-file.js";

const HELP = `Usage: ingot plugins install [options] <plugin> [<version constraint>]

  Installs the newest version of a plugin that meets the constraint. No lock
  file is changed. What a template requires is installed by "ingot init".

Options:

  -path=FILE                    Install this program instead of a release. The
                                constraint doesn't count then.
  -force                        Install again what is there already.
  -mirror=DIR|URL               Get the plugin from this folder or address, and
                                from nowhere else.
  -json                         Print the outcome as JSON instead of text.

Examples:

  ingot plugins install github.com/acme/greet
  ingot plugins install github.com/acme/greet "~> 1.2"
  ingot plugins install -path=dist/ingot-plugin-greet.mjs github.com/acme/greet
`;

function installFlags() {
  return { path: textFlag(""), force: switchFlag(false), mirror: textFlag(""), json: switchFlag(false) };
}

type InstallFlags = FlagValues<ReturnType<typeof installFlags>>;

export const install: Subcommand = {
  help: HELP,
  run: async (context) => {
    const ui = argumentUi(context);
    const parsed = parseFlags(installFlags(), context.args);
    if (!parsed.ok) {
      ui.say(HELP);
      ui.error(`Failed to parse options: ${parsed.message}`);
      return 1;
    }
    const [source, constraintText, ...others] = parsed.positionals;
    if (source === undefined || others.length > 0) {
      ui.error(`Invalid arguments, expected either 1 or 2 positional arguments, got ${parsed.positionals.length}`);
      ui.say(HELP);
      return 1;
    }
    const { values: flags } = parsed;
    return await withPluginSession(context, { isJson: flags.json, mirror: flags.mirror }, async (session) => {
      const address = parsePluginAddress(source);
      if ("problem" in address) {
        return fail(session, `Invalid source string ${JSON.stringify(source)}: ${address.problem}`);
      }
      if (flags.path === "") return await installRelease(address, constraintText, { flags, session });
      const file = path.resolve(context.console.workingDirectory, flags.path);
      return await installFile(address, file, { session, env: context.console.env });
    });
  },
};

async function installRelease(
  address: PluginAddress,
  constraintText: string | undefined,
  { flags, session }: { readonly flags: InstallFlags; readonly session: PluginSession },
): Promise<number> {
  const { ui, settings } = session;
  const parsed = constraintText === undefined ? { constraint: [] } : parseVersionConstraint(constraintText);
  if ("problem" in parsed) return fail(session, parsed.problem.charAt(0).toLowerCase() + parsed.problem.slice(1));
  const early = parsed.constraint.find(({ version }) => version.prerelease !== "");
  if (early !== undefined) return fail(session, `Unsupported prerelease for constraint ${JSON.stringify(early.text)}`);
  const requirement: Requirement = {
    ...{ address, localNames: [], constraint: parsed.constraint },
    constraintText: constraintText ?? "",
  };
  const result = await installPlugins(
    [requirement],
    {
      ...{ lock: EMPTY_LOCK, upgrade: true, force: flags.force, isReadonly: false, keepConstraints: false },
      ...{ external: settings.external, hostVersion: VERSION, developmentPlugin: () => undefined },
      ...{ trustsInstalled: true, openContext: session.openContext },
      onOutcome: (outcome: InstallOutcome) => {
        if (outcome.status === "failed") ui.error(outcome.problem ?? "");
        else sayOutcome(outcome, session);
      },
    },
    session.planContext,
  );
  ui.document({ plugins: result.outcomes.map((outcome) => outcomeJson(outcome, session.store)) });
  return result.outcomes.some(({ status }) => status === "failed") ? 1 : 0;
}

function fail({ ui }: PluginSession, problem: string): number {
  ui.error(problem);
  ui.document({});
  return 1;
}
