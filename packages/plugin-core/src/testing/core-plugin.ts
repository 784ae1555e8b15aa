import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import { startPlugin, type PluginUnderTest, type SessionOutcome } from "@ingot/sdk/testing";

/** The plugin's process, one for a file of tests, and the folder that it works in. */
export interface CorePlugin {
  readonly plugin: PluginUnderTest;
  readonly folder: string;
}

/** Starts the plugin before the tests of a file and ends it after them. */
export function useCorePlugin(): CorePlugin {
  const folder = mkdtempSync(join(tmpdir(), "core-"));
  let plugin: PluginUnderTest | undefined;
  beforeAll(async () => {
    plugin = await startPlugin(new URL("../../dist/main.js", import.meta.url), {
      cwd: folder,
      env: { TMPDIR: folder },
    });
  }, 60_000);
  afterAll(async () => {
    await plugin?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    get plugin() {
      if (plugin === undefined) throw new Error("the plugin is not started");
      return plugin;
    },
  };
}

/** What a session showed, one line each; errors with `!` before them. */
export function shown({ ui }: Pick<SessionOutcome, "ui">): readonly string[] {
  return ui.map(({ level, text }) => (level === "error" ? `!${text}` : text));
}

/** The messages of a session's or preparation's diagnostics. */
export function messages({ diagnostics }: Pick<SessionOutcome, "diagnostics">): readonly string[] {
  return diagnostics.map(({ summary, detail }) => (detail === "" ? summary : `${summary}: ${detail}`));
}
