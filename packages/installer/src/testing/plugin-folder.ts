import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A file of a plugin folder, as the tables of cases write it. */
export interface FolderFile {
  /** Below the plugin folder. */
  readonly path: string;
  /** What a shell script in its place says to `describe`. */
  readonly version?: string;
  readonly api?: string;
  /** What it prints instead. */
  readonly prints?: string;
  /** How it ends; 0 unless given. */
  readonly exit?: number;
  /** What is in the checksum file beside it: `{hash}` is the right one, `{HASH}` that in capitals, `{hash63}` its first 63 digits. */
  readonly sum?: string | null;
  /** A symbolic link to this instead. */
  readonly link?: string;
  /** A folder instead. */
  readonly folder?: true;
  /** Octal; 755 unless given. */
  readonly mode?: string;
}

/** Lays out a plugin folder as the reference does, with shell scripts for plugins. A `sum` of null leaves out the checksum file. */
export function layOutPluginFolder(root: string, files: readonly FolderFile[]): void {
  const contents = new Map<string, string>();
  for (const file of files) {
    const at = path.join(root, file.path);
    mkdirSync(path.dirname(at), { recursive: true });
    if (file.folder) {
      mkdirSync(at);
      continue;
    }
    const { version = "", api = "x5.0", sum = "{hash}" } = file;
    const target = file.link === undefined ? undefined : path.join(path.dirname(file.path), file.link);
    const printed = file.prints ?? JSON.stringify({ version, sdk_version: "0.6.0", api_version: api, builders: ["x"] });
    const script = `#!/bin/sh\n# ${file.path}\ncat <<'END'\n${printed}\nEND\nexit ${file.exit ?? 0}\n`;
    const content = (target === undefined ? undefined : contents.get(target)) ?? script;
    contents.set(file.path, content);
    if (file.link === undefined) writeFileSync(at, content, { mode: Number.parseInt(file.mode ?? "755", 8) });
    else symlinkSync(file.link, at);
    if (sum !== null) writeFileSync(`${at}_SHA256SUM`, checksumText(sum, content));
  }
}

function checksumText(pattern: string, content: string): string {
  const hash = createHash("sha256").update(content).digest("hex");
  return pattern.replace("{hash63}", hash.slice(0, 63)).replace("{HASH}", hash.toUpperCase()).replace("{hash}", hash);
}
