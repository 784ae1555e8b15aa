import { hasErrors, type Diagnostic, type Outcome } from "@ingot/diag";
import {
  evaluateLegacyTemplate,
  evaluateTemplate,
  loadSecretFunctions,
  parseLegacyTemplate,
  parseTemplate,
  selectBuilds,
  type ParsedLegacyTemplate,
  type ParsedTemplate,
  type ParseResult,
  type ParseTemplateOptions,
  type Template,
} from "@ingot/template";
import { dataSourceRunner } from "./data-source-runner.js";
import type { RunContext } from "./run-context.js";

/** Which template to load, and how. */
export interface LoadOptions extends ParseTemplateOptions {
  /** The language of the template. Default: HCL. */
  readonly language?: "hcl2" | "json";
  /** Items of -only and -except. Empty: all builds. */
  readonly only: readonly string[];
  readonly except: readonly string[];
  /** Otherwise what data sources give is unknown; only for runs that validate. */
  readonly executeDataSources: boolean;
  /** Evaluates all data sources before all locals, as old versions did. */
  readonly isSequential?: boolean;
}

/** A template that was read, in either language. */
export type ReadTemplate =
  | { readonly language: "hcl2"; readonly parsed: ParsedTemplate }
  | { readonly language: "json"; readonly parsed: ParsedLegacyTemplate };

/** Reads a template without evaluating it. The template is absent when there are errors. */
export function readTemplate(
  options: LoadOptions,
): Outcome<{ readonly template?: ReadTemplate; readonly sources: ParseResult["sources"] }> {
  if (options.language === "json") {
    const { value, diagnostics } = parseLegacyTemplate(options);
    const { template: parsed, sources } = value;
    return { value: { ...(parsed && { template: { language: "json", parsed } }), sources }, diagnostics };
  }
  const { value, diagnostics } = parseTemplate(options);
  const { template: parsed, sources } = value;
  return { value: { ...(parsed && { template: { language: "hcl2", parsed } }), sources }, diagnostics };
}

/**
 * Evaluates a template that was read, with the plugins' data sources, and picks the builds that the user wants. The value is undefined
 * exactly when there are errors.
 */
export async function evaluateForRun(
  run: RunContext,
  { language, parsed }: ReadTemplate,
  options: LoadOptions & { readonly signal: AbortSignal },
): Promise<Outcome<Template | undefined>> {
  const { signal } = options;
  if (language === "json") {
    const onSecret = (secret: string): void => run.secrets.add([secret]);
    const secretFunctions = await loadSecretFunctions(parsed, { world: options.world, onSecret });
    return evaluateLegacyTemplate(parsed, { ...options, secretFunctions });
  }
  const evaluated = await evaluateTemplate(parsed, {
    ...options,
    dataSources: dataSourceRunner(run, { signal }),
    onSecret: (secret) => run.secrets.add([secret]),
  });
  const template = evaluated.value;
  if (template === undefined) return evaluated;
  const selected = selectBuilds(template, options);
  const refused = run.settings.validateOnly ? [] : refuseRegistry(template, options.world.env);
  const diagnostics = [...evaluated.diagnostics, ...selected.diagnostics, ...refused];
  return { value: hasErrors(diagnostics) ? undefined : { ...template, builds: selected.value }, diagnostics };
}

/** Builds of a template that publishes to HCP Packer would lack what their users count on, so they don't run. */
function refuseRegistry({ registry }: Template, env: LoadOptions["world"]["env"]): readonly Diagnostic[] {
  const setting = env["HCP_PACKER_REGISTRY"];
  if (/^(off|0)$/i.test(setting ?? "")) return [];
  if (registry === undefined && setting === undefined && !env["HCP_PACKER_BUCKET_NAME"]) return [];
  const detail =
    "Ingot doesn't publish to HCP Packer. Set the environment variable HCP_PACKER_REGISTRY=off to build without it, or remove the hcp_packer_registry block.";
  const subject = registry && { subject: registry.range };
  return [{ severity: "error", summary: "HCP Packer is not supported", detail, ...subject }];
}
