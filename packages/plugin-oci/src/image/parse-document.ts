import { OciError } from "../oci-error.js";
import type { Descriptor, ImageConfig, ImageIndex, ImageManifest } from "./image-spec.js";

/**
 * Parses an index or a manifest and checks that what we use has the right shape. `name` is used in messages.
 * Throws OciError "bad-image".
 */
export function parseManifestOrIndex(
  bytes: Buffer,
  name: string,
): { readonly manifest: ImageManifest } | { readonly index: ImageIndex } {
  const document = parseObject(bytes, name);
  if (Array.isArray(document["manifests"])) {
    for (const item of document["manifests"]) checkDescriptor(item, name);
    return { index: document as unknown as ImageIndex }; // checked above
  }
  if (document["schemaVersion"] === 1)
    throw new OciError("bad-image", `${name} has Docker's schema 1, which is too old to be read.`);
  checkDescriptor(document["config"], name);
  if (!Array.isArray(document["layers"])) throw new OciError("bad-image", `${name} is not an image manifest.`);
  for (const item of document["layers"]) checkDescriptor(item, name);
  return { manifest: document as unknown as ImageManifest }; // checked above
}

/** Parses an image's configuration. Throws OciError "bad-image". */
export function parseImageConfig(bytes: Buffer, name: string): ImageConfig {
  const document = parseObject(bytes, name);
  const rootfs = document["rootfs"];
  const diffIds: unknown = isObject(rootfs) ? rootfs["diff_ids"] : undefined;
  const isImage =
    typeof document["architecture"] === "string" &&
    typeof document["os"] === "string" &&
    Array.isArray(diffIds) &&
    diffIds.every((id) => isDigest(id));
  if (!isImage)
    throw new OciError("bad-image", `${name} is not the configuration of a container image; is it another artifact?`);
  return document as unknown as ImageConfig; // the fields that we use are checked above
}

/** Tells whether a value is a digest in the only algorithm that images use in practice. */
export function isDigest(value: unknown): value is string {
  return typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value);
}

/** Tells whether a value is an object with string keys. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses a JSON object. Throws OciError "bad-image". */
function parseObject(bytes: Buffer, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new OciError("bad-image", `${name} is not JSON.`, { cause });
  }
  if (!isObject(value)) throw new OciError("bad-image", `${name} is not a JSON object.`);
  return value;
}

function checkDescriptor(value: unknown, name: string): asserts value is Descriptor {
  const valid =
    isObject(value) && typeof value["mediaType"] === "string" && isDigest(value["digest"]) && isSize(value["size"]);
  if (!valid) throw new OciError("bad-image", `${name} has a damaged descriptor.`);
}

function isSize(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
