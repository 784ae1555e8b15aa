import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe } from "@jest/globals";
import type { Diagnostic } from "../gen/ingot/plugin/v1/diagnostic.js";
import { PluginDriver, type DriverOptions } from "./plugin-driver.js";

/** The example plugins in other languages, built; see `useForeignPlugins`. */
export interface ForeignPlugins {
  /** The executable of the Go plugin: builder and data source "folder". Empty when it could not be built. */
  readonly go: string;
  /** The executable of the Python plugin: provisioner "render", post-processor "sha256sums". Empty as above. */
  readonly python: string;
  /** `describe`, or `describe.skip` with the reason in its name when a language is missing. */
  readonly describe: (name: string, tests: () => void) => void;
  /** Starts a plugin that ends with the test. */
  start(executable: string, options?: DriverOptions): Promise<PluginDriver>;
  /** Makes an empty folder that goes away after the last test. */
  makeDir(): string;
}

/** Builds the plugins (what has changed; the first time takes a minute or two) and cleans up after tests that start them. */
export function useForeignPlugins(): ForeignPlugins {
  const script = fileURLToPath(new URL("../../../../scripts/build-example-plugins.mjs", import.meta.url));
  const built = JSON.parse(execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" })) as {
    readonly folders: readonly string[];
    readonly skipped: Readonly<Record<string, string>>;
  };
  const executable = (name: string) =>
    built.folders.map((folder) => join(folder, `ingot-plugin-${name}`)).find((path) => existsSync(path)) ?? "";
  const reasons = Object.entries(built.skipped).map(([language, reason]) => `${language}: ${reason}`);
  const started: PluginDriver[] = [];
  const root = mkdtempSync(join(tmpdir(), "ingot-foreign-"));
  afterEach(() => {
    for (const plugin of started.splice(0)) plugin.dispose();
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return {
    go: executable("folder"),
    python: executable("render"),
    describe: (name, tests) =>
      reasons.length === 0 ? describe(name, tests) : describe.skip(`${name} (skipped: ${reasons.join(", ")})`, tests),
    async start(path, options = {}) {
      const plugin = await PluginDriver.start(path, options);
      started.push(plugin);
      return plugin;
    },
    makeDir: () => mkdtempSync(join(root, "dir-")),
  };
}

/** An attribute path as text. */
export function pathOf({ path }: Diagnostic): string {
  return path.map(({ step }) => String(step?.value)).join(".");
}
