import { switchFlag, textFlag } from "../flags/flag-kinds.js";
import { sharedFlags } from "../flags/shared-flags.js";

/** The flags of the commands that start a run of the engine. */
export function runFlags() {
  return {
    ...sharedFlags(),
    json: switchFlag(false),
    "json-into": textFlag(""),
    "use-sequential-evaluation": switchFlag(false),
    "ignore-prerelease-plugins": switchFlag(false),
  };
}
