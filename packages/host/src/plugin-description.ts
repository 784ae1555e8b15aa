import type { ComponentDescription, ComponentKind, ComponentRef } from "@ingot/engine";
import { DescribeResponse, type ComponentDescription as WireComponent } from "@ingot/protocol";
import { decodeSchema } from "./decode-schema.js";
import { decodeComponentKind } from "./wire-artifact.js";
import { WireProblem } from "./wire-problem.js";

/** What a plugin is and which components it has. */
export interface PluginDescription {
  readonly name: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly components: readonly DescribedComponent[];
}

export interface DescribedComponent extends ComponentDescription {
  readonly resourceKinds: readonly string[];
  readonly capabilities: readonly string[];
}

const COMPONENT_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Reads a description from the wire. Components of kinds that this release doesn't know are left out. Throws WireProblem when
 * it makes no sense.
 */
export function decodeDescription(wire: DescribeResponse): PluginDescription {
  const components: DescribedComponent[] = [];
  const seen = new Set<string>();
  for (const component of wire.components) {
    const kind = decodeComponentKind(component.kind);
    if (kind === undefined) continue;
    const key = `${kind} ${component.name}`;
    if (!COMPONENT_NAME.test(component.name)) {
      throw new WireProblem([kind], `has the name ${JSON.stringify(component.name)}, which no template can use`);
    }
    if (seen.has(key)) throw new WireProblem([key], "occurs twice");
    seen.add(key);
    components.push(decodeComponent(component, kind, wire));
  }
  return { name: wire.name, version: wire.version, capabilities: wire.capabilities, components };
}

function decodeComponent(wire: WireComponent, kind: ComponentKind, plugin: DescribeResponse): DescribedComponent {
  const path = [`${kind} ${wire.name}`];
  if (wire.config === undefined) throw new WireProblem(path, "has no configuration schema");
  return {
    kind,
    name: wire.name,
    plugin: plugin.name,
    pluginVersion: plugin.version,
    summary: wire.summary,
    config: decodeSchema(wire.config, path),
    generatedData: wire.generatedData,
    resourceKinds: wire.resourceKinds,
    capabilities: wire.capabilities,
    ...(wire.output === undefined ? {} : { output: decodeSchema(wire.output, [...path, "output"]) }),
    ...(wire.deprecated === "" ? {} : { deprecated: wire.deprecated }),
  };
}

/** Finds a component in a description. */
export function findComponent(description: PluginDescription, ref: ComponentRef): DescribedComponent | undefined {
  return description.components.find(({ kind, name }) => kind === ref.kind && name === ref.name);
}

/** Writes a description as text for a file. */
export function descriptionText(wire: DescribeResponse): string {
  return Buffer.from(DescribeResponse.encode(wire).finish()).toString("base64");
}

/** Reads what `descriptionText` wrote. Throws when it is damaged. */
export function parseDescriptionText(text: string): PluginDescription {
  return decodeDescription(DescribeResponse.decode(Buffer.from(text, "base64")));
}
