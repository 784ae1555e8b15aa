import { OciError } from "../oci-error.js";

/** Names an image in a registry. */
export interface ImageReference {
  /** Host and port, such as "registry-1.docker.io" or "localhost:5000". */
  readonly registry: string;
  /** The path, such as "library/debian". */
  readonly repository: string;
  /** The tag; absent when a digest is given. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** As people write it. */
  readonly text: string;
}

const namePart = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const form = new RegExp(
  `^(?:(?<registry>[A-Za-z0-9.-]+(?::\\d+)?|\\[[0-9a-fA-F:]+\\](?::\\d+)?)/)?(?<path>${namePart}(?:/${namePart})*)(?::(?<tag>[\\w][\\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`,
);

/**
 * Reads "[registry/]path[:tag][@digest]". Without a registry Docker Hub is meant, without tag and digest the tag "latest".
 * The first part is a registry when it has a dot or a colon or is "localhost". Throws OciError "bad-reference".
 */
export function parseReference(text: string): ImageReference {
  const groups = form.exec(text)?.groups;
  if (groups === undefined) {
    throw new OciError(
      "bad-reference",
      `"${text}" is neither "scratch", nor a file or folder, nor an image reference such as "registry.example.com/team/app:1".`,
      { attribute: "base" },
    );
  }
  const { tag, digest } = groups;
  let registry = groups["registry"];
  let repository = groups["path"] ?? "";
  if (registry !== undefined && !/[.:]/.test(registry) && registry !== "localhost") {
    repository = `${registry}/${repository}`;
    registry = undefined;
  }
  if (registry === undefined || registry === "docker.io" || registry === "index.docker.io") {
    registry = "registry-1.docker.io";
    if (!repository.includes("/")) repository = `library/${repository}`;
  }
  return { registry, repository, tag: digest === undefined ? (tag ?? "latest") : undefined, digest, text };
}
