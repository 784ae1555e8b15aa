import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const workspace = fileURLToPath(new URL("../../../..", import.meta.url));
const program = join(workspace, "sdk/bin/ingot-sdk.js");

/** A folder of a plugin's author, outside of the workspace. Call `remove` when done. */
export class AuthorFolder {
  readonly path = mkdtempSync(join(tmpdir(), "ingot-pack-"));

  /** Makes a plugin project: `files` by path; package.json and the SDK are there already. */
  project(files: Readonly<Record<string, string>> = {}): this {
    this.write({ "package.json": JSON.stringify({ name: "ingot-plugin-greet", version: "1.2.0" }), ...files });
    symlinkSync(join(workspace, "node_modules"), join(this.path, "node_modules"));
    return this;
  }

  write(files: Readonly<Record<string, string>>): this {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content, { mode: content.startsWith("#!") ? 0o755 : 0o644 });
    }
    return this;
  }

  pack(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const options = { cwd: this.path, encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "", ...env } } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "pack", ...args], options);
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The main file of a plugin with one provisioner. */
export function pluginSource({ name = "greet", version = "1.2.0" } = {}): string {
  return `
import { definePlugin, provisioner, schema as s } from "@ingot/sdk";

const greet = provisioner({
  name: ${JSON.stringify(name)},
  summary: "Greets.",
  config: s.object({ b: s.string({ describe: "B." }), a: s.string({ describe: "A." }) }),
  provision: async ({ ui }: { ui: { say(text: string): void } }) => ui.say("hello"),
});
definePlugin({ name: ${JSON.stringify(name)}, version: ${JSON.stringify(version)}, components: [greet] }).serve();
`;
}
