import path from "node:path";
import type { Outcome } from "@ingot/diag";
import { compareBytes } from "@ingot/hcl";
import { Collector } from "./collector.js";
import type { TemplateWorld } from "./model.js";
import { codeOf, systemText } from "./system-error.js";

/** The files that make up a template, in the order in which they are read. */
export interface TemplateFiles {
  /** What `path.root` shows: the folder as typed, or the file's folder. */
  readonly rootFolder: string;
  readonly configFiles: readonly string[];
  /** Variable files that are read without being asked for. */
  readonly autoVariableFiles: readonly string[];
}

const CONFIG_SUFFIXES = [".pkr.hcl", ".pkr.json"];
const AUTO_SUFFIXES = [".auto.pkrvars.hcl", ".auto.pkrvars.json"];

/** Tells whether a path is read as an HCL2 template: a folder, or a file with one of the two suffixes. */
export function isHclTemplatePath(given: string, world: TemplateWorld): boolean {
  if (CONFIG_SUFFIXES.some((suffix) => given.endsWith(suffix))) return true;
  try {
    return world.listFolder(given) !== undefined;
  } catch {
    return false;
  }
}

/** Finds the files of a template. With errors there are none. */
export function findTemplateFiles(given: string, world: TemplateWorld): Outcome<TemplateFiles> {
  const collector = new Collector();
  const isConfig = CONFIG_SUFFIXES.some((suffix) => given.endsWith(suffix));
  const nothing: TemplateFiles = { rootFolder: given, configFiles: [], autoVariableFiles: [] };
  let names: readonly string[] | undefined;
  try {
    names = world.listFolder(given);
    if (names === undefined && isConfig) checkIsThere(given, world);
  } catch (error) {
    if (isAboutListing(error)) collector.error("Cannot read hcl directory", `open ${given}: ${systemText(error)}`);
    else collector.error("", `stat ${given}: ${systemText(error)}`);
    return { value: nothing, diagnostics: collector.diagnostics };
  }
  if (names === undefined) {
    if (!isConfig) reportNoFiles(given, collector);
    const rootFolder = path.normalize(path.dirname(given));
    const configFiles = isConfig ? [given] : [];
    return { value: { rootFolder, configFiles, autoVariableFiles: [] }, diagnostics: collector.diagnostics };
  }
  const plainFiles = filesAmong(given, names, world);
  const configFiles = bySuffix(plainFiles, CONFIG_SUFFIXES);
  if (configFiles.length === 0) reportNoFiles(given, collector);
  return {
    value: { rootFolder: given, configFiles, autoVariableFiles: bySuffix(plainFiles, AUTO_SUFFIXES) },
    diagnostics: collector.diagnostics,
  };
}

/** A file that is there but can't be read is reported when it is parsed. */
function checkIsThere(file: string, world: TemplateWorld): void {
  try {
    world.readFile(file);
  } catch (error) {
    if (codeOf(error) !== "EACCES") throw error;
  }
}

function isAboutListing(error: unknown): boolean {
  return (error as { readonly syscall?: unknown } | null)?.syscall === "scandir"; // any thrown value may have one
}

function reportNoFiles(given: string, collector: Collector): void {
  const detail = "A config file must be suffixed with `.pkr.hcl` or `.pkr.json`. A folder can be referenced.";
  collector.error(`Could not find any config file in ${given}`, detail);
}

function filesAmong(folder: string, names: readonly string[], world: TemplateWorld): readonly string[] {
  const suffixes = [...CONFIG_SUFFIXES, ...AUTO_SUFFIXES];
  const candidates = names.filter((name) => suffixes.some((suffix) => name.endsWith(suffix)));
  const paths = [...candidates].sort(compareBytes).map((name) => path.join(folder, name));
  return paths.filter((one) => !isFolder(one, world));
}

function isFolder(one: string, world: TemplateWorld): boolean {
  try {
    return world.listFolder(one) !== undefined;
  } catch {
    return false; // reading it says what is wrong
  }
}

function bySuffix(files: readonly string[], suffixes: readonly string[]): readonly string[] {
  return suffixes.flatMap((suffix) => files.filter((file) => file.endsWith(suffix)));
}
