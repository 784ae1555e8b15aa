import { formatHcl } from "@ingot/hcl";
import { LOCK_FILE_NAME, type LockedPlugin, type LockFile } from "./lock-file.js";

const HEADER = `# Written by ingot init: the plugins that the templates of this folder use, exactly. Commit this file.
# "ingot init" keeps these versions, "ingot init -upgrade" chooses anew.
`;

/** Writes a lock as text: the same lock always gives the same bytes. */
export function lockFileText(lock: LockFile): string {
  const plugins = [...lock.plugins.values()].sort((a, b) => compareTexts(a.address, b.address));
  const source = [HEADER, ...plugins.map(blockText)].join("\n");
  const { value, diagnostics } = formatHcl({ filename: LOCK_FILE_NAME, source });
  if (diagnostics.length > 0) throw new Error(`bug: the lock file doesn't parse: ${diagnostics[0]?.detail}`);
  return value;
}

function blockText({ address, version, constraints, repository, signer, archives, contents }: LockedPlugin): string {
  const lines = [
    `plugin ${quoted(address)} {`,
    `version = ${quoted(version)}`,
    ...(constraints === "" ? [] : [`constraints = ${quoted(constraints)}`]),
    `repository = ${quoted(repository)}`,
    ...(signer === undefined ? [] : [`signer = ${quoted(signer)}`]),
    ...hashLines("archives", archives),
    ...(Object.keys(contents).length === 0 ? [] : hashLines("contents", contents)),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function hashLines(name: string, hashes: Readonly<Record<string, string>>): readonly string[] {
  const entries = Object.entries(hashes).sort(([a], [b]) => compareTexts(a, b));
  if (entries.length === 0) return [`${name} = {}`];
  return [`${name} = {`, ...entries.map(([platform, hash]) => `${platform} = ${quoted(hash)}`), "}"];
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function quoted(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, String.raw`\$&`)
    .replace(/[$%](?=\{)/g, "$&$&")
    .replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${escaped}"`;
}
