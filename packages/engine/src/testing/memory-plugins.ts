import type { Diagnostic, Outcome } from "@ingot/diag";
import type { Value } from "@ingot/hcl";
import type {
  Artifact,
  BuilderHandlers,
  BuilderInstance,
  BuilderResult,
  CallOptions,
  ComponentKind,
  ComponentRef,
  DataSourceInstance,
  PluginSet,
  PostProcessorInstance,
  PostProcessorResult,
  PrepareRequest,
  ProvisionerInstance,
  ResourceRecord,
  SessionHandlers,
  SessionResult,
} from "../plugin-set.js";

type BuilderWork = (handlers: BuilderHandlers, options: CallOptions) => Promise<BuilderResult>;
type ProvisionerWork = (handlers: SessionHandlers, options: CallOptions, config: Value) => Promise<SessionResult>;
type PostProcessorWork = (artifact: Artifact, handlers: SessionHandlers) => Promise<PostProcessorResult>;

/** What the components of a MemoryPlugins do. */
export interface MemoryComponents {
  readonly builders?: Readonly<Record<string, BuilderWork>>;
  readonly provisioners?: Readonly<Record<string, ProvisionerWork>>;
  readonly postProcessors?: Readonly<Record<string, PostProcessorWork>>;
  /** What a component says to its configuration. Default: nothing. */
  readonly validate?: (request: PrepareRequest) => readonly Diagnostic[];
  /** Called when an artifact or a resource is destroyed. */
  readonly destroy?: (what: Artifact | ResourceRecord) => readonly Diagnostic[];
}

/** Components that are functions in this process: for tests of order and timing, which need no real plugin. */
export class MemoryPlugins implements PluginSet {
  readonly #components: MemoryComponents;
  /** Instances that nobody has released. */
  alive = 0;
  readonly prepared: PrepareRequest[] = [];
  readonly destroyed: string[] = [];

  constructor(components: MemoryComponents) {
    this.#components = components;
  }

  async describe({ kind, name }: ComponentRef): ReturnType<PluginSet["describe"]> {
    if (!(await this.componentNames(kind)).includes(name)) return undefined;
    const config = { attributes: new Map(), blocks: new Map() };
    return { kind, name, plugin: "memory", pluginVersion: "1.0.0", summary: "", config, generatedData: [] };
  }

  componentNames(kind: ComponentKind): Promise<readonly string[]> {
    const { builders, provisioners, postProcessors } = this.#components;
    const byKind: Partial<Record<ComponentKind, object>> = {
      builder: builders ?? {},
      provisioner: provisioners ?? {},
      "post-processor": postProcessors ?? {},
    };
    return Promise.resolve(Object.keys(byKind[kind] ?? {}).sort());
  }

  warmUp(): void {
    // Nothing has to start.
  }

  prepareBuilder(request: PrepareRequest): Promise<Outcome<BuilderInstance | undefined>> {
    const work = this.#components.builders?.[request.component.name];
    return this.#prepare(request, {
      generatedData: [],
      run: (_run: unknown, handlers: BuilderHandlers, options: CallOptions) => required(work)(handlers, options),
    });
  }

  prepareProvisioner(request: PrepareRequest): Promise<Outcome<ProvisionerInstance | undefined>> {
    const work = this.#components.provisioners?.[request.component.name];
    return this.#prepare(request, {
      provision: (_run: unknown, handlers: SessionHandlers, options: CallOptions) =>
        required(work)(handlers, options, request.config),
    });
  }

  preparePostProcessor(request: PrepareRequest): Promise<Outcome<PostProcessorInstance | undefined>> {
    const work = this.#components.postProcessors?.[request.component.name];
    return this.#prepare(request, {
      postProcess: ({ artifact }: { readonly artifact: Artifact }, handlers: SessionHandlers) =>
        required(work)(artifact, handlers),
    });
  }

  prepareDataSource(): Promise<Outcome<DataSourceInstance | undefined>> {
    return Promise.reject(new Error("bug: no data sources here"));
  }

  destroyArtifact(artifact: Artifact): Promise<readonly Diagnostic[]> {
    return this.#destroy(artifact);
  }

  destroyResource(resource: ResourceRecord): Promise<readonly Diagnostic[]> {
    return this.#destroy(resource);
  }

  #destroy(what: Artifact | ResourceRecord): Promise<readonly Diagnostic[]> {
    this.destroyed.push(what.id);
    return Promise.resolve(this.#components.destroy?.(what) ?? []);
  }

  #prepare<T extends object>(
    request: PrepareRequest,
    instance: T,
  ): Promise<Outcome<(T & { release(): Promise<void> }) | undefined>> {
    this.prepared.push(request);
    const diagnostics = this.#components.validate?.(request) ?? [];
    if (diagnostics.some(({ severity }) => severity === "error"))
      return Promise.resolve({ value: undefined, diagnostics });
    this.alive++;
    let released = false;
    const release = (): Promise<void> => {
      if (!released) this.alive--;
      released = true;
      return Promise.resolve();
    };
    return Promise.resolve({ value: { ...instance, release }, diagnostics });
  }
}

function required<T>(work: T | undefined): T {
  if (work === undefined) throw new Error("bug: prepared a component that does not exist");
  return work;
}

/** A builder that only provisions and gives an artifact with this id. */
export function provisioningBuilder(id: string, generatedData: ReadonlyMap<string, Value> = new Map()): BuilderWork {
  return async (handlers, { signal }) => {
    const { diagnostics } = await handlers.provision({ connectionType: "none", generatedData });
    if (diagnostics.length > 0) return { diagnostics, cancelled: signal.aborted };
    return { diagnostics: [], cancelled: false, artifact: artifactOf(id) };
  };
}

export function artifactOf(id: string): Artifact {
  return {
    ...{ builderId: "memory", id, files: [], description: `made ${id}` },
    ...{ state: new Map(), generatedData: new Map(), component: { kind: "builder", name: "box" } },
  };
}

export const succeeded: SessionResult = { diagnostics: [], cancelled: false };

export function failedWith(summary: string): SessionResult {
  return { diagnostics: [{ severity: "error", summary, detail: "" }], cancelled: false };
}
