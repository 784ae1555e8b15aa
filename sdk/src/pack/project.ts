import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@ingot/diag";
import { checkIdentity, type PluginIdentity } from "./asset.js";
import { PackError } from "./pack-error.js";

/** A plugin project in JavaScript or TypeScript. */
export interface PluginProject extends PluginIdentity {
  readonly folder: string;
  /** The file that is run. */
  readonly entry: string;
}

const ENTRIES = [
  "src/main.ts",
  "src/main.mts",
  "src/main.js",
  "src/main.mjs",
  "src/index.ts",
  "src/index.js",
  "main.ts",
  "main.js",
];

/**
 * Reads a project's package.json: the name from `ingot.name`, or the package's name `ingot-plugin-NAME` with or without a scope; the
 * version; the entry point from `ingot.main`, else by the usual names. Throws PackError.
 */
export function readProject(
  folder: string,
  given: { readonly entry?: string } & Partial<PluginIdentity>,
): PluginProject {
  const manifest = readManifest(folder);
  const settings = isRecord(manifest["ingot"]) ? manifest["ingot"] : {};
  const name = given.name ?? nameIn(manifest, settings);
  const version = given.version ?? manifest["version"];
  if (typeof version !== "string") throw new PackError("package.json has no version.");
  checkIdentity({ name, version }, given.name === undefined ? "package.json" : "given");
  return { folder, name, version, entry: entryIn(folder, given.entry ?? settings["main"]) };
}

function readManifest(folder: string): Readonly<Record<string, unknown>> {
  const file = join(folder, "package.json");
  if (!existsSync(file)) {
    throw new PackError(
      `There is no package.json in ${folder}. Run this in the folder of a plugin in JavaScript or TypeScript; for a plugin in another language give its files with --executable PLATFORM=FILE.`,
    );
  }
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isRecord(manifest)) return manifest;
  } catch (error) {
    throw new PackError(`${file} can't be read: ${messageOf(error)}`, { cause: error });
  }
  throw new PackError(`${file} doesn't hold an object.`);
}

function nameIn(manifest: Readonly<Record<string, unknown>>, settings: Readonly<Record<string, unknown>>): string {
  if (typeof settings["name"] === "string") return settings["name"];
  const packageName = typeof manifest["name"] === "string" ? manifest["name"] : "";
  const name = /^(?:@[^/]+\/)?ingot-plugin-(.+)$/.exec(packageName)?.[1];
  if (name !== undefined) return name;
  throw new PackError(
    `package.json doesn't say what the plugin is called: its name is ${JSON.stringify(packageName)}. Name the package ingot-plugin-NAME, or add "ingot": { "name": "NAME" }.`,
  );
}

function entryIn(folder: string, given: unknown): string {
  if (given !== undefined) {
    if (typeof given !== "string") throw new PackError(`"ingot.main" in package.json must be a file's path.`);
    const entry = join(folder, given);
    if (!existsSync(entry)) throw new PackError(`The entry point ${entry} doesn't exist.`);
    return entry;
  }
  const found = ENTRIES.map((name) => join(folder, name)).find(existsSync);
  if (found !== undefined) return found;
  throw new PackError(
    `No entry point was found: there is none of ${ENTRIES.join(", ")}. Give it as an argument, or as "ingot": { "main": "FILE" } in package.json.`,
  );
}

/** The files that go into every archive: the project's licence and what a reader is told. */
export function companionsIn(folder: string): readonly { readonly name: string; readonly path: string }[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && COMPANION.test(entry.name))
    .map(({ name }) => name)
    .sort();
  return names.map((name) => ({ name, path: join(folder, name) }));
}

const COMPANION = /^(?:LICEN[CS]E|README|CHANGELOG|NOTICE)(?:\.(?:md|txt))?$/i;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
