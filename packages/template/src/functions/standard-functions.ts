import {
  stringType,
  stringValue,
  type AnyFunction,
  type EvaluationBudget,
  type FunctionSpec,
  type FunctionTable,
} from "@ingot/hcl";
import type { TemplateWorld } from "../model.js";
import { cidrFunctions } from "./cidr-functions.js";
import { collectionFunctions } from "./collection-functions.js";
import { controlFunctions } from "./control-functions.js";
import { dateFunctions } from "./date-functions.js";
import { arg, param, textOf } from "./define.js";
import { encodingFunctions } from "./encoding-functions.js";
import { fileFunctions } from "./file-functions.js";
import { formatFunctions } from "./format.js";
import type { FunctionLibraries } from "./function-libraries.js";
import { hashFunctions } from "./hash-functions.js";
import { numberFunctions } from "./number-functions.js";
import { regexFunctions } from "./regex-functions.js";
import { remoteFunctions } from "./remote-functions.js";
import { stringFunctions } from "./string-functions.js";
import { uuidFunctions } from "./uuid-functions.js";
import { yamlFunctions } from "./yaml-functions.js";

export interface StandardFunctionsOptions {
  readonly world: TemplateWorld;
  readonly libraries: FunctionLibraries;
  /** Where relative paths of `file`, `templatefile` and so on start. Absent: the working directory. */
  readonly templateFolder?: string;
  /** Bounds what functions evaluate themselves (`templatefile`) and what `bcrypt` computes. Absent: each call has a budget of its own. */
  readonly budget?: EvaluationBudget;
  /** Called with each secret that a function has read from a remote store, before anything can show it. */
  readonly onSecret?: (secret: string) => void;
  /** When the run began, in milliseconds since 1970, for the legacy time functions. Absent: now. */
  readonly startedMs?: number;
}

/** The functions that expressions of a template can call, by name. */
export function standardFunctions(options: StandardFunctionsOptions): FunctionTable {
  const { world, libraries } = options;
  const baseFolder = options.templateFolder ?? world.workingDirectory;
  const now = (): number => world.now();
  const table = new Map<string, AnyFunction>();
  const all: readonly AnyFunction[] = [
    ...numberFunctions,
    ...stringFunctions,
    ...formatFunctions,
    ...regexFunctions(libraries),
    ...collectionFunctions,
    ...encodingFunctions,
    ...yamlFunctions(libraries),
    ...hashFunctions(libraries, options.budget),
    ...fileFunctions({ world, baseFolder, ...(options.budget && { budget: options.budget }) }, () => table),
    ...dateFunctions(now, options.startedMs ?? now()),
    ...uuidFunctions,
    ...cidrFunctions,
    ...remoteFunctions(options),
    ...controlFunctions,
  ];
  for (const one of all) table.set(one.name, one);
  return table;
}

/** The one function that defaults of variables can call. */
export function envFunction(world: TemplateWorld): FunctionSpec {
  return {
    name: "env",
    params: [param.string("key")],
    returnType: stringType,
    impl: (args) => stringValue(world.env[textOf(arg(args, 0))] ?? ""),
  };
}
