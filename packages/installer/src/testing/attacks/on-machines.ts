import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { editLock, type AttackScene } from "../attack-scene.js";
import type { Attack } from "./attack.js";

/** Somebody who can change files on the user's machine: the lock file, in a pull request, or the plugin folder. */
export const ATTACKS_ON_MACHINES: readonly Attack[] = [
  onLock(
    "a locked hash changed by hand",
    (text) => text.replace(/(?<=archives[^]*?sha256:)\w/, (digit) => (digit === "f" ? "0" : "f")),
    /not the one in \.ingot\.lock\.hcl/,
  ),
  onLock("a locked version changed by hand", (text) => text.replace('"1.0.0"', '"1.0.1"'), /1\.0\.1/),
  onLock("a locked version that is a path", (text) => text.replace('"1.0.0"', '"../../1.0.0"'), /must be a version/),
  onLock(
    "an attribute that doesn't exist",
    (text) => text.replace("{\n", '{\n  command = "evil"\n'),
    /[Uu]nsupported argument|not expected/,
  ),
  onLock(
    "an expression in the lock file",
    (text) => text.replace('"1.0.0"', '"${file("/etc/passwd")}"'),
    /must be a version/,
  ),
  onLock("a block twice", (text) => `${text}\n${text.slice(text.indexOf("plugin "))}`, /locked twice|Duplicate/),
  onLock(
    "a platform that is a name of JavaScript",
    (text) => text.replace(/archives = \{/, 'archives = {\n    "__proto__" = "x"'),
    /must be a platform/,
  ),
  onLock("half of a lock file", (text) => text.slice(0, -20), /Unterminated/),
  onLock("the marks of a merge", (text) => `<<<<<<< HEAD\n${text}`, /Unresolved merge conflict: .*run ingot init/),
  {
    name: "a lock file that is a link to another file",
    async prepare(scene) {
      await writeFile(path.join(scene.work, "secret"), "secret = 1\n");
      await symlink("secret", scene.lockFile);
    },
    refused: /[Uu]nsupported argument|not expected/,
  },
  {
    name: "a lock file of sixteen megabytes",
    async prepare(scene) {
      const { truncate } = await import("node:fs/promises");
      await writeFile(scene.lockFile, "");
      await truncate(scene.lockFile, 16 << 20);
    },
    refused: /larger than/,
  },
  ...[
    {
      name: "a program changed after it was installed",
      change: (scene: AttackScene) => changeFiles(scene, /\.mjs$/, () => "evil()"),
    },
    {
      name: "a program that lost its right to be run, and got it back for all",
      change: (scene: AttackScene) => changeModes(scene, /\.mjs$/, 0o600),
    },
    {
      name: "a file added to what was installed",
      change: async (scene: AttackScene) => {
        const [file = ""] = await filesOf(scene.root, /\.mjs$/);
        await writeFile(path.join(path.dirname(file), "package.json"), '{"type":"commonjs"}');
      },
    },
    {
      name: "an index record that names another content",
      change: (scene: AttackScene) =>
        changeFiles(scene, /_any\.json$/, (text) => text.replace(/("contentHash": *"sha256:)\w{4}/, "$10000")),
    },
    {
      name: "an index record that names a file elsewhere",
      change: (scene: AttackScene) =>
        changeFiles(scene, /_any\.json$/, (text) => text.replace(/("executable": *")[^"]*/, "$1../../../../bin/sh")),
    },
    {
      name: "an index record under the name of another version",
      change: async (scene: AttackScene) => {
        for (const file of await filesOf(scene.root, /_any\.json$/)) await rename(file, file.replace("1.0.0", "1.1.0"));
      },
    },
    {
      name: "an index record that isn't JSON",
      change: (scene: AttackScene) => changeFiles(scene, /_any\.json$/, () => "{"),
    },
    {
      name: "a program that is a link to another one",
      change: async (scene: AttackScene) => {
        const [file = ""] = await filesOf(scene.root, /\.mjs$/);
        const evil = path.join(scene.root, "evil.mjs");
        await cp(file, evil);
        await rm(file);
        await symlink(evil, file);
      },
    },
    {
      name: "contents that are a link to another folder",
      change: async (scene: AttackScene) => {
        const [file = ""] = await filesOf(scene.root, /\.mjs$/);
        const content = path.dirname(file);
        const elsewhere = path.join(scene.root, "elsewhere");
        await rename(content, elsewhere);
        await symlink(elsewhere, content);
      },
    },
  ].map(({ name, change }): Attack => ({
    name,
    installed: true,
    prepare: change,
    by: "build",
    refused: /Missing plugins|differs from the lock/,
  })),
  {
    name: "a plugin of another version put in the place of the locked one",
    installed: true,
    async prepare(scene) {
      await scene.publish("1.1.0");
      const lock = await readFile(scene.lockFile);
      if ((await scene.init({ upgrade: true })) !== "") throw new Error("no upgrade");
      await writeFile(scene.lockFile, lock);
      for (const file of await filesOf(scene.root, /v1\.0\.0.*\.json$/)) await rm(file);
    },
    by: "build",
    refused: /Missing plugins[^]*1\.0\.0 in \.ingot\.lock\.hcl/,
  },
  {
    name: "a link planted for the namespace",
    async prepare(scene) {
      await scene.publish("1.0.0");
      await plantLink(scene, path.join("github.com", scene.owner));
    },
    refused: /link/,
  },
  {
    name: "a link planted for the store",
    async prepare(scene) {
      await scene.publish("1.0.0");
      await plantLink(scene, ".store");
    },
    refused: /link/,
  },
  {
    name: "a file planted for the store",
    async prepare(scene) {
      await scene.publish("1.0.0");
      await writeFile(path.join(scene.root, ".store"), "");
    },
    refused: /in the way/,
  },
  {
    name: "a Packer plugin that hangs when it is asked who it is",
    prepare: (scene) => packerPlugin(scene, "sleep 60"),
    init: { describeTimeoutMs: 300 },
    refused: /took more than 0\.3 seconds/,
  },
  {
    name: "a Packer plugin that prints without end",
    prepare: (scene) => packerPlugin(scene, "exec yes"),
    refused: /printed more than|took more than/,
  },
  {
    name: "a Packer plugin that prints control characters",
    prepare: (scene) => packerPlugin(scene, "printf '\\033[2Jhello'"),
    refused: /\\\\?u\{?(?:001b|1b)/,
  },
  {
    name: "a Packer plugin of another version",
    prepare: (scene) => packerPlugin(scene, `echo '{"version":"2.0.0","api_version":"x5.0"}'`),
    refused: /"2\.0\.0"/,
  },
  {
    name: "a Packer plugin that ends at once",
    prepare: (scene) => packerPlugin(scene, "exit 3"),
    refused: /exit code 3/,
  },
  {
    name: "a plugin that ends at once",
    prepare: (scene) => scene.publish("1.0.0", { entries: [{ ...scene.plugin("1.0.0"), content: "process.exit(3)" }] }),
    refused: /doesn't start, so it was not installed/,
  },
  {
    name: "a plugin that prints junk with control characters",
    prepare: (scene) =>
      scene.publish("1.0.0", { entries: [{ ...scene.plugin("1.0.0"), content: 'console.log("\\u001b[2Jjunk")' }] }),
    refused: /doesn't start, so it was not installed/,
  },
];

function onLock(name: string, edit: (text: string) => string, refused: RegExp): Attack {
  return {
    name,
    installed: true,
    async prepare(scene) {
      await editLock(scene, edit);
      await rm(scene.root, { recursive: true });
      await mkdir(scene.root, { mode: 0o700 });
    },
    refused,
  };
}

async function packerPlugin(scene: AttackScene, script: string): Promise<void> {
  const options = { family: "packer", platform: "linux_amd64" } as const;
  const name = scene.archiveName("1.0.0", options).replace(/\.zip$/, "");
  const entries = [{ name, content: `#!/bin/sh\n${script}\n`, mode: 0o100755 }];
  await scene.publish("1.0.0", { ...options, entries });
}

async function plantLink(scene: AttackScene, name: string): Promise<void> {
  const elsewhere = path.join(scene.temporary, "elsewhere");
  await mkdir(elsewhere);
  await mkdir(path.dirname(path.join(scene.root, name)), { recursive: true });
  await symlink(elsewhere, path.join(scene.root, name));
}

async function filesOf(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return files.filter((file) => pattern.test(file));
}

async function changeFiles(scene: AttackScene, pattern: RegExp, change: (text: string) => string): Promise<void> {
  const files = await filesOf(scene.root, pattern);
  if (files.length === 0) throw new Error(`nothing like ${pattern.source} is there`);
  for (const file of files) {
    const text = await readFile(file, "utf8");
    if (change(text) === text) throw new Error(`the change changes nothing:\n${text}`);
    await writeFile(file, change(text));
  }
}

async function changeModes(scene: AttackScene, pattern: RegExp, mode: number): Promise<void> {
  for (const file of await filesOf(scene.root, pattern)) await chmod(file, mode);
}
