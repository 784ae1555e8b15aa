import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { checkIdentity, currentPlatform, executableName } from "./asset.js";
import { bundlePlugin } from "./bundle.js";
import { describeAlone } from "./describe.js";
import { HELP } from "./help.js";
import { writeImageLayout } from "./image-layout.js";
import { parsePackArguments, type PackArguments } from "./pack-arguments.js";
import { PackError } from "./pack-error.js";
import { readProject } from "./project.js";
import { packRelease, type PackedRelease } from "./release.js";
import { addToSite } from "./site.js";

/** Runs `pack` with its arguments. Gives what is to be printed. Throws PackError. */
export async function pack(args: readonly string[]): Promise<string> {
  const wanted = parsePackArguments(args);
  if (wanted === "help") return HELP;
  const release = wanted.executables.size === 0 ? await packProject(wanted) : await packExecutables(wanted);
  const more = [
    ...(wanted.oci === undefined ? [] : [await writeImageLayout(release, wanted.oci)]),
    ...(wanted.site === undefined ? [] : [await addToSite(release, wanted.site)]),
  ];
  return reportText(release, more);
}

async function packProject(wanted: PackArguments): Promise<PackedRelease> {
  const project = readProject(process.cwd(), wanted);
  const work = await mkdtemp(join(tmpdir(), "ingot-pack-"));
  try {
    const file = join(work, `ingot-plugin-${project.name}.mjs`);
    await writeFile(file, await bundlePlugin(project));
    return await packRelease({ ...wanted, ...project, executables: new Map([["any", file]]) });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function packExecutables(wanted: PackArguments): Promise<PackedRelease> {
  const identity = await identify(wanted);
  checkIdentity(identity, "given");
  return await packRelease({ ...wanted, ...identity, folder: process.cwd() });
}

/** The plugin's name and version as given, else as the executable for this machine says. */
async function identify({ name, version, executables }: PackArguments) {
  if (name !== undefined && version !== undefined) return { name, version };
  const platform = executables.has(currentPlatform()) ? currentPlatform() : "any";
  const file = executables.get(platform);
  if (file === undefined) {
    throw new PackError(
      `None of the executables runs here (${currentPlatform()}), so the plugin can't be asked what it is: give --name and --version.`,
    );
  }
  const stem = /^ingot-plugin-([^.]*)/.exec(basename(file))?.[1];
  const told = await describeAlone(file, executableName(name ?? stem ?? "plugin", platform, file));
  return { name: name ?? told.name, version: version ?? told.version };
}

function reportText({ name, version, files, components }: PackedRelease, more: readonly string[]): string {
  const offers =
    components === undefined
      ? "; none of its executables runs here, so none was started"
      : ` with ${components.length === 0 ? "no components" : components.join(", ")}`;
  return [`Packed ${name} ${version}${offers}:`, ...files.map((file) => `  ${file}`), ...more, ""].join("\n");
}
