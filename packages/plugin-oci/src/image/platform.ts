import { OciError } from "../oci-error.js";
import type { Descriptor, ImageIndex, Platform } from "./image-spec.js";

const hostArchitectures: Record<string, Platform> = {
  x64: { os: "linux", architecture: "amd64" },
  arm64: { os: "linux", architecture: "arm64" },
  arm: { os: "linux", architecture: "arm", variant: "v7" },
  ia32: { os: "linux", architecture: "386" },
  ppc64: { os: "linux", architecture: "ppc64le" },
  riscv64: { os: "linux", architecture: "riscv64" },
  s390x: { os: "linux", architecture: "s390x" },
};

/** The platform of this machine. */
export function hostPlatform(): Platform {
  return hostArchitectures[process.arch] ?? { os: "linux", architecture: process.arch };
}

/** Reads "os/architecture[/variant]" or an architecture alone. Gives undefined when the text has another form. */
export function parsePlatform(text: string): Platform | undefined {
  const parts = text.split("/");
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) return undefined;
  if (parts.length === 1) return { os: "linux", architecture: text };
  const [os = "", architecture = "", variant] = parts;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** Writes a platform as "os/architecture[/variant]". */
function renderPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join("/");
}

/**
 * Chooses the manifest for a platform from an index. An index of one manifest without a platform fits all.
 * Throws OciError "no-platform" that lists what there is.
 */
export function choosePlatform(index: ImageIndex, wanted: Platform, name: string): Descriptor {
  const images = index.manifests.filter((item) => item.platform?.os !== "unknown"); // attestations look like images
  const matches = images.filter((item) => isMatch(item.platform, wanted));
  const exact = matches.find((item) => normalVariant(item.platform) === normalVariant(wanted));
  const chosen = exact ?? matches.find((item) => wanted.variant === undefined || item.platform?.variant === undefined);
  if (chosen !== undefined) return chosen;
  const [only] = images;
  if (images.length === 1 && only !== undefined && only.platform === undefined) return only;
  const known = images.map((item) => (item.platform === undefined ? "unknown" : renderPlatform(item.platform)));
  throw new OciError(
    "no-platform",
    `${name} has no image for ${renderPlatform(wanted)}. It has: ${known.join(", ") || "none"}. Set "platform" to one of them.`,
    { attribute: "platform" },
  );
}

function isMatch(platform: Platform | undefined, wanted: Platform): boolean {
  return platform?.os === wanted.os && platform.architecture === wanted.architecture;
}

/** arm64 without a variant means v8. */
function normalVariant(platform: Platform | undefined): string {
  return platform?.variant ?? (platform?.architecture === "arm64" ? "v8" : "");
}
