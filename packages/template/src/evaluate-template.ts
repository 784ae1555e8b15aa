import type { Outcome } from "@ingot/diag";
import { checkComponents, type KnownComponents } from "./check-components.js";
import { Collector } from "./collector.js";
import { decodeBuildBlock, type BuildBlock } from "./decode-build-block.js";
import { decodeRegistryBlocks } from "./decode-registry-block.js";
import { evaluateValues, type EvaluateValuesOptions, type TemplateValues } from "./evaluate-values.js";
import { expandBuild } from "./expand-builds.js";
import type { Template } from "./model.js";
import type { ParsedTemplate } from "./parse-template.js";

export interface EvaluateTemplateOptions extends EvaluateValuesOptions {
  /** Which components exist. Absent: that is not checked here. */
  readonly knownComponents?: KnownComponents;
}

/** An evaluated template with what tools that look into it need. */
export interface EvaluatedTemplate extends Template {
  readonly buildBlocks: readonly BuildBlock[];
  readonly values: TemplateValues;
}

/**
 * Evaluates variables, data sources, locals and builds. The bodies of components stay undecoded, since that needs their
 * plugins' schemas. Undefined when there are errors.
 */
export async function evaluateTemplate(
  parsed: ParsedTemplate,
  options: EvaluateTemplateOptions,
): Promise<Outcome<EvaluatedTemplate | undefined>> {
  const collector = new Collector();
  collector.add(...parsed.pluginDiagnostics, ...parsed.laterDiagnostics);
  const values = collector.take(await evaluateValues(parsed, options));
  // Without all values the builds would only give errors that follow from those already reported.
  if (!values.isComplete) return { value: undefined, diagnostics: collector.diagnostics };

  const { context } = values;
  const index = parsed.sourceSet.blocks;
  const decoded = parsed.builds.map((block) => collector.take(decodeBuildBlock(block, { context, index })));
  const buildBlocks = decoded.flatMap((build) => build ?? []);
  const registries = [
    ...decodeRegistryBlocks(parsed.registries, { context, collector }),
    ...buildBlocks.flatMap((build) => build.registries),
  ];
  if (options.knownComponents) await checkComponents(buildBlocks, options.knownComponents, collector);
  const builds = decoded.flatMap((build, position) =>
    build ? expandBuild(build, { context, index, position, sourceBlocks: parsed.sourceBlocks }, collector) : [],
  );
  if (collector.hasErrors) return { value: undefined, diagnostics: collector.diagnostics };
  const sensitive = [...parsed.variables.values()].filter(({ isSensitive }) => isSensitive);
  const value: EvaluatedTemplate = {
    builds,
    sensitiveVariables: sensitive.map(({ name }) => name).sort(),
    secrets: values.secrets,
    ...(registries[0] && { registry: registries[0] }),
    buildBlocks,
    values,
  };
  return { value, diagnostics: collector.diagnostics };
}
