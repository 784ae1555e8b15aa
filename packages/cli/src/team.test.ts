import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, jest, test } from "@jest/globals";
import { PluginScene } from "./testing/plugin-scene.js";

jest.setTimeout(180_000); // processes are slow to start on a busy machine

const WORKSPACE = fileURLToPath(new URL("../../..", import.meta.url));
const LOCK = ".ingot.lock.hcl";

/** An author's checkout of the example plugin, from which releases are packed. */
class Author implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<Author> {
    const folder = await mkdtemp(path.join(tmpdir(), "ingot-author-"));
    const example = path.join(WORKSPACE, "examples/plugins/typescript");
    for (const name of ["src", "package.json", "tsconfig.json"])
      await cp(path.join(example, name), path.join(folder, name), { recursive: true });
    await symlink(path.join(WORKSPACE, "node_modules"), path.join(folder, "node_modules"));
    return new Author(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  /** Makes the files of a release with the command of the SDK. */
  async pack(version: string): Promise<readonly { readonly name: string; readonly content: Uint8Array }[]> {
    await this.#setVersion("src/plugin.ts", /version: "[^"]+"/, `version: "${version}"`);
    await this.#setVersion("package.json", /"version": "[^"]+"/, `"version": "${version}"`);
    const program = path.join(WORKSPACE, "sdk/bin/ingot-sdk.js");
    const packed = spawnSync(process.execPath, [program, "pack"], { cwd: this.#folder, encoding: "utf8" });
    if (packed.status !== 0) throw new Error(packed.stdout + packed.stderr);
    const release = path.join(this.#folder, "release");
    const files = (await readdir(release)).filter((name) => name.includes(`_v${version}_`));
    return await Promise.all(files.map(async (name) => ({ name, content: await readFile(path.join(release, name)) })));
  }

  async #setVersion(name: string, pattern: RegExp, text: string): Promise<void> {
    const file = path.join(this.#folder, name);
    await writeFile(file, (await readFile(file, "utf8")).replace(pattern, text));
  }
}

test("a team publishes, installs on two machines, builds, upgrades, vendors, and builds without a network", async () => {
  await using scene = await PluginScene.make();
  await using author = await Author.make();
  const { github } = scene;
  const publish = async (version: string): Promise<void> =>
    void (await github.addRelease("acme/ingot-plugin-greet", `v${version}`, await author.pack(version)));

  await publish("1.0.0");
  const first = await scene.machine("~> 1.0");
  expect(await first.says(["init", "."])).toContain("Installed plugin github.com/acme/greet v1.0.0");
  await first.says(["build", "."]);
  expect(await first.place.read("note.txt")).toBe("Ada and Barbara");
  const lock = await first.place.read(LOCK);
  const cold = scene.takeRequests();
  expect(cold.filter((line) => line.startsWith("cdn GET /files/") && line.includes(".zip"))).toHaveLength(1);

  await publish("1.1.0");
  const second = await scene.machine("~> 1.0", { [LOCK]: lock });
  expect(await second.says(["init", "-lockfile=readonly", "."])).toContain("v1.0.0");
  scene.takeRequests();
  await second.says(["build", "."]);
  await second.says(["init", "-lockfile=readonly", "."]);
  expect(scene.takeRequests()).toEqual([]);

  expect(await first.says(["plugins", "outdated", "."])).toMatch(
    /github\.com\/acme\/greet\s+1\.0\.0\s+1\.1\.0\s+1\.1\.0/,
  );
  expect(await first.says(["init", "-upgrade", "."])).toContain("v1.1.0");
  await first.says(["build", "."]);
  await first.says(["plugins", "vendor", "mirror", "."]);
  const upgraded = await first.place.read(LOCK);
  const mirror = path.join(first.place.folder, "mirror");

  // From here on there is no GitHub.
  await github[Symbol.asyncDispose]();
  scene.takeRequests();
  const third = await scene.machine("~> 1.0", { [LOCK]: upgraded });
  expect(await third.says(["init", "."], { status: 1 })).toContain(
    'Failed getting the "github.com/acme/greet" plugin:',
  );
  expect(await third.says(["init", "-lockfile=readonly", `-mirror=${mirror}`, "."])).toContain("v1.1.0");
  for (const machine of [first, third]) {
    await machine.says(["init", "."]);
    await machine.says(["build", "."]);
    expect(await machine.place.read("note.txt")).toBe("Ada and Barbara");
  }
  expect(await third.place.read(LOCK)).toBe(upgraded);
  expect(scene.takeRequests()).toEqual([]);
});
