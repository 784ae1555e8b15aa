import { decodeBuildBlock, type BuildBlock } from "./decode-build-block.js";
import { evaluateValues, type EvaluateValuesOptions, type TemplateValues } from "./evaluate-values.js";
import type { ParsedTemplate } from "./parse-template.js";

/** What a template contains, as far as it can be understood. */
export interface InspectedTemplate {
  readonly values: TemplateValues;
  /** Builds that have errors are left out. */
  readonly builds: readonly BuildBlock[];
}

/** Looks into a template for a tool that shows it: evaluates what can be evaluated and says nothing of the rest. */
export async function inspectTemplate(
  parsed: ParsedTemplate,
  options: EvaluateValuesOptions,
): Promise<InspectedTemplate> {
  const { value: values } = await evaluateValues(parsed, options);
  const index = parsed.sourceSet.blocks;
  const builds = parsed.builds.flatMap(
    (block) => decodeBuildBlock(block, { context: values.context, index }).value ?? [],
  );
  return { values, builds };
}
