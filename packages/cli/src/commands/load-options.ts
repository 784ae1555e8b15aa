import type { LoadOptions } from "@ingot/engine";
import type { Console } from "../console.js";
import type { FlagValues } from "../flags/parse-flags.js";
import { fileWorld } from "./file-world.js";
import type { runFlags } from "./run-flags.js";

/** What the flags and the arguments say about the template. */
export function loadOptions(
  flags: FlagValues<ReturnType<typeof runFlags>>,
  options: {
    readonly template: string;
    readonly console: Console;
    readonly warnUndeclared: boolean;
    readonly executeDataSources: boolean;
  },
): LoadOptions {
  return {
    path: options.template,
    world: fileWorld(options.console),
    variableFiles: flags["var-file"],
    variables: [...flags.var].map(([name, text]) => ({ name, text })),
    warnUndeclared: options.warnUndeclared,
    only: flags.only,
    except: flags.except,
    executeDataSources: options.executeDataSources,
  };
}
