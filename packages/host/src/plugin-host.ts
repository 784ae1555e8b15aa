import type { Diagnostic, Outcome } from "@ingot/diag";
import type {
  Artifact,
  BuilderInstance,
  CallOptions,
  ComponentDescription,
  ComponentKind,
  ComponentRef,
  DataSourceInstance,
  PluginSet,
  PostProcessorInstance,
  PrepareRequest,
  ProvisionerInstance,
  ResourceRecord,
} from "@ingot/engine";
import type { Value } from "@ingot/hcl";
import { PluginServiceService } from "@ingot/protocol";
import { builderInstance } from "./builder-instance.js";
import type { ChosenPlugin } from "./chosen-plugin.js";
import { componentText } from "./component-text.js";
import { ComponentFinder } from "./component-finder.js";
import { dataSourceInstance } from "./data-source-instance.js";
import type { PluginConnection } from "./plugin-connection.js";
import type { DescribedComponent } from "./plugin-description.js";
import { postProcessorInstance } from "./post-processor-instance.js";
import { prepare, type Prepared } from "./prepared.js";
import { provisionerInstance } from "./provisioner-instance.js";
import { resolveOptions, type PluginHostOptions, type ResolvedOptions } from "./plugin-host-options.js";
import { PluginRunner } from "./plugin-runner.js";
import { encodeArtifact, encodeResource } from "./wire-artifact.js";
import { decodeDiagnostics } from "./wire-diagnostic.js";

/**
 * Finds plugins, starts each at most once, and gives typed access to their components: the engine's `PluginSet` with processes.
 * Methods reject with PluginError when a plugin doesn't do what it must, and with the signal's reason when aborted.
 */
export interface PluginHost extends PluginSet, AsyncDisposable {
  /** Puts plugins before those that are found in folders. To be called before anything else. */
  choose(plugins: readonly ChosenPlugin[]): void;
  /** Kills all plugins at once, without clean-up of theirs. Synchronous: the last resort of a process that must end. */
  killAll(): void;
  /** Ends all plugins: asks, waits, kills. Nothing of them is left then. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a host. Nothing is started before it is needed. Throws PluginError when INGOT_REATTACH_PLUGINS is wrong. */
export function createPluginHost(options: PluginHostOptions): PluginHost {
  return new Host(resolveOptions(options));
}

class Host implements PluginHost {
  readonly #options: ResolvedOptions;
  readonly #runner: PluginRunner;
  readonly #finder: ComponentFinder;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#runner = new PluginRunner(options);
    this.#finder = new ComponentFinder(options, this.#runner);
  }

  choose(plugins: readonly ChosenPlugin[]): void {
    this.#finder.choose(plugins);
  }

  async describe(component: ComponentRef, { signal }: CallOptions): Promise<ComponentDescription | undefined> {
    return (await this.#finder.find(component, signal))?.description;
  }

  async componentNames(kind: ComponentKind, { signal }: CallOptions): Promise<readonly string[]> {
    return await this.#finder.namesOf(kind, signal);
  }

  warmUp(components: readonly ComponentRef[]): void {
    const warm = async (component: ComponentRef): Promise<void> => {
      const found = await this.#finder.find(component, this.#runner.lifetime);
      if (found) await this.#runner.connect(found.plugin, this.#runner.lifetime);
    };
    for (const component of components) warm(component).catch(() => {}); // shows up when the plugin is needed
  }

  async prepareBuilder(request: PrepareRequest, options: CallOptions): Promise<Outcome<BuilderInstance | undefined>> {
    const findConnector = (
      component: ComponentRef,
      makeConfig: (description: DescribedComponent) => Value,
      callOptions: CallOptions,
    ): Promise<Outcome<Prepared | undefined>> =>
      this.#prepare(
        { component, build: request.build, validateOnly: false, user: request.component },
        makeConfig,
        callOptions,
      );
    return mapOutcome(await this.#prepareRequest(request, options), (p) => builderInstance(p, findConnector));
  }

  async prepareProvisioner(
    request: PrepareRequest,
    options: CallOptions,
  ): Promise<Outcome<ProvisionerInstance | undefined>> {
    return mapOutcome(await this.#prepareRequest(request, options), provisionerInstance);
  }

  async preparePostProcessor(
    request: PrepareRequest,
    options: CallOptions,
  ): Promise<Outcome<PostProcessorInstance | undefined>> {
    return mapOutcome(await this.#prepareRequest(request, options), postProcessorInstance);
  }

  async prepareDataSource(
    request: PrepareRequest,
    options: CallOptions,
  ): Promise<Outcome<DataSourceInstance | undefined>> {
    return mapOutcome(await this.#prepareRequest(request, options), dataSourceInstance);
  }

  async destroyArtifact(artifact: Artifact, { signal }: CallOptions): Promise<readonly Diagnostic[]> {
    const { plugin, component } = await this.#connectForDestroy(artifact.component, signal);
    const what = `destroyed an artifact of the ${componentText(artifact.component)}`;
    const request = { artifact: encodeArtifact({ ...artifact, component }) };
    const response = await plugin.call(what, PluginServiceService.destroyArtifact, request, { signal });
    return decodeDiagnostics(response.diagnostics);
  }

  async destroyResource(resource: ResourceRecord, { signal }: CallOptions): Promise<readonly Diagnostic[]> {
    const { plugin, component } = await this.#connectForDestroy(resource.component, signal);
    const what = `destroyed a resource of the ${componentText(resource.component)}`;
    const request = { resource: encodeResource({ ...resource, component }) };
    const response = await plugin.call(what, PluginServiceService.destroyResource, request, { signal });
    return decodeDiagnostics(response.diagnostics);
  }

  killAll(): void {
    this.#runner.killAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runner.stopAll();
  }

  /** Clean-up goes on after a crash: a plugin that ended is started once more for it. Gives the component as the plugin knows it. */
  async #connectForDestroy(
    component: ComponentRef,
    signal: AbortSignal,
  ): Promise<{ readonly plugin: PluginConnection; readonly component: ComponentRef }> {
    const { plugin, description } = await this.#finder.mustFind(component, signal);
    const connection = await this.#runner.connect(plugin, signal, { again: true });
    return { plugin: connection, component: { kind: component.kind, name: description.name } };
  }

  #prepareRequest(request: PrepareRequest, options: CallOptions): Promise<Outcome<Prepared | undefined>> {
    return this.#prepare(request, () => request.config, options);
  }

  async #prepare(
    { user, ...request }: Omit<PrepareRequest, "config"> & { readonly user?: ComponentRef },
    makeConfig: (description: DescribedComponent) => Value,
    { signal }: CallOptions,
  ): Promise<Outcome<Prepared | undefined>> {
    const { plugin, description } =
      user === undefined
        ? await this.#finder.mustFind(request.component, signal)
        : await this.#finder.mustFindFor(user, request.component, signal);
    const connection = await this.#runner.connect(plugin, signal);
    connection.pluginVersion = description.pluginVersion;
    const { hostVersion, prepareTimeoutMs, cancelGraceMs } = this.#options;
    const config = makeConfig(description);
    return await prepare({
      plugin: connection,
      description,
      request: { ...request, config },
      hostVersion,
      signal,
      timeoutMs: prepareTimeoutMs,
      cancelGraceMs,
    });
  }
}

function mapOutcome<T, U>(outcome: Outcome<T | undefined>, change: (value: T) => U): Outcome<U | undefined> {
  const { value, diagnostics } = outcome;
  return { value: value === undefined ? undefined : change(value), diagnostics };
}
