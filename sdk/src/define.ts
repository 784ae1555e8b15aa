import { ComponentKind } from "@ingot/protocol";
import type {
  BuilderOptions,
  CommunicatorOptions,
  Component,
  ComponentOptions,
  DataSourceOptions,
  PostProcessorOptions,
  ProvisionerOptions,
} from "./component.js";

/** Defines a component that makes machines and artifacts. */
export function builder<C>(options: BuilderOptions<C>): Component {
  const capabilities = options.checkpoint === true ? ["checkpoint"] : [];
  return { ...common(ComponentKind.BUILDER, options), ...pick(options, ["run"]), capabilities };
}

/** Defines a component that changes machines. */
export function provisioner<C>(options: ProvisionerOptions<C>): Component {
  return { ...common(ComponentKind.PROVISIONER, options), ...pick(options, ["provision"]) };
}

/** Defines a component that makes an artifact from an artifact. */
export function postProcessor<C>(options: PostProcessorOptions<C>): Component {
  return { ...common(ComponentKind.POST_PROCESSOR, options), ...pick(options, ["postProcess"]) };
}

/** Defines a component that looks something up while the template is evaluated. */
export function dataSource<C, O>(options: DataSourceOptions<C, O>): Component {
  return { ...common(ComponentKind.DATA_SOURCE, options), ...pick(options, ["output", "execute"]) };
}

/** Defines a component that connects to machines of builders that have no connection of their own. */
export function communicator<C>(options: CommunicatorOptions<C>): Component {
  return { ...common(ComponentKind.COMMUNICATOR, options), ...pick(options, ["connect"]) };
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

function common<C>(
  kind: Component["kind"],
  options: ComponentOptions<C> & Partial<Pick<BuilderOptions<C>, "generatedData" | "destroy" | "destroyArtifact">>,
): Component {
  const { name, summary, deprecated, interpolate, config, generatedData, destroy } = options;
  if (!NAME.test(name)) {
    throw new TypeError(
      `the component name ${JSON.stringify(name)} must be lower-case letters, digits and single dashes`,
    );
  }
  return {
    kind,
    name,
    summary: summary ?? "",
    deprecated: deprecated ?? "",
    interpolate: interpolate ?? true,
    config,
    generatedData: generatedData ?? [],
    capabilities: [],
    destroy: destroy ?? {},
    ...pick(options, ["prepare", "destroyArtifact"]),
  };
}

/**
 * Copies functions of a component under a type that forgets the configuration's type: the configuration that reaches them was
 * decoded by the same component's schema. Methods keep their `this`.
 */
function pick<O extends object, K extends keyof O & keyof Component>(
  options: O,
  names: readonly K[],
): Pick<Component, K> {
  const picked = names.flatMap((name) => {
    const value = options[name];
    if (value === undefined) return [];
    return [[name, typeof value === "function" ? (value.bind(options) as unknown) : value]];
  });
  return Object.fromEntries(picked) as Pick<Component, K>;
}
