import type { SourceFile } from "@ingot/hcl";
import type { JsonDocument, JsonObject } from "./go-json.js";

/** A legacy JSON template as written: nothing is interpolated yet. */
export interface LegacyTemplate {
  /** Absolute; of the working directory when the template came from standard input. */
  readonly path: string;
  readonly source: SourceFile;
  readonly document: JsonDocument;
  /** Empty without one. */
  readonly minVersion: string;
  /** Empty without one. */
  readonly description: string;
  readonly variables: ReadonlyMap<string, LegacyVariable>;
  /** Names of declared variables. */
  readonly sensitiveVariables: readonly string[];
  /** By raw name. */
  readonly builders: ReadonlyMap<string, LegacyBuilder>;
  readonly provisioners: readonly LegacyProvisioner[];
  readonly errorCleanup?: LegacyProvisioner;
  readonly postProcessors: readonly (readonly LegacyPostProcessor[])[];
}

export interface LegacyVariable {
  readonly name: string;
  /** Empty for a required one. */
  readonly defaultValue: string;
  readonly isRequired: boolean;
}

/** What builders, provisioners and post-processors have in common. */
export interface LegacyComponent {
  readonly type: string;
  /** The component's own settings. */
  readonly config: JsonObject;
  /** The object in the document, for places. Absent for a post-processor that is a mere name. */
  readonly origin: JsonObject | undefined;
  /** Where it stands: `builders[0]`. */
  readonly place: string;
}

export interface LegacyBuilder extends LegacyComponent {
  /** The name as written, or the type. */
  readonly name: string;
}

/** Raw names of builders. */
export interface OnlyExcept {
  readonly only: readonly string[];
  readonly except: readonly string[];
}

export interface LegacyProvisioner extends LegacyComponent, OnlyExcept {
  /** Settings by raw builder name. */
  readonly override: JsonObject;
  readonly pauseBeforeMs: number;
  readonly timeoutMs: number;
  /** As written; may contain `{{ }}`. */
  readonly maxRetries: string;
}

export interface LegacyPostProcessor extends LegacyComponent, OnlyExcept {
  /** The name as written, or the type. */
  readonly name: string;
  readonly keepInputArtifact?: boolean;
}

/** Tells whether `only` and `except` leave a step out of the builds of a builder. */
export function isSkipped({ only, except }: OnlyExcept, rawName: string): boolean {
  return only.length > 0 ? !only.includes(rawName) : except.includes(rawName);
}
