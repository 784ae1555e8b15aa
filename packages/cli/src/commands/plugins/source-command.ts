import { firstPartyPlugin, isInstallError, type Platform, type Requirement } from "@ingot/installer";
import { parseFlags, type FlagTable, type FlagValues } from "../../flags/parse-flags.js";
import type { PluginSession } from "../../plugins/plugin-session.js";
import type { CommandContext } from "../registry.js";
import { parsePlatforms } from "./parse-platforms.js";
import { argumentUi } from "./subcommand.js";
import type { sourceFlags } from "./template-arguments.js";

type SourceFlagValues = FlagValues<ReturnType<typeof sourceFlags>>;

/** What a command that gets plugins from elsewhere was asked for. */
export interface SourceRequest<Values> {
  readonly flags: Values & SourceFlagValues;
  readonly positionals: readonly string[];
  readonly platforms: readonly Platform[];
}

/** Reads flags and arguments, of which there may be so many. Says what is wrong; undefined then. */
export function readSourceRequest<Table extends FlagTable & ReturnType<typeof sourceFlags>>(
  table: Table,
  context: CommandContext,
  { help, least, most }: { readonly help: string; readonly least: number; readonly most: number },
): SourceRequest<FlagValues<Table>> | undefined {
  const ui = argumentUi(context);
  const parsed = parseFlags(table, context.args);
  const count = parsed.ok ? parsed.positionals.length : least;
  if (!parsed.ok || count < least || count > most) {
    if (!parsed.ok) ui.error(parsed.message);
    ui.say(help);
    return undefined;
  }
  // TypeScript can't see through the mapped type that the table has these flags; its constraint says so.
  const flags = parsed.values as FlagValues<Table> & SourceFlagValues;
  const read = parsePlatforms(flags.platform);
  if ("platforms" in read) return { flags, positionals: parsed.positionals, platforms: read.platforms };
  ui.error(read.problem);
  return undefined;
}

/** Does the work for each plugin that comes from elsewhere, tells what goes wrong with one, and goes on with the others. */
export async function forEachExternal<T>(
  requirements: readonly Requirement[],
  { ui, settings, signal }: PluginSession,
  work: (requirement: Requirement) => Promise<T>,
): Promise<{ readonly results: readonly T[]; readonly hasFailed: boolean }> {
  const results: T[] = [];
  let hasFailed = false;
  for (const requirement of requirements) {
    const { text } = requirement.address;
    if (firstPartyPlugin(text, settings.external) !== undefined) {
      ui.say(`${text} is built in.`);
      continue;
    }
    try {
      results.push(await work(requirement));
    } catch (error) {
      signal.throwIfAborted();
      if (!isInstallError(error)) throw error;
      ui.error(`Failed getting the ${JSON.stringify(text)} plugin:`);
      ui.error(error.message);
      hasFailed = true;
    } finally {
      ui.downloads.end(text);
    }
  }
  return { results, hasFailed };
}
