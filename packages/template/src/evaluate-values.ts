import type { Outcome } from "@ingot/diag";
import type { EvaluationContext, Value } from "@ingot/hcl";
import { Collector } from "./collector.js";
import { evaluatePrerequisites } from "./evaluate-prerequisites.js";
import { evaluateSequentially } from "./evaluate-sequentially.js";
import { baseContext, contextWith, runBudget } from "./evaluation-scope.js";
import { checkVariables } from "./evaluate-variables.js";
import { loadFunctionLibraries } from "./functions/function-libraries.js";
import { standardFunctions } from "./functions/standard-functions.js";
import type { DataSources, TemplateWorld } from "./model.js";
import type { ParsedTemplate } from "./parse-template.js";
import { secretsOf, sensitiveVariableValues } from "./secrets.js";

export interface EvaluateValuesOptions {
  readonly world: TemplateWorld;
  readonly dataSources: DataSources;
  /** Otherwise data sources give unknown values. */
  readonly executeDataSources: boolean;
  /** Loads what any function needs, for expressions that are not in the template. */
  readonly loadAllFunctions?: boolean;
  /** Expressions besides those of the template: what their functions need is loaded too. */
  readonly expressions?: readonly string[];
  /** Evaluates all data sources before all locals, as old versions did. */
  readonly isSequential?: boolean;
  readonly signal?: AbortSignal;
  /** Called with each secret that a sensitive local holds or a function has read from a remote store, before anything can show it. */
  readonly onSecret?: (secret: string) => void;
}

/** The values that a template's expressions can refer to, as far as they could be evaluated. */
export interface TemplateValues {
  readonly locals: ReadonlyMap<string, Value>;
  /** By `TYPE.NAME`. */
  readonly data: ReadonlyMap<string, Value>;
  /** False when a variable is unset, or a local or data source failed: then more is missing or unknown. */
  readonly isComplete: boolean;
  /** What the expressions of builds see: functions, variables, locals, data sources. */
  readonly context: EvaluationContext;
  /** Every string inside a sensitive variable or local, and their lines. */
  readonly secrets: readonly string[];
}

/**
 * Checks variables, and evaluates locals and data sources. There are values even with errors, for tools that look into a
 * template; an unset variable is unknown then, and a local that failed is absent.
 */
export async function evaluateValues(
  parsed: ParsedTemplate,
  options: EvaluateValuesOptions,
): Promise<Outcome<TemplateValues>> {
  const { world } = options;
  const collector = new Collector();
  const texts = Array.from(parsed.sourceSet.files.values(), ({ bytes }) => new TextDecoder().decode(bytes));
  const libraries = await loadFunctionLibraries(
    options.loadAllFunctions ? undefined : [...texts, ...(options.expressions ?? [])],
  );
  const startedMs = world.now();
  const budget = runBudget();
  const shared = { world, libraries, startedMs, budget, ...(options.onSecret && { onSecret: options.onSecret }) };
  // Rules of variables start from the working directory, everything else from the template's folder.
  collector.add(...checkVariables(parsed, standardFunctions({ ...shared }), budget));
  const functions = standardFunctions({ ...shared, templateFolder: parsed.rootFolder });
  const base = baseContext(parsed, { world, functions, budget });
  const evaluateInOrder = options.isSequential ? evaluateSequentially : evaluatePrerequisites;
  const { locals, data, isComplete } = await evaluateInOrder(parsed, { ...options, base }, collector);
  const areSet = [...parsed.variables.keys()].every((name) => parsed.variableValues.has(name));
  const sensitiveLocals = parsed.locals.flatMap(({ name, isSensitive }) =>
    isSensitive ? (locals.get(name) ?? []) : [],
  );
  const value: TemplateValues = {
    locals,
    data,
    isComplete: isComplete && areSet,
    context: contextWith(base, locals, data),
    secrets: secretsOf([...sensitiveVariableValues(parsed.variables, parsed.variableValues), ...sensitiveLocals]),
  };
  return { value, diagnostics: collector.diagnostics };
}
