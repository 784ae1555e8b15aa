import type { DescribedComponent, PluginDescription } from "@ingot/host";
import type { BodySchema } from "@ingot/hcl";
import { typeName, valueText } from "./option-list.js";

/** A plugin and its components as -json prints them. Defaults are as templates have them. */
export function descriptionJson(
  { name, version, capabilities }: PluginDescription,
  components: readonly DescribedComponent[],
): Readonly<Record<string, unknown>> {
  return { name, version, capabilities, components: components.map(componentJson) };
}

function componentJson(component: DescribedComponent): object {
  const { kind, name, summary, deprecated, config, output, generatedData, capabilities } = component;
  return {
    ...{ kind, name, summary, deprecated, config: schemaJson(config) },
    ...(output === undefined ? {} : { output: schemaJson(output) }),
    ...{ generatedData, capabilities },
  };
}

function schemaJson({ attributes, blocks }: BodySchema): object {
  return {
    attributes: Object.fromEntries(
      [...attributes].map(([name, { type, defaultValue, ...facts }]) => [
        name,
        { type: typeName(type), default: defaultValue && valueText(defaultValue), ...facts },
      ]),
    ),
    blocks: Object.fromEntries(
      [...blocks].map(([name, { schema, ...facts }]) => [name, { ...facts, schema: schemaJson(schema) }]),
    ),
  };
}
