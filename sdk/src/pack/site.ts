import { copyFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { makeFolders } from "@ingot/files";
import { isError } from "@ingot/diag";
import { PackError } from "./pack-error.js";
import type { PackedRelease } from "./release.js";

/**
 * Adds a release to a folder that a web server serves: `DIR/ingot-plugin-NAME/VERSION/` with the files, and
 * `DIR/ingot-plugin-NAME/index.json` with the list of versions. A version that is there already is refused: releases never change.
 * Gives a line for people.
 */
export async function addToSite({ name, version, files }: PackedRelease, site: string): Promise<string> {
  const plugin = `ingot-plugin-${name}`;
  const index = join(site, plugin, "index.json");
  const versions = await readVersions(index);
  const folder = join(site, plugin, version);
  if (Object.hasOwn(versions, version)) {
    throw new PackError(
      `${index} has version ${version} already. A published version must not change: choose a new one.`,
    );
  }
  await rm(folder, { recursive: true, force: true }); // of a run that was interrupted
  await makeFolders(folder);
  for (const file of files) await copyFile(file, join(folder, basename(file)));
  const all = { ...versions, [version]: { name: plugin, version } };
  const temporary = `${index}.new`;
  await writeFile(temporary, `${JSON.stringify({ name: plugin, versions: all }, undefined, 2)}\n`);
  await rename(temporary, index);
  return `Added to the site: ${folder}`;
}

async function readVersions(index: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { versions } = JSON.parse(await readFile(index, "utf8")) as { versions?: unknown };
    if (typeof versions === "object" && versions !== null) return versions as Record<string, unknown>;
  } catch (error) {
    if (isError(error) && "code" in error && error.code === "ENOENT") return {};
  }
  throw new PackError(`${index} is not a list of versions: it has to be {"versions": {...}}.`);
}
