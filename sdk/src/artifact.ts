import type { Artifact } from "@ingot/protocol";
import { fromEntries, toEntries, type PlainValue } from "./value.js";

/** An artifact as a builder or post-processor gives it. */
export interface ArtifactResult {
  /** Its identity in the platform's own terms: an image id, a digest. Default: empty. */
  readonly id?: string;
  /** Its files: absolute paths, or relative to the working directory of the run. */
  readonly files?: readonly string[];
  /** One line for people: what was made and where it is. */
  readonly summary?: string;
  /** The kind of artifact and who made it. Default: plugin name, dot, component name. */
  readonly builderId?: string;
  /** Anything else that post-processors or a later destroy call need. */
  readonly state?: Readonly<Record<string, unknown>>;
  /** The values of `build.NAME` for post-processors. Default: what the builder gave to `provision`. */
  readonly generatedData?: Readonly<Record<string, unknown>>;
}

/** An artifact that a component is given. */
export interface ArtifactInfo {
  readonly id: string;
  readonly files: readonly string[];
  readonly summary: string;
  readonly builderId: string;
  readonly state: Readonly<Record<string, PlainValue>>;
  readonly generatedData: Readonly<Record<string, PlainValue>>;
}

const originals = new WeakMap<object, Artifact>();

/** Reads an artifact from the wire. Given back unchanged, it is sent as it came. */
export function fromWireArtifact(artifact: Artifact): ArtifactInfo {
  const info: ArtifactInfo = {
    id: artifact.id,
    files: artifact.files,
    summary: artifact.description,
    builderId: artifact.builderId,
    state: fromEntries(artifact.state),
    generatedData: fromEntries(artifact.generatedData),
  };
  originals.set(info, artifact);
  return info;
}

/** Writes an artifact for the wire. */
export function toWireArtifact(
  artifact: ArtifactResult | ArtifactInfo,
  defaults: { readonly builderId: string; readonly generatedData?: Readonly<Record<string, unknown>> | undefined },
): Artifact {
  const original = originals.get(artifact);
  if (original !== undefined) return original;
  return {
    builderId: artifact.builderId ?? defaults.builderId,
    id: artifact.id ?? "",
    files: [...(artifact.files ?? [])],
    description: artifact.summary ?? "",
    state: toEntries(artifact.state),
    generatedData: toEntries(artifact.generatedData ?? defaults.generatedData),
    component: undefined,
  };
}
