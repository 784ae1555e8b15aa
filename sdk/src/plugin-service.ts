import type {
  ComponentDescription,
  DescribeResponse,
  DestroyArtifactRequest,
  DestroyResourceRequest,
  PluginServiceServer,
} from "@ingot/protocol";
import { fromWireArtifact } from "./artifact.js";
import type { Component } from "./component.js";
import { toWireDiagnostic } from "./diagnostic-wire.js";
import { diagnosticsOf } from "./errors.js";
import type { PluginRuntime } from "./plugin-runtime.js";
import { reply } from "./reply.js";
import { describeSchema } from "./schema/describe-schema.js";

/** Serves description, preparation and stateless destruction. */
export function pluginService(runtime: PluginRuntime): PluginServiceServer {
  return {
    describe: reply(() => describePlugin(runtime)),
    prepare: reply(async (request) => {
      const { diagnostics, generatedData } = await runtime.prepare(request);
      return { diagnostics: diagnostics.map(toWireDiagnostic), generatedData: [...generatedData] };
    }),
    release: reply(({ instanceId }) => {
      runtime.release(instanceId);
      return {};
    }),
    destroyArtifact: reply((request) => destroyArtifact(runtime, request)),
    destroyResource: reply((request) => destroyResource(runtime, request)),
  };
}

/** Describes a plugin as `Describe` does. */
function describePlugin({ parts }: PluginRuntime): DescribeResponse {
  return {
    name: parts.name,
    version: parts.version,
    capabilities: [],
    components: parts.components.map(describeComponent),
  };
}

function describeComponent(component: Component): ComponentDescription {
  return {
    kind: component.kind,
    name: component.name,
    summary: component.summary,
    config: describeSchema(component.config.fields),
    output: component.output === undefined ? undefined : describeSchema(component.output.fields),
    generatedData: [...component.generatedData],
    resourceKinds: Object.keys(component.destroy),
    capabilities: [...component.capabilities],
    deprecated: component.deprecated,
  };
}

async function destroyArtifact(runtime: PluginRuntime, { artifact }: DestroyArtifactRequest) {
  if (artifact === undefined) return { diagnostics: [] };
  // An artifact of an earlier version of the plugin, or one without a component, may have nobody who destroys it.
  const component = runtime.find(artifact.component);
  if (component === undefined)
    return failure(new Error(`No component here made the artifact "${artifact.description}".`));
  try {
    await component.destroyArtifact?.(fromWireArtifact(artifact), runtime.cleanupContext());
    return { diagnostics: [] };
  } catch (error) {
    return failure(error);
  }
}

async function destroyResource(runtime: PluginRuntime, { resource }: DestroyResourceRequest) {
  if (resource === undefined) return { diagnostics: [] };
  const owners = resource.component === undefined ? runtime.parts.components : [runtime.find(resource.component)];
  const destroy = owners.map((component) => component?.destroy[resource.kind]).find((found) => found !== undefined);
  if (destroy === undefined)
    return failure(new Error(`No component here removes resources of kind "${resource.kind}".`));
  try {
    await destroy({ kind: resource.kind, id: resource.id, locator: resource.locator }, runtime.cleanupContext());
    return { diagnostics: [] };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown) {
  return { diagnostics: diagnosticsOf(error).map(toWireDiagnostic) };
}
