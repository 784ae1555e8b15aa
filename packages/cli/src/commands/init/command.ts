import {
  installPlugins,
  lockChanges,
  LOCK_FILE_NAME,
  pruneLock,
  writeLockFile,
  type InstallOutcome,
  type InstallResult,
} from "@ingot/installer";
import { choiceFlag, switchFlag, textFlag } from "../../flags/flag-kinds.js";
import type { FlagValues } from "../../flags/parse-flags.js";
import { sharedFlags } from "../../flags/shared-flags.js";
import { developmentPlugins } from "../../plugins/development-plugin.js";
import { withPluginSession, type PluginSession } from "../../plugins/plugin-session.js";
import { runningPlugins } from "../../plugins/running-plugins.js";
import { textUi } from "../../ui.js";
import { VERSION } from "../../version.js";
import { outcomeJson } from "../plugins/outcome-json.js";
import { sayOutcome } from "../plugins/say-outcome.js";
import { readLocked, type LockedRequirements } from "../plugins/template-arguments.js";
import { readArguments } from "../read-arguments.js";
import type { CommandContext, RunCommand } from "../registry.js";
import { HELP } from "./help.js";

function initFlags() {
  return {
    ...sharedFlags(),
    upgrade: switchFlag(false),
    force: switchFlag(false),
    lockfile: choiceFlag(["update", "readonly"]),
    mirror: textFlag(""),
    json: switchFlag(false),
  };
}

type InitFlags = FlagValues<ReturnType<typeof initFlags>>;

/** `ingot init`: installs what the template requires. */
export const runCommand: RunCommand = async (context) => {
  const { stdout, stderr } = context.console;
  const request = readArguments(initFlags(), context.args, { ui: textUi(stdout), help: HELP, stderr });
  if (request === undefined) return 1;
  const { flags, template } = request;
  return await withPluginSession(context, { isJson: flags.json, mirror: flags.mirror }, async (session) => {
    const { ui } = session;
    if (flags.upgrade && flags.lockfile === "readonly") {
      ui.error("-upgrade changes the lock file, and -lockfile=readonly forbids that: give one of them.");
      ui.document({});
      return 1;
    }
    const read = await readLocked(template, flags, { context, ui });
    if (typeof read === "number") return read;
    return await install(read, { flags, session, context });
  });
};

async function install(
  { requirements, folder, ownsFolder, lock }: LockedRequirements,
  {
    flags,
    session,
    context,
  }: { readonly flags: InitFlags; readonly session: PluginSession; readonly context: CommandContext },
): Promise<number> {
  const { ui, settings } = session;
  const isReadonly = flags.lockfile === "readonly";
  const result = await installPlugins(
    requirements,
    {
      ...{ lock: lock.lock, upgrade: flags.upgrade, force: flags.force, isReadonly },
      ...{ external: settings.external, hostVersion: VERSION, keepConstraints: !ownsFolder },
      developmentPlugin: developmentPlugins(context.console),
      running: runningPlugins(context.console),
      ...{ openContext: session.openContext, onOutcome: (outcome: InstallOutcome) => sayOutcome(outcome, session) },
    },
    session.planContext,
  );
  const change = await keepLock(result, { requirements, folder, ownsFolder, lock, isReadonly, session });
  ui.document({
    plugins: result.outcomes.map((outcome) => outcomeJson(outcome, session.store)),
    lockFile: { path: lock.path, change },
  });
  const hasFailed = result.outcomes.some(({ status }: InstallOutcome) => status === "failed");
  return hasFailed || change === "forbidden" ? 1 : 0;
}

/** Writes the lock file when it changed and may. */
async function keepLock(
  { lock: merged, forbidden, outcomes }: InstallResult,
  {
    requirements,
    folder,
    ownsFolder,
    lock,
    isReadonly,
    session: { ui },
  }: Pick<LockedRequirements, "requirements" | "folder" | "ownsFolder" | "lock"> & {
    readonly isReadonly: boolean;
    readonly session: PluginSession;
  },
): Promise<"none" | "created" | "updated" | "forbidden"> {
  const wanted = new Set(requirements.map(({ address }) => address.text));
  const hasFailed = outcomes.some(({ status }) => status === "failed");
  const next = ownsFolder && !hasFailed ? pruneLock(merged, wanted) : merged;
  if (isReadonly) {
    const stale = lockChanges(merged, next, []);
    if (forbidden.length + stale.length === 0) return "none";
    const changes = [...forbidden, ...stale].map((change) => `* ${change}`).join("\n");
    ui.error(`${LOCK_FILE_NAME} would have to change, which -lockfile=readonly forbids:\n${changes}`);
    return "forbidden";
  }
  if (!lock.exists && next.plugins.size === 0) return "none";
  if (!(await writeLockFile(folder, next))) return "none";
  ui.say(
    lock.exists
      ? `Updated ${LOCK_FILE_NAME}.`
      : `Created ${LOCK_FILE_NAME}. Commit it, so that everybody who uses the template gets the same plugins.`,
  );
  return lock.exists ? "updated" : "created";
}
