import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolders } from "@ingot/files";
import { messageOf } from "@ingot/diag";
import { DiagnosticError } from "../errors.js";
import type { ResourceHandle } from "../resources.js";
import { folderIdentity, OUTPUT_KIND } from "./destroy-parts.js";
import { codeOf } from "./system-error.js";
import { pathOf, type RecordingContext } from "./part-context.js";

/** A folder for what a build makes. `release` it when the build has succeeded; otherwise it is removed. */
export interface OutputDirectory {
  /** Absolute. */
  readonly path: string;
}

/**
 * Makes the output directory. One that exists is an error, with -force it is deleted first. Whatever fails later, it is removed at
 * the end unless it was released.
 */
export async function createOutputDirectory(
  directory: string,
  context: RecordingContext,
): Promise<OutputDirectory & ResourceHandle> {
  const { ui, build, signal, resources } = context;
  signal.throwIfAborted();
  const path = pathOf(directory, context);
  if (await exists(path)) {
    if (!build.force) throw alreadyExists(directory);
    ui.say("Deleting previous output directory...");
    await rm(path, { recursive: true, force: true });
  }
  const make = async (): Promise<OutputDirectory> => {
    try {
      await makeFolders(dirname(path));
      const isMade = await mkdir(path, { mode: 0o755 }).then(
        () => true,
        (error: unknown) => {
          if (codeOf(error) === "EEXIST") return false;
          throw error;
        },
      );
      if (!isMade) throw alreadyExists(directory); // another build was faster
    } catch (error) {
      if (error instanceof DiagnosticError) throw error;
      throw new DiagnosticError({ summary: `Couldn't create output directory: ${messageOf(error)}` }, { cause: error });
    }
    const probe = join(path, "_packer_perm_check");
    try {
      await writeFile(probe, "");
      await rm(probe);
    } catch (error) {
      throw new DiagnosticError(
        { summary: `Couldn't write to output directory: ${messageOf(error)}` },
        { cause: error },
      );
    }
    const locator = { folder: folderIdentity(await stat(path, { bigint: true })) };
    return Object.defineProperty({ path }, "locator", { value: locator });
  };
  return resources.create(OUTPUT_KIND, make, { id: path });
}

function alreadyExists(directory: string): DiagnosticError {
  const summary = `Output directory exists: ${directory}\n\nUse the force flag to delete it prior to building.`;
  return new DiagnosticError({ summary });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
