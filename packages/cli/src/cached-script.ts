import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import path from "node:path";
import { Script } from "node:vm";

type ModuleFunction = (
  exports: unknown,
  require: NodeJS.Require,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

/** A bundle that was compiled, with what is needed to run it and to keep its compiled form. */
export interface CompiledScript {
  readonly script: Script;
  /** Runs it as a CommonJS module, and gives its exports. */
  readonly run: () => unknown;
}

/**
 * Compiles a CommonJS bundle of ASCII text, which may not use `import()`. When the file's compiled form is beside it (`FILE.cache`, made by the build) and fits this
 * version of Node, that is used instead, which saves most of the time that loading takes.
 */
export function compileScript(file: string): CompiledScript {
  const cachedData = readIfThere(`${file}.cache`);
  const script = new Script(Module.wrap(readFileSync(file, "latin1")), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const run = (): unknown => {
    const module = { exports: {} };
    const load = script.runInThisContext() as ModuleFunction; // that is what Module.wrap makes of it
    load(module.exports, createRequire(file), module, file, path.dirname(file));
    return module.exports;
  };
  return { script, run };
}

const ran = new Map<string, unknown>();

/** The exports of a script, which runs when it is first asked for. */
export function runScript(file: string): unknown {
  if (!ran.has(file)) ran.set(file, compileScript(file).run());
  return ran.get(file);
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
