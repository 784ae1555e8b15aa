import path from "node:path";
import {
  boolType,
  boolValue,
  FunctionError,
  setType,
  setValue,
  stringType,
  stringValue,
  type FunctionSpec,
  type FunctionTable,
} from "@ingot/hcl";
import { decodeUtf8 } from "./base64.js";
import { arg, param, stringFunction, textOf } from "./define.js";
import { codeOf, systemText } from "../system-error.js";
import { expandHome, readForFunction, resolvePath, type FileScene } from "./file-scene.js";
import { findFiles } from "./file-set.js";
import { templateFileFunction } from "./template-file.js";

function fileExists(text: string, scene: FileScene): boolean {
  const file = resolvePath(text, scene);
  const { world } = scene;
  try {
    if (world.listFolder(file) !== undefined) throw new FunctionError(`${file} is not a regular file, but a directory`);
    // Without reading it: templates ask this about images of many gigabytes.
    return world.isFile?.(file) ?? world.listFolder(path.dirname(file))?.includes(path.basename(file)) ?? false;
  } catch (error) {
    if (error instanceof FunctionError) throw error;
    if (codeOf(error) === "ENOENT") return false;
    throw new FunctionError(`failed to stat ${file}`, undefined, { cause: error });
  }
}

/** The parent folder as Go's filepath.Dir has it: `/a/` is in `/a`. */
function dirName(text: string): string {
  const cut = text.lastIndexOf("/");
  return path.posix.normalize(cut < 0 ? "." : text.slice(0, cut + 1)).replace(/(?<=.)\/$/, "");
}

function baseName(text: string): string {
  if (text === "") return ".";
  const trimmed = text.replace(/\/+$/, "");
  return trimmed === "" ? "/" : path.posix.basename(trimmed);
}

/** The functions of files. Some start from the template's folder, some from the working directory, as the reference has it. */
export function fileFunctions(scene: FileScene, functions: () => FunctionTable): readonly FunctionSpec[] {
  const { world } = scene;
  const workingScene: FileScene = { world, baseFolder: world.workingDirectory };
  return [
    stringFunction("abspath", ["path"], (text) => path.resolve(world.workingDirectory, text).replaceAll("\\", "/")),
    stringFunction("basename", ["path"], baseName),
    stringFunction("dirname", ["path"], dirName),
    stringFunction("file", ["path"], (text) => {
      const decoded = decodeUtf8(readForFunction(text, scene));
      if (decoded !== undefined) return decoded;
      throw new FunctionError(
        `contents of ${resolvePath(text, scene)} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead`,
      );
    }),
    stringFunction("filebase64", ["path"], (text) => {
      try {
        const file = path.resolve(workingScene.baseFolder, text);
        return Buffer.from(world.readFile(file)).toString("base64");
      } catch (error) {
        throw new FunctionError(
          `failed to read file ${JSON.stringify(text)}: ${codeOf(error) === "EISDIR" ? "read" : "open"} ${text}: ${systemText(error)}`,
          undefined,
          { cause: error },
        );
      }
    }),
    {
      name: "fileexists",
      params: [param.string("path")],
      returnType: boolType,
      impl: (args) => boolValue(fileExists(textOf(arg(args, 0)), scene)),
    },
    {
      name: "fileset",
      params: [param.string("path"), param.string("pattern")],
      returnType: setType(stringType),
      impl: (args) => {
        const given = textOf(arg(args, 0));
        const folder = path.isAbsolute(given) ? given : path.join(scene.baseFolder, given);
        return setValue(stringType, findFiles(folder, textOf(arg(args, 1)), scene).map(stringValue));
      },
    },
    stringFunction("pathexpand", ["path"], (text) => expandHome(text, world)),
    templateFileFunction(scene, functions),
  ];
}
