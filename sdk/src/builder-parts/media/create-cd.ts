import { constants } from "node:fs";
import { access, copyFile, cp, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join, normalize, relative, sep } from "node:path";
import { makeFolders } from "@ingot/files";
import { runLocally } from "../../run-locally.js";
import type { ResourceHandle } from "../../resources.js";
import { pathOf, type RecordingContext } from "../part-context.js";
import type { CdConfig } from "./cd-options.js";
import { globPaths } from "../../glob-paths.js";
import { createTemporaryPath, type TemporaryPath } from "./temporary-path.js";

interface CdTool {
  readonly name: string;
  readonly arguments: (label: string, source: string, output: string) => readonly string[];
}

/** Programs that make CD images, the first that is there is used. */
const TOOLS: readonly CdTool[] = [
  {
    name: "xorriso",
    arguments: (label, source, output) => {
      return ["-as", "genisoimage", "-rock", "-joliet", "-volid", label, "-output", output, source];
    },
  },
  { name: "mkisofs", arguments: (label, source, output) => ["-joliet", "-volid", label, "-o", output, source] },
  {
    name: "hdiutil",
    arguments: (label, source, output) => {
      return ["makehybrid", "-o", output, "-hfs", "-joliet", "-iso", "-default-volume-name", label, source];
    },
  },
  { name: "oscdimg", arguments: (label, source, output) => ["-j1", "-o", "-m", `-l${label}`, source, output] },
];

const NO_TOOL = `could not find a supported CD ISO creation command (the supported commands are: ${TOOLS.map(({ name }) => name).join(", ")})`;

/**
 * Makes a CD image in a temporary file with one of the usual programs; undefined when no option asks for one. Dispose it when the
 * machine no longer needs it. `searchPath` is where programs are looked for; default: PATH.
 */
export async function createCd(
  { files, content, label }: CdConfig,
  context: RecordingContext,
  { searchPath = process.env["PATH"] ?? "" }: { readonly searchPath?: string } = {},
): Promise<(TemporaryPath & ResourceHandle) | undefined> {
  if (files.length === 0 && Object.keys(content).length === 0) return undefined;
  const { ui, signal } = context;
  signal.throwIfAborted();
  ui.say("Creating CD disk...");
  const tool = await findTool(searchPath);
  await using staged = await createTemporaryPath(context, { prefix: "packer_to_cdrom" }, async (folder) => {
    await mkdir(folder, { mode: 0o700 });
    await stageFiles(files, folder, context);
    await stageContent(content, folder);
  });
  const image = await createTemporaryPath(context, { prefix: "packer", suffix: ".iso" }, async (path) => {
    const options = { signal, stdout: ui.say, stderr: ui.say };
    const [source, output] = await Promise.all([staged.path, path].map((each) => pathForTool(each, tool, context)));
    const { status } = await runLocally([tool.path, ...tool.arguments(label, source ?? "", output ?? "")], options);
    if (status !== 0) throw new Error(`Bad exit status: ${status}`);
  });
  ui.say("Done copying paths from CD_dirs");
  return image;
}

type FoundTool = CdTool & { readonly path: string };

async function findTool(searchPath: string): Promise<FoundTool> {
  const suffixes = process.platform === "win32" ? [".exe", ""] : [""];
  for (const tool of TOOLS) {
    for (const folder of searchPath.split(delimiter)) {
      for (const suffix of suffixes) {
        const path = join(folder, tool.name + suffix);
        const isThere = await access(path, constants.X_OK).then(
          () => true,
          () => false,
        );
        if (isThere && (await stat(path)).isFile()) return { ...tool, path };
      }
    }
  }
  throw new Error(NO_TOOL);
}

/** On Windows, a program of Cygwin or MSYS wants paths of its own kind. */
async function pathForTool(path: string, tool: FoundTool, { signal }: RecordingContext): Promise<string> {
  if (process.platform !== "win32" || !tool.path.toLowerCase().includes("\\usr\\bin\\")) return path;
  let converted = "";
  const { status } = await runLocally(["cygpath", path], { signal, stdout: (line) => void (converted ||= line) });
  return status === 0 && converted !== "" ? converted : path;
}

async function stageFiles(entries: readonly string[], folder: string, context: RecordingContext): Promise<void> {
  for (const entry of entries) {
    const found = await globPaths(entry, context.build.workingDirectory);
    for (const path of found) {
      context.signal.throwIfAborted();
      const source = pathOf(path, context);
      if ((await stat(source)).isDirectory()) {
        const isContentOnly = /[/\\]$/.test(path);
        await copyTree(source, isContentOnly ? folder : join(folder, basename(source)), context);
      } else {
        await copyFile(source, join(folder, basename(source)), constants.COPYFILE_FICLONE);
      }
    }
  }
}

/** Copies a folder; links become what they point at. */
async function copyTree(source: string, target: string, { signal }: RecordingContext): Promise<void> {
  await cp(source, target, {
    recursive: true,
    dereference: true,
    mode: constants.COPYFILE_FICLONE,
    filter: () => {
      signal.throwIfAborted();
      return true;
    },
  });
}

async function stageContent(content: Readonly<Record<string, string>>, folder: string): Promise<void> {
  for (const [path, text] of Object.entries(content)) {
    const target = join(folder, normalize(`/${path}`));
    if (relative(folder, target).split(sep)[0] === "..") throw new Error(`cd_content: ${path} is outside of the CD`);
    await makeFolders(dirname(target));
    await rm(target, { force: true }); // it may be a copy that is read-only
    await writeFile(target, text, { mode: 0o666 });
  }
}
