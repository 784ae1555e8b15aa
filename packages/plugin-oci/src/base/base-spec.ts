import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { decompress } from "../image/decompress.js";
import { OciError, errorCode } from "../oci-error.js";
import { parseReference, type ImageReference } from "../registry/image-reference.js";
import { readTar } from "../tar/read-tar.js";

/** What the option `base` names. */
export type BaseSpec =
  | { readonly kind: "scratch" }
  | { readonly kind: "folder" | "rootfs-tar"; readonly path: string }
  | {
      readonly kind: "oci-layout" | "oci-archive" | "docker-archive";
      readonly path: string;
      readonly tag: string | undefined;
    }
  | { readonly kind: "registry"; readonly reference: ImageReference };

const archiveName = /\.(tar|tgz|tar\.(gz|zst|zstd))$/;
/** Names with which the files of an image archive start, never those of a root file system. */
const imageFile =
  /^(blobs\/|oci-layout$|index\.json$|manifest\.json$|repositories$|[0-9a-f]{64}(\.json$|\.tar$|\/(VERSION|json|layer\.tar)$))/;

/**
 * Finds out what the option `base` means: "scratch", a path, or a registry reference. A path of an OCI layout or of an
 * image archive may end in ":TAG". What looks like a path or exists as one is never taken for a reference.
 * Rejects with OciError "no-base" or "bad-reference".
 */
export async function resolveBase(text: string, workingDirectory: string): Promise<BaseSpec> {
  if (text === "scratch") return { kind: "scratch" };
  if (text.startsWith("docker://")) return { kind: "registry", reference: parseReference(text.slice(9)) };
  const whole = await lookAt(resolve(workingDirectory, text), undefined);
  if (whole !== undefined) return whole;
  for (const [path, tag] of taggedPaths(text)) {
    const tagged = await lookAt(resolve(workingDirectory, path), tag);
    if (tagged !== undefined && "tag" in tagged) return tagged;
  }
  if (isPathLike(text)) throw noBase(text, "There is no such file or folder.");
  return { kind: "registry", reference: parseReference(text) };
}

/** Gives the ways to read "PATH:TAG"; both may have colons of their own. */
export function taggedPaths(text: string): [path: string, tag: string][] {
  const parts = text.split(":");
  return parts.slice(1).map((_, index) => [parts.slice(0, index + 1).join(":"), parts.slice(index + 1).join(":")]);
}

/** Tells whether a base can only be a path. */
export function isPathLike(text: string): boolean {
  return /^(\/|\.\/|\.\.\/|~)/.test(text) || text === "." || text === ".." || archiveName.test(text);
}

async function lookAt(path: string, tag: string | undefined): Promise<BaseSpec | undefined> {
  const info = await stat(path).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  });
  if (info === undefined) return undefined;
  if (info.isDirectory()) {
    const isLayout = await stat(join(path, "oci-layout")).then(
      (file) => file.isFile(),
      () => false,
    );
    return isLayout ? { kind: "oci-layout", path, tag } : { kind: "folder", path };
  }
  if (!info.isFile()) throw noBase(path, "It is neither a file nor a folder.");
  const kind = await archiveKind(path);
  return kind === "rootfs-tar" ? { kind, path } : { kind, path, tag };
}

async function archiveKind(path: string): Promise<"rootfs-tar" | "oci-archive" | "docker-archive"> {
  let isDocker = false;
  for await (const { entry } of readTar(decompress(createReadStream(path), path), path)) {
    if (entry.type === "directory") continue;
    if (!imageFile.test(entry.path)) return isDocker ? "docker-archive" : "rootfs-tar";
    if (entry.path === "oci-layout" || entry.path === "index.json") return "oci-archive";
    isDocker = true;
  }
  return isDocker ? "docker-archive" : "rootfs-tar";
}

function noBase(text: string, why: string): OciError {
  return new OciError("no-base", `The base "${text}" cannot be used. ${why}`, { attribute: "base" });
}
