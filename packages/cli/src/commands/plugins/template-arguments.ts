import { hasErrors } from "@ingot/diag";
import { readLockFile, type ReadLock } from "@ingot/installer";
import { repeatedFlag, switchFlag, textFlag } from "../../flags/flag-kinds.js";
import type { FlagValues } from "../../flags/parse-flags.js";
import { sharedFlags } from "../../flags/shared-flags.js";
import type { PluginUi } from "../../plugins/plugin-ui.js";
import type { CommandContext } from "../registry.js";
import { NO_REQUIREMENT, readRequirements, type TemplateRequirements } from "./read-requirements.js";

/** The flags of commands about what a template requires. */
export function templateFlags() {
  return { ...sharedFlags(), json: switchFlag(false) };
}

/** The flags of those that get plugins from elsewhere. */
export function sourceFlags() {
  return { ...templateFlags(), mirror: textFlag(""), platform: repeatedFlag() };
}

/** A template's requirements, with its lock file. */
export interface LockedRequirements extends TemplateRequirements {
  readonly lock: ReadLock;
}

/** Reads the template and its lock file. Says what is wrong, or that nothing is required; the exit status then. */
export async function readLocked(
  template: string,
  flags: FlagValues<ReturnType<typeof templateFlags>>,
  { context, ui }: { readonly context: CommandContext; readonly ui: PluginUi },
): Promise<LockedRequirements | number> {
  const options = {
    template,
    configType: flags["config-type"],
    variables: flags.var,
    variableFiles: flags["var-file"],
  };
  const read = readRequirements(options, context, ui);
  if (read === undefined) {
    ui.document({});
    return 1;
  }
  if (read.requirements.length === 0) {
    ui.message(NO_REQUIREMENT);
    ui.document({ plugins: [] });
    return 0;
  }
  const lock = await readLockFile(read.folder);
  ui.diagnostics(lock.diagnostics, () => lock.source?.bytes);
  if (!hasErrors(lock.diagnostics)) return { ...read, lock };
  ui.document({});
  return 1;
}
