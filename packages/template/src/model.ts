import type { AttributePath, Diagnostic, Outcome, SourceRange } from "@ingot/diag";
import type { BodySchema, Value } from "@ingot/hcl";
import type { RegistryDeclaration } from "./decode-registry-block.js";
import type { RemoteRequest, RemoteResponse } from "./functions/remote/remote-request.js";

/** An evaluated template: all variables, locals and data sources are known, all blocks are decoded but plugin bodies. */
export interface Template {
  /** The builds: each `build` block times each of its sources, in order. */
  readonly builds: readonly BuildDeclaration[];
  /** Names of the template's sensitive input variables, sorted. */
  readonly sensitiveVariables: readonly string[];
  /** Strings that must not be shown: every string inside a sensitive variable or local. */
  readonly secrets: readonly string[];
  /** The `hcp_packer_registry` block. */
  readonly registry?: RegistryDeclaration;
  /** The variables of a legacy JSON template, for `{{user}}` in the settings of its components. */
  readonly userVariables?: ReadonlyMap<string, string>;
  /** The absolute path of a legacy JSON template. */
  readonly templatePath?: string;
}

/** One source in one `build` block. */
export interface BuildDeclaration {
  /** `[BUILD.]TYPE.NAME`, as shown and as matched by -only and -except. */
  readonly name: string;
  /** The source's name: the second label of its block, whatever name the `build` block gives it. */
  readonly sourceName: string;
  readonly builderType: string;
  readonly builder: ComponentBlock;
  /** In order, without those that `only` and `except` leave out. */
  readonly provisioners: readonly ProvisionerBlock[];
  readonly errorCleanupProvisioner?: ProvisionerBlock;
  /** In order, without those that `only`, `except` and -except leave out. */
  readonly postProcessorChains: readonly (readonly PostProcessorBlock[])[];
}

/** The block of one component in one build. Its body is decoded when the plugin's schema is known. */
export interface ComponentBlock {
  /** The component's name, such as "shell". */
  readonly type: string;
  /** The block's header. */
  readonly range: SourceRange;
  /**
   * Where the block stands and what it says, as text: the same for the same template, different for any other block of it.
   * For stable step identities.
   */
  readonly identity: string;
  /** True when the body refers to `build`, so that it must be decoded again when the build's data is known. */
  readonly usesBuildData: boolean;
  /**
   * Decodes the body. `buildData` are the values of `build.NAME`; a builder's body has none. The value is an object with all
   * attributes and blocks of the schema.
   */
  decode(schema: BodySchema, buildData: ReadonlyMap<string, Value>): Outcome<Value>;
  /** Where the body sets an attribute; the header when it doesn't. For diagnostics of plugins. */
  rangeOfPath(path: AttributePath): SourceRange;
}

export interface ProvisionerBlock extends ComponentBlock {
  /** The `name` argument; empty without one. */
  readonly name: string;
  /** Milliseconds; 0: none. */
  readonly pauseBeforeMs: number;
  /** Milliseconds; 0: none. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly continueOnError: boolean;
}

export interface PostProcessorBlock extends ComponentBlock {
  /** The `name` argument; empty without one. */
  readonly name: string;
  /** Absent: the post-processor decides. */
  readonly keepInputArtifact?: boolean;
}

/** What the template needs of the world. All paths are as the user would write them, relative to the working directory. */
export interface TemplateWorld {
  /** The bytes of a file. Throws an Error with a Node-style `code` ("ENOENT"). */
  readFile(path: string): Uint8Array;
  /** The names in a folder, or undefined when the path is no folder. Throws as `readFile`. */
  listFolder(path: string): readonly string[] | undefined;
  /** Tells whether a path is a regular file, following links. Absent: whatever its folder lists and is no folder counts as one. */
  isFile?(path: string): boolean;
  /** The user's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory, absolute. */
  readonly workingDirectory: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** Sends a request to a remote store and waits for the answer. Throws an Error without one. Absent: there is no network. */
  request?(request: RemoteRequest): RemoteResponse;
}

/** What the template needs of data-source plugins while it is evaluated. */
export interface DataSources {
  /** The schemas of a data source; why it can't be used; `undefined` when no plugin offers it. */
  describe(type: string): Promise<DataSourceSchemas | { readonly broken: string } | undefined>;
  /** Names of all known data sources, sorted. */
  names(): Promise<readonly string[]>;
  /** Checks the configuration of a data source that will not run. Absent: not checked. */
  check?(block: ComponentBlock, name: string, config: Value): Promise<readonly Diagnostic[]>;
  /** Runs a data source. `block` says where it stands. The value is an object that fits the output schema. */
  execute(block: ComponentBlock, name: string, config: Value): Promise<Outcome<Value>>;
}

export interface DataSourceSchemas {
  readonly config: BodySchema;
  readonly output: BodySchema;
}
