import { open, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { messageOf } from "@ingot/diag";
import { pathOf, type RecordingContext } from "../part-context.js";
import type { ResourceHandle } from "../../resources.js";
import { FLOPPY_CAPACITY_BYTES, isFatFolder, makeFloppyImage, type FatFile, type FatFolder } from "./fat-image.js";
import type { FloppyConfig } from "./floppy-options.js";
import { globPaths } from "../../glob-paths.js";
import { createTemporaryPath, type TemporaryPath } from "./temporary-path.js";

/**
 * Makes the image of a floppy disk in a temporary file; undefined when no option asks for one. Dispose it when the machine no
 * longer needs it. Rejects with an Error when files are missing or do not fit.
 */
export async function createFloppy(
  config: FloppyConfig,
  context: RecordingContext,
): Promise<(TemporaryPath & ResourceHandle) | undefined> {
  const { files, folders, content } = config;
  if (files.length === 0 && folders.length === 0 && Object.keys(content).length === 0) return undefined;
  context.signal.throwIfAborted();
  context.ui.say("Creating floppy disk...");
  const root = await collectFiles(config, context);
  const { sourceDateEpoch } = context.build;
  const time = sourceDateEpoch === undefined ? new Date() : new Date(sourceDateEpoch * 1000);
  let image: Uint8Array;
  try {
    image = makeFloppyImage(root, { label: config.label, time });
  } catch (error) {
    throw new Error(`Error creating floppy: ${messageOf(error)}`, { cause: error });
  }
  return createTemporaryPath(context, { prefix: "packer" }, async (path) => {
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(image);
  });
}

async function collectFiles({ files, folders, content }: FloppyConfig, context: RecordingContext): Promise<FatFolder> {
  const { ui, signal } = context;
  const root = new FolderMaker();
  ui.say("Copying files flatly from floppy_files");
  for (const entry of files) {
    await reportedAs(`Error adding file from floppy_files : ${entry} : `, async () => {
      for (const path of await globPaths(entry, context.build.workingDirectory)) {
        signal.throwIfAborted();
        if ((await stat(pathOf(path, context))).isDirectory()) {
          ui.say(`Copying directory: ${path}`);
          for await (const file of filesBelow(path, context)) {
            ui.say(`Adding file: ${file}`);
            root.add(await root.read(file, context));
          }
        } else {
          ui.say(`Copying file: ${path}`);
          root.add(await root.read(path, context));
        }
      }
    });
  }
  ui.say("Done copying files from floppy_files");
  ui.say("Collecting paths from floppy_dirs");
  const patterns = await Promise.all(folders.map((entry) => globPaths(entry, context.build.workingDirectory)));
  const paths = patterns.flat();
  ui.say(`Resulting paths from floppy_dirs : [${paths.join(" ")}]`);
  for (const path of paths) {
    ui.say(`Recursively copying : ${path}`);
    await reportedAs(`Error adding path ${path} to floppy: `, () => root.addTree(path, context));
  }
  ui.say("Done copying paths from floppy_dirs");
  ui.say("Copying files from floppy_content");
  // Folders of a key are dropped, as in Packer.
  for (const [name, text] of Object.entries(content))
    root.replace({ name: basename(name), content: Buffer.from(text) });
  ui.say("Done copying files from floppy_content");
  return root.folder;
}

/** Puts together a folder and what is in it, and keeps an eye on the size. */
class FolderMaker {
  readonly folder: FatFolder = { name: "", entries: [] };
  #sizeBytes = 0;

  add(file: FatFile, folder: FatFolder = this.folder): void {
    if (indexIn(folder, file.name) !== -1) throw new Error(`name already exists: ${file.name}`);
    folder.entries.push(file);
  }

  replace(file: FatFile): void {
    const index = indexIn(this.folder, file.name);
    if (index === -1) this.folder.entries.push(file);
    else this.folder.entries.splice(index, 1, file);
  }

  /** Adds a file, or a folder with its name and everything in it. Folders of the same name become one. */
  async addTree(path: string, context: RecordingContext, into: FatFolder = this.folder): Promise<void> {
    context.signal.throwIfAborted();
    const source = pathOf(path, context);
    if (!(await stat(source)).isDirectory()) return this.add(await this.read(path, context), into);
    const name = basename(source);
    const found = into.entries[indexIn(into, name)];
    if (found !== undefined && !isFatFolder(found)) throw new Error(`name already exists: ${name}`);
    const folder = found ?? { name, entries: [] };
    if (found === undefined) into.entries.push(folder);
    for (const entry of (await readdir(source)).sort()) await this.addTree(join(source, entry), context, folder);
  }

  async read(path: string, context: RecordingContext): Promise<FatFile> {
    const source = pathOf(path, context);
    this.#sizeBytes += (await stat(source)).size;
    if (this.#sizeBytes > FLOPPY_CAPACITY_BYTES) throw new Error("the files do not fit on a floppy disk of 1.44 MB");
    return { name: basename(source), content: await readFile(source) };
  }
}

function indexIn({ entries }: FatFolder, name: string): number {
  return entries.findIndex((entry) => entry.name.toLowerCase() === name.toLowerCase());
}

async function* filesBelow(folder: string, context: RecordingContext): AsyncGenerator<string> {
  for (const name of (await readdir(pathOf(folder, context))).sort()) {
    const path = join(folder, name);
    if ((await stat(pathOf(path, context))).isDirectory()) yield* filesBelow(path, context);
    else yield path;
  }
}

async function reportedAs(prefix: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(prefix + messageOf(error), { cause: error });
  }
}
