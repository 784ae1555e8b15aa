import type { BodySchema, Value } from "@ingot/hcl";

export interface CallOptions {
  readonly signal: AbortSignal;
}

export type ComponentKind = "builder" | "provisioner" | "post-processor" | "data-source" | "communicator";

export interface ComponentRef {
  readonly kind: ComponentKind;
  /** The name that templates use, such as "oci" or "shell-local". */
  readonly name: string;
}

export interface ComponentDescription extends ComponentRef {
  /** The plugin's name and version, for messages. */
  readonly plugin: string;
  readonly pluginVersion: string;
  readonly summary: string;
  readonly config: BodySchema;
  /** Data sources: what they give. */
  readonly output?: BodySchema;
  /** Builders and communicators: names that `build.NAME` has in addition to the standard ones. */
  readonly generatedData: readonly string[];
  readonly deprecated?: string;
}

export interface PrepareRequest {
  readonly component: ComponentRef;
  /** An object with all attributes and blocks of the schema, absent ones as null. */
  readonly config: Value;
  readonly build: BuildFacts;
  /** True when the instance will never run. Only then may `config` contain unknown values. */
  readonly validateOnly: boolean;
}

/** Facts about the run and the build that every instance gets. */
export interface BuildFacts {
  /** The source's name. Empty for data sources. */
  readonly buildName: string;
  readonly builderType: string;
  readonly debug: boolean;
  readonly force: boolean;
  readonly onError: string;
  readonly sensitiveVariables: readonly string[];
  readonly runId: string;
  /** Absolute. */
  readonly workingDirectory: string;
  /** Absolute. */
  readonly cacheDirectory: string;
  /** Seconds since 1970. Absent: the current time. */
  readonly sourceDateEpoch?: number;
  /** The variables of a legacy JSON template. */
  readonly userVariables?: ReadonlyMap<string, string>;
  /** The absolute path of a legacy JSON template. */
  readonly templatePath?: string;
}

/** What a builder or post-processor made, as data. */
export interface Artifact {
  readonly builderId: string;
  readonly id: string;
  readonly files: readonly string[];
  readonly description: string;
  /** Bytes appear as an object with the one attribute `$bytes`: base64 text. */
  readonly state: ReadonlyMap<string, Value>;
  readonly generatedData: ReadonlyMap<string, Value>;
  readonly component: ComponentRef;
}

/** Something outside the process that must not be left behind. */
export interface ResourceRecord {
  readonly recordId: string;
  readonly kind: string;
  readonly id: string;
  readonly locator: Readonly<Record<string, string>>;
  readonly state: "planned" | "created" | "released";
  readonly component: ComponentRef;
}

/** Says a component as messages do: `builder "oci"`. */
export function componentText({ kind, name }: ComponentRef): string {
  return `${kind} "${name}"`;
}
