import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parseVersionConstraint } from "@ingot/template";
import { parsePluginAddress } from "./plugin-address.js";
import { openPluginStore } from "./store/open-plugin-store.js";
import type { StoreQuery } from "./store/plugin-store.js";
import { layOutPluginFolder, type FolderFile } from "./testing/plugin-folder.js";

/** A plugin folder, a question, and what Packer 1.16.0 answers: scripts/record/packer-plugins.mjs. */
interface Case {
  readonly name: string;
  readonly ask: {
    readonly command: "installed" | "required" | "init" | "remove";
    readonly source?: string;
    readonly constraints?: string;
  };
  readonly files: readonly FolderFile[];
  readonly packer: readonly string[] | "present" | "absent" | "refused" | "crash";
  /** Why Ingot's answer, which stands in `ingot`, is another one. */
  readonly differs?: string;
  readonly ingot?: readonly string[] | "present" | "absent";
}

const table = fileURLToPath(new URL("../testdata/plugin-folders.json", import.meta.url));
const cases = JSON.parse(readFileSync(table, "utf8")) as readonly Case[];
const root = mkdtempSync(path.join(os.tmpdir(), "ingot-folders-"));
afterAll(() => rmSync(root, { recursive: true }));
const signal = new AbortController().signal;
const platform = { os: "linux", arch: "amd64" };

// The plugins are shell scripts, and Windows has other rules for names of files.
const describePosix = process.platform === "win32" ? describe.skip : describe;

describePosix("a plugin folder of the reference", () => {
  test("has at least 60 cases", () => expect(cases.length).toBeGreaterThanOrEqual(60));

  test.each(cases.map((entry, index) => ({ ...entry, index })))("$ask.command: $name", async (entry) => {
    const folder = path.join(root, `${entry.index}`);
    mkdirSync(folder);
    layOutPluginFolder(folder, entry.files);
    expect(await answer(folder, entry.ask)).toEqual(entry.ingot ?? entry.packer);
  });
});

async function answer(folder: string, { command, source, constraints }: Case["ask"]): Promise<unknown> {
  const store = openPluginStore({ root: folder });
  const query = queryOf(source, constraints);
  if (query === undefined) return "refused";
  const relative = (files: readonly string[]): readonly string[] => files.map((file) => path.relative(folder, file));
  const find = async (more: StoreQuery) => await store.list({ ...query, ...more, platform }, { signal });
  switch (command) {
    case "installed":
      return relative((await find({ checkApi: false })).map(({ executable }) => executable));
    case "required":
      return relative((await find({})).map(({ executable }) => executable));
    case "init":
      return (await find({ releasesOnly: true })).length > 0 ? "present" : "absent";
    case "remove": {
      const removed: string[] = [];
      for (const plugin of await find({ checkApi: false })) {
        await store.remove(plugin);
        removed.push(plugin.executable);
      }
      return relative(removed);
    }
  }
}

/** Undefined when the source or the constraints are refused. */
function queryOf(source: string | undefined, constraints: string | undefined): StoreQuery | undefined {
  const address = source === undefined ? undefined : parsePluginAddress(source);
  const parsed = constraints === undefined ? undefined : parseVersionConstraint(constraints);
  if ((address && "problem" in address) || (parsed && "problem" in parsed)) return undefined;
  return { ...(address === undefined ? {} : { address }), ...(parsed === undefined ? {} : parsed) };
}
