import { readFileSync } from "node:fs";
import type { LoadOptions } from "@ingot/engine";
import { STANDARD_INPUT, type TemplateWorld } from "@ingot/template";
import type { Console } from "../console.js";
import type { FlagValues } from "../flags/parse-flags.js";
import { fileWorld } from "./file-world.js";
import type { runFlags } from "./run-flags.js";

/** What the flags and the arguments say about the template. */
export function loadOptions(
  flags: FlagValues<ReturnType<typeof runFlags>>,
  options: {
    readonly template: string;
    readonly isLegacy: boolean;
    readonly console: Console;
    readonly warnUndeclared: boolean;
    readonly executeDataSources: boolean;
  },
): LoadOptions {
  return {
    path: options.template,
    world: options.isLegacy ? withStandardInput(fileWorld(options.console)) : fileWorld(options.console),
    language: options.isLegacy ? "json" : "hcl2",
    variableFiles: flags["var-file"],
    variables: [...flags.var].map(([name, text]) => ({ name, text })),
    warnUndeclared: options.warnUndeclared,
    only: flags.only,
    except: flags.except,
    executeDataSources: options.executeDataSources,
    isSequential: flags["use-sequential-evaluation"],
  };
}

/** Legacy templates may come from standard input. */
export function withStandardInput(world: TemplateWorld): TemplateWorld {
  const STDIN = 0;
  return { ...world, readFile: (path) => (path === STANDARD_INPUT ? readFileSync(STDIN) : world.readFile(path)) };
}
