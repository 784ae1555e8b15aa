import { OciError, errorCode, messageOf } from "./oci-error.js";

const summaries: Record<string, string> = {
  "no-base": "Unusable base image",
  "bad-reference": "Unusable base image",
  "no-tag": "Unusable base image",
  "no-platform": "Unusable base image",
  "bad-image": "Damaged base image",
  "bad-layer": "Damaged base image",
  "bad-tar": "Damaged base image",
  "bad-compression": "Damaged base image",
  "digest-mismatch": "Damaged base image",
  "no-zstd": "Unusable base image",
  "output-exists": "Output exists",
  "no-namespaces": "Namespaces are not available",
  "no-sandbox": "Cannot prepare the root file system",
  "missing-tool": "Missing program",
};

/** Turns trouble with the world into what the user is told; undefined for everything else. */
export function explainError(
  error: unknown,
): { readonly summary: string; readonly detail: string; readonly path: readonly string[] } | undefined {
  if (error instanceof OciError) {
    const summary =
      summaries[error.code] ??
      (error.code.startsWith("registry-") ? "Cannot pull the base image" : "Cannot build the image");
    return { summary, detail: error.message, path: error.attribute === undefined ? [] : [error.attribute] };
  }
  const code = errorCode(error);
  if (code === "ENOSPC")
    return { summary: "No space left", detail: `The disk is full: ${messageOf(error)}.`, path: [] };
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOENT")
    return { summary: "Cannot build the image", detail: `${messageOf(error)}.`, path: [] };
  return undefined;
}
