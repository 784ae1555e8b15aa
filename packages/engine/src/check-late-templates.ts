import { hasErrors, INVALID_TEMPLATE, type Diagnostic } from "@ingot/diag";
import { childrenOf, isKnown, isNull, stringOf, stringValue, typeOf, type Value } from "@ingot/hcl";
import type { ComponentBlock } from "@ingot/template";
import { prepareStep, type Releasable, type StepPlan } from "./prepare-step.js";
import type { CallOptions } from "./plugin-set.js";

/**
 * What is wrong with `{{ }}` in strings that also contain values of the build. As long as these are unknown the plugin doesn't see
 * the strings; here it sees them with a text in their place. Whatever else it says is about that text, and doesn't count.
 */
export async function checkLateTemplates<Instance extends Releasable>(
  step: Omit<StepPlan<Instance, ComponentBlock>, "id" | "instance">,
  { signal, unknownData }: CallOptions & { readonly unknownData: ReadonlyMap<string, Value> },
): Promise<readonly Diagnostic[]> {
  const buildData = new Map([...unknownData.keys()].map((name) => [name, stringValue("<unknown>")] as const));
  const decoded = step.block.decode(step.description.config, buildData);
  if (hasErrors(decoded.diagnostics) || !hasTemplate(decoded.value)) return [];
  const { value, diagnostics } = await prepareStep(step, { signal, buildData, validateOnly: true });
  await value?.release();
  return diagnostics.filter(({ summary }) => summary === INVALID_TEMPLATE);
}

function hasTemplate(value: Value): boolean {
  if (!isKnown(value) || isNull(value)) return false;
  if (typeOf(value).kind === "string") return stringOf(value).includes("{{");
  return childrenOf(value).some(hasTemplate);
}
