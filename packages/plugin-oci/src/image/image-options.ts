import type { ContainerConfig, HistoryEntry, ImageConfig, Layer } from "./image-spec.js";

/** What the user wants to be set in the image. What is absent is inherited from the base. */
export interface ImageOptions {
  readonly cmd?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly user?: string | undefined;
  readonly workingDir?: string | undefined;
  readonly exposedPorts?: readonly string[] | undefined;
  readonly volumes?: readonly string[] | undefined;
  readonly stopSignal?: string | undefined;
}

/** Gives the configuration of the new image: the base's, with the user's options and one more layer. */
export function nextImageConfig(
  base: ImageConfig,
  options: ImageOptions,
  rest: { readonly layer: Layer | undefined; readonly created: Date; readonly createdBy: string },
): ImageConfig {
  const created = rest.created.toISOString();
  const history: HistoryEntry = {
    created,
    created_by: rest.createdBy,
    ...(rest.layer === undefined ? { empty_layer: true } : {}),
  };
  const diffIds = [...base.rootfs.diff_ids, ...(rest.layer === undefined ? [] : [rest.layer.diffId])];
  // Named one by one: Docker keeps more in the document of a base, such as the container it was made in.
  return {
    created,
    architecture: base.architecture,
    os: base.os,
    ...(base.variant === undefined ? {} : { variant: base.variant }),
    ...(base["os.version"] === undefined ? {} : { "os.version": base["os.version"] }),
    ...(base["os.features"] === undefined ? {} : { "os.features": base["os.features"] }),
    config: nextContainerConfig(base.config ?? {}, options),
    rootfs: { type: "layers", diff_ids: diffIds },
    history: [...(base.history ?? []), history],
  };
}

/**
 * Applies options to a container configuration as a Dockerfile would: a new entrypoint forgets the base's command, labels
 * and variables are added to those of the base, ports and volumes too.
 */
export function nextContainerConfig(base: ContainerConfig, options: ImageOptions): ContainerConfig {
  const next: Record<string, unknown> = { ...base };
  if (options.entrypoint !== undefined) {
    next["Entrypoint"] = options.entrypoint;
    delete next["Cmd"];
  }
  if (options.cmd !== undefined) next["Cmd"] = options.cmd;
  if (options.env !== undefined) next["Env"] = mergeEnvironment(base.Env ?? [], options.env);
  if (options.labels !== undefined) next["Labels"] = sortKeys({ ...base.Labels, ...options.labels });
  if (options.user !== undefined) next["User"] = options.user;
  if (options.workingDir !== undefined) next["WorkingDir"] = options.workingDir;
  if (options.exposedPorts !== undefined)
    next["ExposedPorts"] = sortKeys({ ...base.ExposedPorts, ...emptyObjects(options.exposedPorts.map(withProtocol)) });
  if (options.volumes !== undefined) next["Volumes"] = sortKeys({ ...base.Volumes, ...emptyObjects(options.volumes) });
  if (options.stopSignal !== undefined) next["StopSignal"] = options.stopSignal;
  return next;
}

/** Gives the variables of a container configuration by name. */
export function environmentOf(config: ContainerConfig): Record<string, string> {
  const pairs = (config.Env ?? []).map((line) => {
    const equals = line.indexOf("=");
    return equals === -1 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Keeps the base's order; new variables follow by name. */
function mergeEnvironment(base: readonly string[], added: Readonly<Record<string, string>>): string[] {
  const merged = new Map(Object.entries(environmentOf({ Env: base })));
  for (const name of Object.keys(added).sort()) merged.set(name, added[name] ?? "");
  return [...merged].map(([name, value]) => `${name}=${value}`);
}

function withProtocol(port: string): string {
  return port.includes("/") ? port : `${port}/tcp`;
}

function emptyObjects(keys: readonly string[]): Record<string, object> {
  return Object.fromEntries(keys.map((key) => [key, {}]));
}

function sortKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
