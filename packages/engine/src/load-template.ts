import { hasErrors, type Outcome } from "@ingot/diag";
import {
  evaluateTemplate,
  selectBuilds,
  type ParsedTemplate,
  type ParseTemplateOptions,
  type Template,
} from "@ingot/template";
import { dataSourceRunner } from "./data-source-runner.js";
import type { RunContext } from "./run-context.js";

/** Which template to load, and how. */
export interface LoadOptions extends ParseTemplateOptions {
  /** Items of -only and -except. Empty: all builds. */
  readonly only: readonly string[];
  readonly except: readonly string[];
  /** Otherwise what data sources give is unknown; only for runs that validate. */
  readonly executeDataSources: boolean;
}

/**
 * Evaluates a template that was read, with the plugins' data sources, and picks the builds that the user wants. The value is undefined
 * exactly when there are errors.
 */
export async function evaluateForRun(
  run: RunContext,
  parsed: ParsedTemplate,
  options: LoadOptions & { readonly signal: AbortSignal },
): Promise<Outcome<Template | undefined>> {
  const { signal } = options;
  const evaluated = await evaluateTemplate(parsed, { ...options, dataSources: dataSourceRunner(run, { signal }) });
  const template = evaluated.value;
  if (template === undefined) return evaluated;
  const selected = selectBuilds(template, options);
  const diagnostics = [...evaluated.diagnostics, ...selected.diagnostics];
  return { value: hasErrors(diagnostics) ? undefined : { ...template, builds: selected.value }, diagnostics };
}
