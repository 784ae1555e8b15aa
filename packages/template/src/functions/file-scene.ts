import path from "node:path";
import { FunctionError, type EvaluationBudget } from "@ingot/hcl";
import type { TemplateWorld } from "../model.js";
import { codeOf } from "../system-error.js";

/** The world and the folder that relative paths start from. */
export interface FileScene {
  readonly world: TemplateWorld;
  /** As the user would write it: messages show paths from there. */
  readonly baseFolder: string;
  /** Bounds the rendering of template files. */
  readonly budget?: EvaluationBudget;
}

/** Replaces a leading `~` by the user's home folder. Throws FunctionError. */
export function expandHome(text: string, world: TemplateWorld, prefix = ""): string {
  if (!text.startsWith("~")) return text;
  if (text.length > 1 && !/^~[/\\]/.test(text))
    throw new FunctionError(`${prefix}cannot expand user-specific home dir`);
  const home = world.env["HOME"] ?? world.env["USERPROFILE"];
  if (home === undefined || home === "") throw new FunctionError("failed to expand ~: $HOME is not defined");
  return path.join(home, text.slice(1));
}

/** The path of what a template writes, from the base folder and with `~` expanded. */
export function resolvePath(text: string, { world, baseFolder }: FileScene): string {
  const expanded = expandHome(text, world, "failed to expand ~: ");
  return path.isAbsolute(expanded) ? path.normalize(expanded) : path.join(baseFolder, expanded);
}

/** Reads a file for a function. Throws FunctionError. */
export function readForFunction(text: string, scene: FileScene): Uint8Array {
  const file = resolvePath(text, scene);
  try {
    return scene.world.readFile(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new FunctionError(`no file exists at ${file}`);
    throw new FunctionError(`failed to read ${file}`, undefined, { cause: error });
  }
}
