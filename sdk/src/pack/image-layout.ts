import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { makeFolders } from "@ingot/files";
import { PackError } from "./pack-error.js";
import type { PackedRelease } from "./release.js";

const TYPES = {
  artifact: "application/vnd.ingot.plugin.v1",
  file: "application/vnd.ingot.plugin.file.v1",
  empty: "application/vnd.oci.empty.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
};
const TITLE = "org.opencontainers.image.title";
const VERSION = "org.opencontainers.image.version";
const REFERENCE = "org.opencontainers.image.ref.name";

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes a release as an OCI image layout with one artifact, tagged by the version: each file of the release is a layer with its
 * name as title. Tools such as skopeo push it to a registry. An earlier layout in the folder is replaced. Gives a line for people.
 */
export async function writeImageLayout({ version, files }: PackedRelease, folder: string): Promise<string> {
  const blobs = join(folder, "blobs", "sha256");
  await makeRoom(folder);
  await makeFolders(blobs);
  const put = async (content: Buffer, mediaType: string): Promise<Blob> => {
    const hex = createHash("sha256").update(content).digest("hex");
    await writeFile(join(blobs, hex), content);
    return { mediaType, digest: `sha256:${hex}`, size: content.length };
  };
  const config = await put(Buffer.from("{}"), TYPES.empty);
  const layers = [];
  for (const file of files) {
    const layer = await put(await readFile(file), TYPES.file);
    layers.push({ ...layer, annotations: { [TITLE]: basename(file) } });
  }
  const artifact = {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    artifactType: TYPES.artifact,
    config,
    layers,
    annotations: { [VERSION]: version },
  };
  const manifest = await put(Buffer.from(JSON.stringify(artifact)), TYPES.manifest);
  const index = {
    schemaVersion: 2,
    mediaType: TYPES.index,
    manifests: [{ ...manifest, artifactType: TYPES.artifact, annotations: { [REFERENCE]: version } }],
  };
  await writeFile(join(folder, "index.json"), JSON.stringify(index));
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return `As an OCI image layout: ${folder}, tag ${version}`;
}

/** Removes an earlier layout, and nothing that isn't one. */
async function makeRoom(folder: string): Promise<void> {
  const layout = await readFile(join(folder, "oci-layout"), "utf8").catch(() => undefined);
  if (layout !== undefined) await rm(folder, { recursive: true });
  await makeFolders(folder);
  const index = await readFile(join(folder, "index.json")).catch(() => undefined);
  if (index !== undefined)
    throw new PackError(`${folder} has an index.json, but is no OCI image layout. Choose another folder.`);
}
