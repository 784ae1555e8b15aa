import { chmod, cp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { StaticServer } from "@ingot/installer/testing";
import {
  ADDRESS,
  greetPlugin,
  packerPlugin,
  packerRelease,
  PluginScene,
  template,
  type Machine,
} from "./testing/plugin-scene.js";

jest.setTimeout(120_000); // processes are slow to start on a busy machine

const LOCK = ".ingot.lock.hcl";
const TWO = ["linux_amd64", "darwin_arm64"];
const RECORD = (version: string, platform = "any"): string =>
  `PLUGINS/github.com/acme/greet/ingot-plugin-greet_v${version}_p1_${platform}.json`;

async function json(machine: Machine, args: readonly string[], status = 0): Promise<unknown> {
  return JSON.parse(await machine.says(args, { status }));
}

describe("plugins install", () => {
  test("takes the highest version that fits, once, and touches no lock file", async () => {
    await using scene = await PluginScene.make();
    for (const version of ["1.0.0", "1.1.0", "2.0.0"]) await scene.publish(version);
    const machine = await scene.machine("~> 1.0");
    expect(await machine.says(["plugins", "install", ADDRESS, "1.0.0"])).toBe(
      `Installed plugin github.com/acme/greet v1.0.0 in "${RECORD("1.0.0")}"\n`,
    );
    expect(await machine.says(["plugins", "install", ADDRESS, "~> 1.0"])).toContain("v1.1.0");
    expect(await machine.says(["plugins", "install", ADDRESS])).toContain("v2.0.0");
    expect(await machine.says(["plugins", "install", ADDRESS])).toBe("");
    expect(await machine.says(["plugins", "install", "-force", ADDRESS])).toContain("v2.0.0");
    expect(await machine.says(["plugins", "install", ADDRESS, ">= 3"], { status: 1 })).toMatch(
      /^No release of github.com\/acme\/greet meets ">= 3"\. On offer \(.*\): 2\.0\.0, 1\.1\.0, 1\.0\.0\.\n$/,
    );
    expect(await machine.says(["plugins", "installed"])).toBe(
      [RECORD("1.0.0"), RECORD("1.1.0"), RECORD("2.0.0"), ""].join("\n"),
    );
    expect(await machine.says(["plugins", "required", "."])).toBe(
      `greet github.com/acme/greet "~> 1.0" ${RECORD("1.0.0")} ${RECORD("1.1.0")}\n`,
    );
    expect(await machine.place.files()).not.toContain(LOCK);
    expect(await json(machine, ["plugins", "installed", "-json"])).toMatchObject({
      plugins: [{ version: "1.0.0", path: RECORD("1.0.0"), family: "ingot" }, {}, {}],
      skipped: [],
    });
    expect(await json(machine, ["plugins", "required", "-json", "."])).toMatchObject({
      plugins: [{ localName: "greet", installed: [{ version: "1.0.0" }, { version: "1.1.0" }] }],
    });
    expect(await machine.says(["plugins", "remove", RECORD("1.0.0").replace("PLUGINS", machine.plugins)])).toBe(
      `${RECORD("1.0.0")}\n`,
    );
    expect(await json(machine, ["plugins", "remove", "-json", ADDRESS, "< 2"])).toMatchObject({
      removed: [RECORD("1.1.0"), expect.stringMatching(/^PLUGINS\/\.store\/[0-9a-f]{64}$/)],
    });
    expect(await machine.says(["plugins", "installed"])).toBe(`${RECORD("2.0.0")}\n`);
  });

  test("takes a program that is a file, after it has asked it", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0");
    const file = path.join(machine.place.folder, "ingot-plugin-greet.mjs");
    await writeFile(file, greetPlugin("1.5.0-dev"));
    const { folder } = machine.place;
    expect(await machine.says(["plugins", "install", `-path=${path.relative(folder, file)}`, ADDRESS])).toBe(
      `Successfully installed plugin github.com/acme/greet from FOLDER/ingot-plugin-greet.mjs to ${RECORD("1.5.0-dev")}\n`,
    );
    await machine.says(["build", "."]);
    expect(await machine.says(["build", "-ignore-prerelease-plugins", "."], { status: 1 })).toContain(
      "Missing plugins",
    );
    expect(await machine.says(["plugins", "install", "-path", file, "github.com/acme/other"], { status: 1 })).toMatch(
      /Error: Invalid plugin name\n\nThe plugin says that it is called "greet", so its address must end in that/,
    );
    await writeFile(file, 'console.log("I am no plugin.");\n');
    expect(await machine.says(["plugins", "install", "-path", file, ADDRESS], { status: 1 })).toMatch(
      /^Error: Failed to describe the plugin\n\nThe plugin "greet" printed something else than its handshake/,
    );
    expect(scene.takeRequests()).toEqual([]);
  });
});

describe("plugins lock", () => {
  test("makes the lock file complete for other platforms, without installing", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0", TWO);
    const machine = await scene.machine("~> 1.0");
    expect(await machine.says(["plugins", "lock", "-platform=darwin_arm64", "."])).toBe("Wrote .ingot.lock.hcl.\n");
    const lock = await machine.place.read(LOCK);
    expect(lock.replaceAll(/"sha256:[0-9a-f]{64}"/g, "HASH")).toContain(
      "archives = {\n    darwin_arm64 = HASH\n    linux_amd64  = HASH\n  }\n  contents = {\n    darwin_arm64 = HASH\n  }",
    );
    expect(await machine.leftovers()).toEqual([]);
    expect(await machine.says(["plugins", "lock", "."])).toBe(".ingot.lock.hcl is complete.\n");
    expect(await machine.says(["plugins", "lock", "-platform=plan9_mips", "."], { status: 1 })).toMatch(
      /Failed getting the "github.com\/acme\/greet" plugin:\n.*has no archive for plan9_mips, only for: darwin_arm64, linux_amd64\./,
    );
    expect(await machine.says(["plugins", "lock", "-platform=nonsense", "."], { status: 1 })).toContain(
      'invalid value "nonsense" for flag -platform: it must be like linux_amd64',
    );
    expect(await machine.says(["init", "-lockfile=readonly", "."])).toContain("v1.0.0");
    expect(await machine.place.read(LOCK)).toBe(lock);
    expect(await json(machine, ["plugins", "lock", "-json", "."])).toMatchObject({
      plugins: [{ source: ADDRESS, version: "1.0.0" }],
      lockFile: { change: "none" },
    });
  });
});

describe("plugins vendor", () => {
  test("copies the manifest of a release, and leaves it so when a mirror is copied", async () => {
    await using scene = await PluginScene.make();
    const name = "packer-plugin-greet_v1.0.0_manifest.json";
    const content = '{"version":1,"metadata":{"protocol_version":"5.0"}}\n';
    await scene.github.addRelease("acme/packer-plugin-greet", "v1.0.0", [...packerRelease("1.0.0"), { name, content }]);
    const machine = await scene.machine("~> 1.0");
    await machine.says(["plugins", "vendor", "mirror", "."]);
    await machine.says(["plugins", "vendor", "-mirror=mirror", "copy", "."]);
    for (const mirror of ["mirror", "copy"]) {
      const folder = path.join(machine.place.folder, mirror, "github.com/acme/packer-plugin-greet/1.0.0");
      expect((await readdir(folder)).sort()).toEqual([
        "packer-plugin-greet_v1.0.0_SHA256SUMS",
        name,
        "packer-plugin-greet_v1.0.0_x5.0_linux_amd64.zip",
      ]);
      expect(await readFile(path.join(folder, name), "utf8")).toBe(content);
    }
  });

  test("makes a mirror that a folder and a web server serve, with all that was asked for", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0", TWO);
    await scene.publish("1.1.0", TWO);
    const first = await scene.machine("= 1.0.0");
    await first.says(["init", "."]);
    expect(await first.says(["plugins", "vendor", "mirror", "."])).toBe(
      'Copied github.com/acme/greet v1.0.0 to "FOLDER/mirror/github.com/acme/ingot-plugin-greet/1.0.0"\n',
    );
    await writeFile(path.join(first.place.folder, "a.pkr.hcl"), template("~> 1.0"));
    await first.says(["init", "-upgrade", "."]);
    await first.says(["plugins", "vendor", "-platform=linux_amd64,darwin_arm64", "mirror"]);
    const mirror = path.join(first.place.folder, "mirror");
    const folder = path.join(mirror, "github.com/acme/ingot-plugin-greet");
    const versions = ["1.0.0", "1.1.0"].map((version) => ({ version }));
    expect(JSON.parse(await readFile(path.join(folder, "index.json"), "utf8"))).toMatchObject({
      versions: Object.fromEntries(versions.map((entry) => [entry.version, entry])),
    });
    expect((await readdir(path.join(folder, "1.1.0"))).sort()).toEqual([
      "ingot-plugin-greet_v1.1.0_SHA256SUMS",
      "ingot-plugin-greet_v1.1.0_p1_darwin_arm64.zip",
      "ingot-plugin-greet_v1.1.0_p1_linux_amd64.zip",
    ]);
    expect(await readdir(path.join(folder, "1.0.0"))).not.toContain("ingot-plugin-greet_v1.0.0_p1_darwin_arm64.zip");

    const lock = await first.place.read(LOCK);
    const web = await StaticServer.start({ authority: scene.authority, folder: mirror });
    try {
      scene.takeRequests();
      for (const place of [mirror, web.url]) {
        const machine = await scene.machine("~> 1.0", { [LOCK]: lock });
        const env = { INGOT_PLUGIN_MIRROR: place };
        expect(await machine.says(["init", "-lockfile=readonly", "."], { env })).toContain("v1.1.0");
        await machine.says(["build", "."]);
      }
      const machine = await scene.machine("~> 1.0");
      expect(await machine.says(["init", `-mirror=${web.url}`, "."])).toContain("v1.1.0");
      expect((await machine.place.read(LOCK)).replace("linux_amd64", "")).toContain(
        /repository .*/.exec(lock)?.[0] ?? "?",
      );
      expect(await machine.says(["init", "-upgrade", "-mirror=http://example.com/x", "."], { status: 1 })).toContain(
        "https://",
      );
    } finally {
      await web[Symbol.asyncDispose]();
    }
    expect(scene.takeRequests()).toEqual([]);
  });
});

describe("plugins outdated", () => {
  test("lists what the template allows and what is newest", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0");
    await machine.says(["init", "."]);
    expect(await machine.says(["plugins", "outdated"])).toBe("All plugins are of the newest version.\n");
    await scene.publish("1.1.0");
    await scene.publish("2.0.0");
    expect(await machine.says(["plugins", "outdated", "."])).toBe(
      "PLUGIN                 CURRENT  ALLOWED  NEWEST  CONSTRAINTS\ngithub.com/acme/greet  1.0.0    1.1.0    2.0.0   ~> 1.0\n",
    );
    expect(await json(machine, ["plugins", "outdated", "-json", "."])).toEqual({
      plugins: [
        {
          ...{ source: ADDRESS, constraints: "~> 1.0", current: "1.0.0", allowed: "1.1.0", newest: "2.0.0" },
          isOutdated: true,
        },
      ],
    });
  });
});

describe("plugins verify", () => {
  test("reads everything, and compares it with the lock file", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0");
    expect(await machine.says(["plugins", "verify"])).toBe("No plugin is installed.\n");
    await machine.says(["init", "."]);
    expect(await machine.says(["plugins", "verify", "."])).toBe("github.com/acme/greet 1.0.0 any: in order\n");
    const [hash = ""] = (await readdir(path.join(machine.plugins, ".store"))).filter((name) => name.length === 64);
    const file = path.join(machine.plugins, ".store", hash, "README.md");
    const text = await readFile(file, "utf8");
    await chmod(file, 0o600);
    await writeFile(file, text.replace("greet", "grete"));
    expect(await json(machine, ["plugins", "verify", "-json"], 1)).toMatchObject({
      plugins: [{ ok: false, path: RECORD("1.0.0"), problem: expect.stringContaining("content hash") }],
    });
    await writeFile(file, text);
    const lock = await machine.place.read(LOCK);
    await writeFile(path.join(machine.place.folder, LOCK), lock.replace('"1.0.0"', '"1.0.1"'));
    expect(await machine.says(["plugins", "verify", "."], { status: 1 })).toContain(
      "github.com/acme/greet 1.0.1: is locked, but not installed. Run ingot init.",
    );
  });
});

describe("plugins describe", () => {
  test("shows what is installed, built in, or lies in a folder, in three forms", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0");
    await machine.says(["init", "."]);
    for (const name of ["greet", ADDRESS]) {
      expect(await machine.says(["plugins", "describe", name])).toMatch(
        /^Plugin greet 1\.0\.0\n\nprovisioner "greet"\n {2}Writes a greeting[^]*\n {4}to \(list of string, required\)\n {8}Whom to greet\.\n/,
      );
    }
    expect(await machine.says(["plugins", "describe", "-format=markdown", "greet"])).toMatch(
      /^# Plugin greet 1\.0\.0\n\n## Provisioners\n\n### `greet`\n[^]*\| `to` \| list of string \| \*\*required\*\* \| Whom to greet\. \|/,
    );
    expect(await json(machine, ["plugins", "describe", "-json", "greet", "greet-names"])).toMatchObject({
      ...{ name: "greet", version: "1.0.0" },
      components: [
        {
          kind: "data-source",
          name: "greet-names",
          config: { attributes: { file: { type: "string", required: true } } },
        },
      ],
    });
    expect(await machine.says(["plugins", "describe", "core", "shell-local"])).toContain('provisioner "shell-local"');
    expect(await machine.says(["plugins", "describe", "core", "nope"], { status: 1 })).toContain(
      "The plugin core has no component nope. It has: ",
    );
    expect(await machine.says(["plugins", "describe", "nope"], { status: 1 })).toContain("There is no plugin nope.");
    expect(await machine.place.processesAfter(5_000)).toEqual([]);
  });
});

describe("settings", () => {
  test.each([
    {
      name: "a mirror that is no text",
      conf: { plugin_mirror: 1 },
      says: '"plugin_mirror" must be a text, but is of the type number.',
    },
    {
      name: "an unknown policy",
      conf: { plugin_signatures: "on" },
      says: '"plugin_signatures" must be "off", "warn" or "require", but is "on".',
    },
    {
      name: "a list that is none",
      conf: { external_plugins: "oci" },
      says: '"external_plugins" must be a list of texts such as ["oci"], but is "oci".',
    },
    {
      name: "a list of something else",
      conf: { external_plugins: ["oci", 5] },
      says: '"external_plugins" must be a list of texts such as ["oci"], but has a value that is no text.',
    },
    {
      name: "keys without patterns",
      conf: { plugin_keys: ["a.asc"] },
      says: '"plugin_keys" must be an object such as',
    },
  ])("$name is refused by every command", async ({ conf, says }) => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0", { "conf.json": JSON.stringify(conf) });
    for (const args of [["version"], ["init", "."]]) {
      const said = await machine.says(args, { status: 1, env: { INGOT_CONFIG: "conf.json" } });
      expect(said).toContain(" Error loading configuration: \n\nconf.json: ");
      expect(said).toContain(says);
    }
  });

  test("the environment's policy for signatures is checked where it counts", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0");
    expect(await machine.says(["init", "."], { status: 1, env: { INGOT_PLUGIN_SIGNATURES: "maybe" } })).toContain(
      'INGOT_PLUGIN_SIGNATURES must be off, warn or require, not "maybe".',
    );
    expect(await machine.says(["init", "."], { status: 1, env: { INGOT_PLUGIN_SIGNATURES: "require" } })).toContain(
      "a signature is required (plugin_signatures), but it is not signed.",
    );
    expect(await machine.leftovers()).toEqual([]);
  });

  test("the plugin folder is the first of INGOT_PLUGIN_PATH, else Packer's", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0");
    const folder = path.join(machine.place.folder, "theirs");
    await machine.says(["init", "."], { env: { PACKER_PLUGIN_PATH: folder } });
    expect(await readdir(folder)).toEqual([".store", "github.com"]);
    await machine.says(["build", "."], { env: { PACKER_PLUGIN_PATH: folder } });
    await cp(folder, path.join(machine.place.folder, "ours"), { recursive: true });
    await machine.says(["build", "."], { env: { INGOT_PLUGIN_PATH: "ours:/nowhere" } });
    expect(await machine.says(["build", "."], { status: 1 })).toContain("Missing plugins");
  });

  test("plugins are found in all folders of INGOT_PLUGIN_PATH, those of the first one before others", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    await scene.publish("1.1.0");
    const machine = await scene.machine("= 1.0.0");
    const [one, two] = ["one", "two"].map((name) => path.join(machine.place.folder, name));
    await machine.says(["init", "."], { env: { INGOT_PLUGIN_PATH: two ?? "" } });
    const env = { INGOT_PLUGIN_PATH: `${one}:${two}` };
    const place = (folder: string, version: string): string =>
      `FOLDER/${folder}/github.com/acme/greet/ingot-plugin-greet_v${version}_p1_any.json`;
    scene.takeRequests();
    expect(await machine.says(["init", "."], { env })).toBe("");
    expect(scene.takeRequests()).toEqual([]);
    await machine.says(["build", "."], { env });
    await machine.says(["plugins", "install", "github.com/acme/greet", "1.1.0"], { env });
    await machine.says(["plugins", "install", "-force", "github.com/acme/greet", "1.0.0"], { env });
    const lines = [place("two", "1.0.0"), place("one", "1.0.0"), place("one", "1.1.0")];
    expect(await machine.says(["plugins", "installed"], { env })).toBe(`${lines.join("\n")}\n`);
    expect(await machine.says(["plugins", "verify", "."], { env })).toBe(
      ["1.0.0", "1.0.0", "1.1.0"].map((version) => `github.com/acme/greet ${version} any: in order\n`).join(""),
    );
    const log = (await machine.ingot(["build", "."], { ...env, INGOT_LOG: "1" })).stderr;
    expect(log).toContain(`${one}/.store/`);
    expect(log).not.toContain(`${two}/.store/`);
    expect(
      await machine.says(["plugins", "remove", (lines[0] ?? "").replace("FOLDER", machine.place.folder)], { env }),
    ).toBe(`${lines[0]}\n`);
    expect(await machine.says(["plugins", "remove", ADDRESS], { env })).toBe(`${lines.slice(1).join("\n")}\n`);
  });

  test("Packer's plugins are found in Packer's own folder, after ours, unless another folder was named", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0", { program: packerPlugin("1.0.0") });
    await chmod(path.join(machine.place.folder, "program"), 0o755);
    for (const home of [".config/packer", ".packer.d"]) {
      const folder = path.join(machine.place.folder, "home", home, "plugins");
      await machine.says(["plugins", "install", "-path", "program", ADDRESS], { env: { PACKER_PLUGIN_PATH: folder } });
      const file = `FOLDER/home/${home}/plugins/github.com/acme/greet/packer-plugin-greet_v1.0.0_x5.0_linux_amd64\n`;
      expect(await machine.says(["plugins", "installed"])).toBe(file);
      expect(await machine.says(["plugins", "required", "."])).toContain(` ${file}`);
      for (const env of [{ INGOT_CONFIG_DIR: "c" }, { PACKER_CONFIG_DIR: "c" }, { INGOT_PLUGIN_PATH: "c" }])
        expect(await machine.says(["plugins", "installed"], { env })).toBe("");
    }
    await machine.says(["plugins", "install", ADDRESS]);
    await machine.says(["build", "."]);
  });
});
