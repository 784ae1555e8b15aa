import { printable } from "../../printable.js";

/** What a release of a plugin is, as an OCI artifact: a manifest whose layers are the files of the release, each named by its title. */
export const PLUGIN_ARTIFACT_TYPE = "application/vnd.ingot.plugin.v1";
export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
export const FILE_TYPE = "application/vnd.ingot.plugin.file.v1";
export const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
export const TITLE = "org.opencontainers.image.title";

/** A file of a release: where its bytes are. */
export interface ArtifactFile {
  /** `sha256:HEX`. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

const MAX_FILES = 1000;
const FILE_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._+~-]{0,254}$/u;

/** Reads the manifest of an artifact: its files by name, or what is wrong with it. */
export function parseArtifact(
  content: Uint8Array,
): { readonly files: ReadonlyMap<string, ArtifactFile> } | { readonly problem: string } {
  const value = parseJson(content);
  if (!isRecord(value)) return { problem: "its manifest is not JSON" };
  const { config, layers } = value;
  // ORAS before 1.2 and others tell the type of an artifact by that of its configuration.
  const type = value["artifactType"] ?? (isRecord(config) ? config["mediaType"] : undefined);
  if (type !== PLUGIN_ARTIFACT_TYPE) {
    const found = typeof type === "string" ? printable(type, 100) : "none";
    return { problem: `it is no plugin: the type of the artifact has to be ${PLUGIN_ARTIFACT_TYPE}, and is ${found}` };
  }
  if (!Array.isArray(layers) || layers.length > MAX_FILES) return { problem: "its manifest has no list of files" };
  const files = new Map<string, ArtifactFile>();
  for (const layer of layers as unknown[]) {
    if (!isRecord(layer)) return { problem: "its manifest has a layer without description" };
    const { digest, size, annotations } = layer;
    const name = isRecord(annotations) ? annotations[TITLE] : undefined;
    if (typeof name !== "string") continue;
    if (!FILE_NAME.test(name)) return { problem: `the name ${printable(JSON.stringify(name))} of a file is not plain` };
    if (files.has(name)) return { problem: `the file ${name} is there twice` };
    if (typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/.test(digest))
      return { problem: `the file ${name} has no SHA-256 digest` };
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
      return { problem: `the file ${name} has no size` };
    files.set(name, { digest, size });
  }
  return { files };
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString("utf8"));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
