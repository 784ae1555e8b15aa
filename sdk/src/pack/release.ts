import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { makeFolders } from "@ingot/files";
import { ComponentKind, type DescribeResponse } from "@ingot/protocol";
import { archiveName, currentPlatform, executableName, PROTOCOL, releaseStem, type PluginIdentity } from "./asset.js";
import { describeAlone, descriptionFileText } from "./describe.js";
import { fitsPlatform, platformOf } from "./executable-format.js";
import { PackError } from "./pack-error.js";
import { companionsIn } from "./project.js";
import { signFile } from "./sign.js";
import { writeArchive, type PackedFile } from "./write-archive.js";

/** What is to be packed. */
export interface ReleaseRequest extends PluginIdentity {
  /** Where the licence and the like are. */
  readonly folder: string;
  /** The executable for each platform. */
  readonly executables: ReadonlyMap<string, string>;
  /** Where the files of the release go. */
  readonly out: string;
  /** With which key to sign; "" is the default one. Absent: not signed. */
  readonly sign?: string;
}

/** A release that was packed. */
export interface PackedRelease extends PluginIdentity {
  /** Paths, archives first. */
  readonly files: readonly string[];
  /** What the plugin offers, as `provisioner greet`; undefined when none of the executables runs here. */
  readonly components: readonly string[] | undefined;
}

/**
 * Makes the files of a release: one archive per platform, the manifest, the checksum file, its signature. All appear together at the
 * end; files of earlier releases of the plugin in the same folder go. Throws PackError.
 */
export async function packRelease(request: ReleaseRequest): Promise<PackedRelease> {
  const { out, name, version } = request;
  const description = await describeHere(request);
  await makeFolders(out);
  const work = await mkdtemp(join(out, ".pack-"));
  try {
    const archives = await packArchives(request, description, work);
    const manifest = join(work, `${releaseStem(request)}_manifest.json`);
    await writeFile(manifest, manifestText(request, { archives, description: description?.response }));
    const checksums = join(work, `${releaseStem(request)}_SHA256SUMS`);
    const listed = [...archives, { file: basename(manifest), sha256: await sha256Of(manifest) }];
    await writeFile(checksums, listed.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join(""));
    if (request.sign !== undefined) await signFile(checksums, request.sign);
    const names = await moveFiles(work, request);
    const components = description?.response.components.map(
      (component) => `${kindText(component.kind)} ${component.name}`,
    );
    return { name, version, files: names.map((file) => join(out, file)), components };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Described {
  readonly platform: string;
  readonly response: DescribeResponse;
}

/** Asks the executable that runs here, and compares what it says with what is wanted. */
async function describeHere({ executables, name, version }: ReleaseRequest): Promise<Described | undefined> {
  for (const [platform, file] of executables) await checkFormat(file, platform);
  const platform = [currentPlatform(), "any"].find((candidate) => executables.has(candidate));
  const file = executables.get(platform ?? "");
  if (platform === undefined || file === undefined) return undefined;
  const response = await describeAlone(file, executableName(name, platform, file));
  if (response.name !== name) {
    throw new PackError(
      `The plugin says that it is called ${JSON.stringify(response.name)}, but it is to be packed as ${JSON.stringify(name)}. Ingot would refuse it: let both say the same.`,
    );
  }
  if (response.version !== version) {
    throw new PackError(
      `The plugin says that its version is ${JSON.stringify(response.version)}, but it is to be packed as ${JSON.stringify(version)}. Ingot would refuse it: let both say the same.`,
    );
  }
  return { platform, response };
}

async function checkFormat(file: string, platform: string): Promise<void> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true) throw new PackError(`The executable ${file} for ${platform} doesn't exist.`);
  if (stats.size === 0) throw new PackError(`The executable ${file} for ${platform} is empty.`);
  const found = await platformOf(file);
  if (found !== undefined && !fitsPlatform(found, platform)) {
    throw new PackError(`${file} is an executable for ${found}, not for ${platform}.`);
  }
}

interface Archive {
  readonly file: string;
  readonly platform: string;
  readonly sha256: string;
  readonly size: number;
}

async function packArchives(
  request: ReleaseRequest,
  description: Described | undefined,
  work: string,
): Promise<readonly Archive[]> {
  const companions = companionsIn(request.folder).map(({ name, path }): PackedFile => ({
    name,
    content: { path },
    isExecutable: false,
  }));
  const archives: Archive[] = [];
  for (const [platform, path] of [...request.executables].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const files = [
      ...companions,
      { name: executableName(request.name, platform, path), content: { path }, isExecutable: true },
    ];
    if (description?.platform === platform) {
      const text = await descriptionFileText(path, description.response);
      files.push({ name: `ingot-plugin-${request.name}.describe.json`, content: { text }, isExecutable: false });
    }
    const file = archiveName(request, platform);
    archives.push({ file, platform, ...(await writeArchive(join(work, file), files)) });
  }
  return archives;
}

/** For tools that show what a release has; Ingot itself reads the archives' names. */
function manifestText(
  { name, version }: PluginIdentity,
  {
    archives,
    description,
  }: { readonly archives: readonly Archive[]; readonly description: DescribeResponse | undefined },
): string {
  const components = description?.components.map((component) => ({
    kind: kindText(component.kind),
    name: component.name,
    summary: component.summary,
  }));
  const metadata = { protocol_version: PROTOCOL.slice(1) };
  return `${JSON.stringify({ version: 1, metadata, plugin: { name, version }, archives, components }, undefined, 2)}\n`;
}

function kindText(kind: ComponentKind): string {
  switch (kind) {
    case ComponentKind.BUILDER:
      return "builder";
    case ComponentKind.PROVISIONER:
      return "provisioner";
    case ComponentKind.POST_PROCESSOR:
      return "post-processor";
    case ComponentKind.DATA_SOURCE:
      return "data source";
    case ComponentKind.COMMUNICATOR:
      return "communicator";
    default:
      return "component";
  }
}

async function sha256Of(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

/** Puts the files in their place, archives first, and removes those of earlier releases. */
async function moveFiles(work: string, { out, name }: ReleaseRequest): Promise<readonly string[]> {
  const names = await readdir(work);
  const isOurs = (file: string) => file.startsWith(`ingot-plugin-${name}_v`);
  for (const old of await readdir(out)) if (isOurs(old) && !names.includes(old)) await rm(join(out, old));
  for (const file of names) await rename(join(work, file), join(out, file));
  const rank = (file: string) => [".zip", ".json", "SUMS", ".sig"].findIndex((end) => file.endsWith(end));
  return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
