import { switchFlag } from "../../flags/flag-kinds.js";
import type { FlagValues } from "../../flags/parse-flags.js";
import { sharedFlags } from "../../flags/shared-flags.js";

/** The flags of the commands that look into a template. */
export function toolFlags() {
  return { ...sharedFlags(), "use-sequential-evaluation": switchFlag(false) };
}

export type ToolFlags = FlagValues<ReturnType<typeof toolFlags>>;
