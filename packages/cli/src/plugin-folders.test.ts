import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { layOutPluginFolder, type FolderFile } from "@ingot/installer/testing";
import { Workplace } from "./testing/run-ingot.js";

jest.setTimeout(240_000); // more than a hundred processes

/** See packages/installer/src/compatibility.test.ts, which asks the store; here the commands are asked. */
interface Case {
  readonly name: string;
  readonly ask: {
    readonly command: "installed" | "required" | "init" | "remove";
    readonly source?: string;
    readonly constraints?: string;
  };
  readonly files: readonly FolderFile[];
  readonly packer: unknown;
  readonly ingot?: unknown;
}

const table = new URL("../../installer/testdata/plugin-folders.json", import.meta.url);
const cases = JSON.parse(readFileSync(table, "utf8")) as readonly Case[];
const AT_ONCE = 3;

// The table is for one platform.
const isIts = process.platform === "linux" && process.arch === "x64";

(isIts ? describe : describe.skip)("plugin folders of Packer's", () => {
  test("are read by plugins installed, required and remove, and by init, as the reference reads them", async () => {
    const answers: Record<string, unknown> = {};
    const waiting = cases.values();
    const work = async (): Promise<void> => {
      for (const entry of waiting) answers[nameOf(entry)] = await answer(entry);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(answers).toEqual(Object.fromEntries(cases.map((entry) => [nameOf(entry), entry.ingot ?? entry.packer])));
  });
});

(process.platform === "win32" ? test.skip : test)("plugins remove deletes nothing behind a symbolic link", async () => {
  await using place = await Workplace.make({ victim: "precious" });
  const folder = path.join(place.folder, "plugins");
  mkdirSync(path.join(folder, "github.com"), { recursive: true });
  symlinkSync(place.folder, path.join(folder, "github.com", "acme"));
  symlinkSync(folder, path.join(place.folder, "linked"));
  writeFileSync(path.join(folder, "github.com", "own"), "");
  const remove = (file: string) =>
    place.run(["plugins", "remove", file], { INGOT_PLUGIN_PATH: path.join(place.folder, "linked") });
  const file = path.join(place.folder, "linked", "github.com", "acme", "victim");
  expect(await remove(file)).toMatchObject({
    status: 1,
    stdout: expect.stringContaining("Invalid plugin location") as unknown,
  });
  expect(await place.read("victim")).toBe("precious");
  // The plugin folder itself may be a link.
  expect((await remove(path.join(place.folder, "linked", "github.com", "own"))).status).toBe(0);
  expect(existsSync(path.join(folder, "github.com", "own"))).toBe(false);
});

function nameOf({ name, ask }: Case): string {
  return `${ask.command}: ${name}`;
}

async function answer({ ask, files, name }: Case): Promise<unknown> {
  await using place = await Workplace.make();
  const folder = path.join(place.folder, "plugins");
  mkdirSync(folder);
  layOutPluginFolder(folder, files);
  const { command, source = "github.com/acme/greet", constraints } = ask;
  const requirement = `{ source = "${source}", version = "${constraints ?? ">= 0.0.0"}" }`;
  await writeFile(
    path.join(place.folder, "it.pkr.hcl"),
    `packer {\n  required_plugins {\n    it = ${requirement}\n  }\n}\n`,
  );
  const words = {
    installed: ["plugins", "installed"],
    required: ["plugins", "required", "."],
    init: ["init", "."],
    remove: ["plugins", "remove", source, ...(constraints === undefined ? [] : [constraints])],
  }[command];
  // Nothing answers there: what isn't installed can't be fetched.
  const env = { INGOT_PLUGIN_PATH: "", PACKER_PLUGIN_PATH: folder, INGOT_GITHUB_API_URL: "https://127.0.0.1:9" };
  const { status, stdout, stderr } = await place.run(words, env);
  const relative = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => line !== "").map((line) => path.relative(folder, line));
  switch (command) {
    case "installed":
      return relative(stdout.split("\n"));
    case "required": {
      if (status !== 0) return "refused";
      const [, paths] = /^it \S+ "[^"]*"(.*)$/m.exec(stdout) ?? [];
      if (paths === undefined) throw new Error(`${name}: ${stdout}${stderr}`);
      return relative(paths.split(" "));
    }
    case "init":
      return status === 0 ? "present" : "absent";
    case "remove": {
      const gone = files.filter((file) => !existsSync(path.join(folder, file.path))).map((file) => file.path);
      const said = status === 0 ? relative(stdout.split("\n")) : [];
      expect([...said].sort()).toEqual(gone.sort());
      return said;
    }
  }
}
