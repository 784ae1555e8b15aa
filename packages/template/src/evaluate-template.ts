import type { Outcome } from "@ingot/diag";
import type { Value } from "@ingot/hcl";
import { Collector } from "./collector.js";
import { checkComponents, type KnownComponents } from "./check-components.js";
import { decodeBuildBlock, type BuildBlock } from "./decode-build-block.js";
import { checkVariables } from "./evaluate-variables.js";
import { evaluatePrerequisites, type Prerequisites } from "./evaluate-prerequisites.js";
import { baseContext, contextWith } from "./evaluation-scope.js";
import { expandBuild } from "./expand-builds.js";
import { loadFunctionLibraries } from "./functions/function-libraries.js";
import { standardFunctions } from "./functions/standard-functions.js";
import type { DataSources, Template, TemplateWorld } from "./model.js";
import type { ParsedTemplate } from "./parse-template.js";
import { secretsOf, sensitiveVariableValues } from "./secrets.js";

export interface EvaluateTemplateOptions {
  readonly world: TemplateWorld;
  readonly dataSources: DataSources;
  /** Otherwise data sources give unknown values. */
  readonly executeDataSources: boolean;
  /** Which components exist. Absent: that is not checked here. */
  readonly knownComponents?: KnownComponents;
  readonly signal?: AbortSignal;
}

/** An evaluated template with what tools that look into it need. */
export interface EvaluatedTemplate extends Template {
  readonly buildBlocks: readonly BuildBlock[];
  readonly prerequisites: Prerequisites;
}

/**
 * Evaluates variables, data sources, locals and builds. The bodies of components stay undecoded, since that needs their
 * plugins' schemas. Undefined when there are errors.
 */
export async function evaluateTemplate(
  parsed: ParsedTemplate,
  options: EvaluateTemplateOptions,
): Promise<Outcome<EvaluatedTemplate | undefined>> {
  const { world } = options;
  const collector = new Collector();
  const texts = Array.from(parsed.sourceSet.files.values(), ({ bytes }) => new TextDecoder().decode(bytes));
  const libraries = await loadFunctionLibraries(texts);
  const startedMs = world.now();
  // Rules of variables start from the working directory, everything else from the template's folder.
  collector.add(...checkVariables(parsed, standardFunctions({ world, libraries, startedMs })));
  const functions = standardFunctions({ world, libraries, startedMs, templateFolder: parsed.rootFolder });
  const base = baseContext(parsed, { world, functions });
  const prerequisites = await evaluatePrerequisites(parsed, { ...options, base }, collector);
  // Without all values the builds would only give errors that follow from those already reported.
  const areSet = [...parsed.variables.keys()].every((name) => parsed.variableValues.has(name));
  if (!prerequisites.isComplete || !areSet) return { value: undefined, diagnostics: collector.diagnostics };

  const context = contextWith(base, prerequisites.locals, prerequisites.data);
  const index = parsed.sourceSet.blocks;
  const buildBlocks = parsed.builds.map((block) => collector.take(decodeBuildBlock(block, { context, index })));
  if (options.knownComponents)
    await checkComponents(
      buildBlocks.flatMap((one) => one ?? []),
      options.knownComponents,
      collector,
    );
  const builds = buildBlocks.flatMap((build, position) =>
    build ? expandBuild(build, { context, index, position, sourceBlocks: parsed.sourceBlocks }, collector) : [],
  );
  const value: EvaluatedTemplate = {
    builds,
    sensitiveVariables: sensitiveVariables(parsed),
    secrets: secretsOf(sensitiveValues(parsed, prerequisites)),
    buildBlocks: buildBlocks.flatMap((one) => one ?? []),
    prerequisites,
  };
  return { value: collector.hasErrors ? undefined : value, diagnostics: collector.diagnostics };
}

function sensitiveVariables(parsed: ParsedTemplate): readonly string[] {
  return [...parsed.variables.values()].flatMap(({ name, isSensitive }) => (isSensitive ? [name] : [])).sort();
}

function sensitiveValues(parsed: ParsedTemplate, { locals }: Prerequisites): readonly Value[] {
  const ofLocals = parsed.locals.flatMap(({ name, isSensitive }) => (isSensitive ? (locals.get(name) ?? []) : []));
  return [...sensitiveVariableValues(parsed.variables, parsed.variableValues), ...ofLocals];
}
