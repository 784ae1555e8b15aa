import { lockMismatch, platformText, type InstalledPlugin, type LockFile } from "@ingot/installer";
import { parseFlags } from "../../../flags/parse-flags.js";
import { withPluginSession, type PluginSession } from "../../../plugins/plugin-session.js";
import { argumentUi, type Subcommand } from "../subcommand.js";
import { readLocked, templateFlags } from "../template-arguments.js";

const HELP = `Usage: ingot plugins verify [options] [TEMPLATE]

  Reads every byte of all that is installed for this platform, and compares it
  with what was installed; with a template, also that what it requires is there
  and is what the lock file says. The exit status is 1 when anything differs.

Options:

  -json                         Print the outcome as JSON instead of text.
  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -config-type=hcl2             The language of a template whose name doesn't
                                tell it: hcl2 or json (default).

Examples:

  ingot plugins verify
  ingot plugins verify .
`;

/** What is known of one file or plugin. */
interface Checked {
  readonly source?: string;
  readonly version?: string;
  readonly platform?: string;
  readonly path?: string;
  /** Absent: it is in order. */
  readonly problem?: string;
}

export const verify: Subcommand = {
  help: HELP,
  run: async (context) => {
    const argumentsUi = argumentUi(context);
    const parsed = parseFlags(templateFlags(), context.args);
    if (!parsed.ok || parsed.positionals.length > 1) {
      if (!parsed.ok) argumentsUi.error(parsed.message);
      argumentsUi.say(HELP);
      return 1;
    }
    const { values: flags, positionals } = parsed;
    return await withPluginSession(context, { isJson: flags.json }, async (session) => {
      const { ui } = session;
      const [template] = positionals;
      const read = template === undefined ? undefined : await readLocked(template, flags, { context, ui });
      if (typeof read === "number") return read;
      const { plugins, checked } = await checkInstalled(session);
      if (read !== undefined) checked.push(...compareWithLock(read.lock.lock, plugins));
      for (const one of checked) {
        if (one.problem === undefined) ui.say(`${titleOf(one)}: in order`);
        else ui.error(`${titleOf(one)}: ${one.problem}`);
      }
      if (checked.length === 0) ui.say("No plugin is installed.");
      ui.document({ plugins: checked.map((one) => ({ ...one, ok: one.problem === undefined })) });
      return checked.some(({ problem }) => problem !== undefined) ? 1 : 0;
    });
  },
};

async function checkInstalled({
  store,
  signal,
}: PluginSession): Promise<{ readonly plugins: readonly InstalledPlugin[]; readonly checked: Checked[] }> {
  const checked: Checked[] = [];
  const onSkip = (path: string, problem: string): void => void checked.push({ path, problem });
  const plugins = await store.list({ checkApi: false, onSkip }, { signal });
  for (const plugin of plugins) {
    const verdict = await store.verify(plugin, { signal, thorough: true });
    const path = store.placeOf(plugin);
    checked.push({ ...factsOf(plugin), path, ...(verdict.ok ? {} : { problem: verdict.reason }) });
  }
  return { plugins, checked };
}

function compareWithLock({ plugins: locked }: LockFile, installed: readonly InstalledPlugin[]): readonly Checked[] {
  return [...locked.values()].flatMap((entry): readonly Checked[] => {
    const fitting = installed.filter(({ address, version }) => address === entry.address && version === entry.version);
    const facts = { source: entry.address, version: entry.version };
    if (fitting.length === 0) return [{ ...facts, problem: "is locked, but not installed. Run ingot init." }];
    const problems = fitting.map((plugin) => lockMismatch(entry, plugin));
    if (problems.includes(undefined)) return [];
    return [{ ...facts, problem: problems[0] ?? "" }];
  });
}

function factsOf(plugin: InstalledPlugin): Checked {
  return { source: plugin.address, version: plugin.version, platform: platformText(plugin.platform) };
}

function titleOf({ source, version, platform, path = "" }: Checked): string {
  if (source === undefined) return path;
  return [source, version, platform].filter((part) => part !== undefined).join(" ");
}
