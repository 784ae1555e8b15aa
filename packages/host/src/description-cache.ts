import { createHash, randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync, type BigIntStats } from "node:fs";
import { dirname, join } from "node:path";
import { makeFoldersSync } from "@ingot/files";
import { HANDSHAKE, type DescribeResponse } from "@ingot/protocol";
import { isNodeScript, type PluginExecutable } from "./plugin-executable.js";
import { descriptionText, parseDescriptionText, type PluginDescription } from "./plugin-description.js";

/**
 * Descriptions on disk, so that a plugin needn't be started to be asked. The key is the executable's content with the host's
 * version and the protocol's; a second file per executable maps size, times and inode to the content's checksum, so that large
 * files are not read again each time. Scripts that load other files are not kept: their content doesn't tell what they do, unless
 * the hash of all that was installed is known.
 * Trouble with the cache is never an error; without a folder there is none.
 */
export class DescriptionCache {
  readonly #folder: string | undefined;
  readonly #hostVersion: string;

  constructor(folder: string | undefined, hostVersion: string) {
    this.#folder = folder;
    this.#hostVersion = hostVersion;
  }

  /** The description that comes with the plugin or is in the cache. */
  read(executable: PluginExecutable): PluginDescription | undefined {
    const cached = (): PluginDescription | undefined => quietly(() => this.#readCached(executable));
    if (executable.contentHash !== undefined) return cached() ?? quietly(() => readDescriptionFile(executable.path));
    return quietly(() => readDescriptionFile(executable.path)) ?? cached();
  }

  write(executable: PluginExecutable, description: DescribeResponse): void {
    quietly(() => {
      const file = this.#fileFor(executable);
      if (file !== undefined) writeAtomically(file, JSON.stringify({ description: descriptionText(description) }));
    });
  }

  #readCached(executable: PluginExecutable): PluginDescription | undefined {
    const file = this.#fileFor(executable);
    if (file === undefined) return undefined;
    return parseDescriptionText(stringIn(readFileSync(file, "utf8"), "description"));
  }

  #fileFor({ path, contentHash }: PluginExecutable): string | undefined {
    if (this.#folder === undefined) return undefined;
    const checksum = contentHash ?? this.#checksumOf(path, this.#folder);
    if (checksum === undefined) return undefined;
    return join(this.#folder, `${digest(checksum, this.#hostVersion, ...HANDSHAKE.protocolVersions)}.json`);
  }

  /** The checksum of the executable's content; undefined for scripts that load other files. */
  #checksumOf(path: string, folder: string): string | undefined {
    const stats = statSync(path, { bigint: true });
    const index = join(folder, `stat-${digest(path, fingerprint(stats))}.json`);
    const known = quietly(() => stringIn(readFileSync(index, "utf8"), "checksum"));
    if (known !== undefined) return known;
    const content = readFileSync(path);
    if (!isSelfContained(path, content)) return undefined;
    const checksum = sha256(content);
    writeAtomically(index, JSON.stringify({ checksum }));
    return checksum;
  }
}

/** Where the description of a plugin is that was made when the plugin was built. */
export function descriptionFileOf(pluginPath: string): string {
  return `${pluginPath.replace(/\.(?:mjs|js|exe)$/, "")}.describe.json`;
}

/** Makes the text of such a file. It names the plugin's checksum: after a change of the plugin it counts no more. */
export function descriptionFileText(pluginPath: string, description: DescribeResponse): string {
  const facts = { sha256: sha256(readFileSync(pluginPath)), protocolVersion: HANDSHAKE.protocolVersions[0] };
  return `${JSON.stringify({ ...facts, description: descriptionText(description) }, undefined, 2)}\n`;
}

function readDescriptionFile(pluginPath: string): PluginDescription | undefined {
  const text = quietly(() => readFileSync(descriptionFileOf(pluginPath), "utf8"));
  if (text === undefined) return undefined;
  const { protocolVersion } = JSON.parse(text) as { protocolVersion?: unknown };
  const offered: readonly unknown[] = HANDSHAKE.protocolVersions;
  if (!offered.includes(protocolVersion) || stringIn(text, "sha256") !== sha256(readFileSync(pluginPath)))
    return undefined;
  return parseDescriptionText(stringIn(text, "description"));
}

/** Tells whether the file alone decides what the plugin does, as far as its own program goes. */
function isSelfContained(path: string, content: Buffer): boolean {
  if (!isNodeScript(path)) return content.subarray(0, 2).toString("latin1") !== "#!";
  const text = content.toString("utf8");
  if (/\b(?:import|require)\s*\(\s*[^"'`\s)]/.test(text)) return false; // computed: it could be anything
  const specifiers = text.matchAll(/\b(?:from|import|require)\s*\(?\s*["'`]([^"'`\n]+)["'`]/g);
  return [...specifiers].every(([, specifier = ""]) => specifier.startsWith("node:"));
}

function fingerprint({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): string {
  return [size, mtimeNs, ctimeNs, ino, dev].join(" ");
}

function writeAtomically(file: string, text: string): void {
  makeFoldersSync(dirname(file), 0o700);
  const temporary = `${file}.${randomUUID()}`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function stringIn(json: string, name: string): string {
  const value = (JSON.parse(json) as Record<string, unknown>)[name];
  if (typeof value !== "string") throw new Error(`no ${name}`);
  return value;
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function digest(...parts: readonly unknown[]): string {
  return sha256(Buffer.from(JSON.stringify(parts))).slice(0, 40);
}

function quietly<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
