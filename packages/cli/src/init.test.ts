import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { ADDRESS, greetRelease, packerRelease, PluginScene, template } from "./testing/plugin-scene.js";

jest.setTimeout(120_000); // processes are slow to start on a busy machine

const LOCK = ".ingot.lock.hcl";
const RECORD = "PLUGINS/github.com/acme/greet/ingot-plugin-greet_v";
const CREATED = "Created .ingot.lock.hcl. Commit it, so that everybody who uses the template gets the same plugins.\n";
const INSTALLED = (version: string): string =>
  `Installed plugin github.com/acme/greet v${version} in "${RECORD}${version}_p1_any.json"\n`;

describe("init", () => {
  test("installs the highest version that fits, locks it, and asks nobody the next time", async () => {
    await using scene = await PluginScene.make();
    for (const version of ["1.0.0", "1.1.0", "2.0.0", "1.2.0-rc.1"]) await scene.publish(version);
    const machine = await scene.machine("~> 1.0");
    expect(await machine.says(["init", "."])).toBe(INSTALLED("1.1.0") + CREATED);
    expect(scene.takeRequests()).toContain("cdn GET /files/ingot-plugin-greet_v1.1.0_p1_any.zip 200");
    const lock = await machine.place.read(LOCK);
    expect(lock.replaceAll(/[0-9a-f]{64}/g, "HASH").replaceAll(/localhost:\d+/g, "GITHUB")).toBe(
      `# Written by ingot init: the plugins that the templates of this folder use, exactly. Commit this file.
# "ingot init" keeps these versions, "ingot init -upgrade" chooses anew.

plugin "github.com/acme/greet" {
  version     = "1.1.0"
  constraints = "~> 1.0"
  repository  = "https://GITHUB/acme/ingot-plugin-greet"
  archives = {
    any = "sha256:HASH"
  }
  contents = {
    any = "sha256:HASH"
  }
}
`,
    );
    expect(await machine.says(["init", "."])).toBe("");
    expect(await machine.says(["build", "."])).toContain("Stored file: note.txt");
    expect(await machine.place.read("note.txt")).toBe("Ada and Barbara");
    expect(await machine.place.read(LOCK)).toBe(lock);
    expect(scene.takeRequests()).toEqual([]);
  });

  test("gives every machine the locked version, until -upgrade", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const first = await scene.machine("~> 1.0");
    await first.says(["init", "."]);
    const lock = await first.place.read(LOCK);
    await scene.publish("1.1.0");
    const second = await scene.machine("~> 1.0", { [LOCK]: lock });
    expect(await second.says(["init", "-lockfile=readonly", "."])).toBe(INSTALLED("1.0.0"));
    expect(await second.says(["init", "."])).toBe("");
    expect(await second.says(["init", "-upgrade", "."])).toBe(`${INSTALLED("1.1.0")}Updated .ingot.lock.hcl.\n`);
    expect(await second.says(["init", "-upgrade", "."])).toBe("");
    expect(await second.says(["init", "-force", "."])).toBe(INSTALLED("1.1.0"));
    expect(await second.place.read(LOCK)).toContain('"1.1.0"');
  });

  test("says what the lock file has against the template", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    await scene.publish("2.0.0");
    const machine = await scene.machine("~> 1.0");
    await machine.says(["init", "."]);
    await writeFile(path.join(machine.place.folder, "a.pkr.hcl"), template("~> 2.0"));
    expect(await machine.says(["init", "."], { status: 1 })).toBe(
      `Failed getting the "github.com/acme/greet" plugin:
.ingot.lock.hcl has version 1.0.0 of github.com/acme/greet, which doesn't meet "~> 2.0" in the template. Run ingot init -upgrade to choose another one, or change the template.
`,
    );
    expect(await machine.says(["build", "."], { status: 1 })).toMatch(
      /Error: Missing plugins\n\n.*\n\n\* github.com\/acme\/greet ~> 2.0 \(1.0.0 in .ingot.lock.hcl doesn't fit\)/,
    );
    expect(await machine.says(["init", "-upgrade", "."])).toContain("v2.0.0");
  });

  test("stops when a release was replaced, naming both hashes, and leaves nothing installed", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const first = await scene.machine("~> 1.0");
    await first.says(["init", "."]);
    const lock = await first.place.read(LOCK);
    const [archive, sums] = greetRelease("1.0.0", ["any"], "another");
    for (const asset of [archive, sums])
      if (asset !== undefined) await scene.github.replaceAsset("acme/ingot-plugin-greet", "v1.0.0", asset);
    const second = await scene.machine("~> 1.0", { [LOCK]: lock });
    const said = await second.says(["init", "."], { status: 1 });
    expect(said).toMatch(
      /The archive of github.com\/acme\/greet 1.0.0 for any is not the one in .ingot.lock.hcl.\n {2}locked: sha256:[0-9a-f]{64}\n {2}found: {2}sha256:[0-9a-f]{64}/,
    );
    expect(await readdir(second.plugins).catch(() => [])).toEqual([]);
    expect(await second.place.read(LOCK)).toBe(lock);
  });

  test("tells once what is wrong with a locked content, and locks the others", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0");
    await machine.says(["init", "."]);
    const lock = await machine.place.read(LOCK);
    const both = template("~> 1.0").replace(
      "required_plugins {",
      'required_plugins {\n    hello = {\n      version = "~> 1.0"\n      source = "github.com/other/greet"\n    }',
    );
    await scene.github.addRelease("other/ingot-plugin-greet", "v1.0.0", greetRelease("1.0.0", ["any"], "other"));
    await writeFile(path.join(machine.place.folder, "a.pkr.hcl"), both);
    const wrong = (kind: string): string =>
      lock.replace(new RegExp(`(${kind} = \\{\n\\s+any = "sha256:)[0-9a-f]{4}`), "$10000");
    for (const kind of ["contents", "archives"]) {
      await writeFile(path.join(machine.place.folder, LOCK), wrong(kind));
      const said = await machine.says(["init", "."], { status: 1 });
      expect(said.split("A published version must never change")).toHaveLength(2);
      expect(said).toContain('Failed getting the "github.com/acme/greet" plugin:\nThe ');
      expect(await machine.place.read(LOCK)).toContain('plugin "github.com/other/greet" {');
    }
  });

  test("gives advice once for all plugins that need it", async () => {
    await using scene = await PluginScene.make();
    const required = ["aa", "bb", "cc"].map(
      (name) => `    ${name} = {\n      version = "~> 1.0"\n      source  = "github.com/acme/${name}"\n    }\n`,
    );
    const text = `packer {\n  required_plugins {\n${required.join("")}  }\n}\n`;
    const machine = await scene.machine("", { "a.pkr.hcl": text });
    for (const args of [["init"], ["plugins", "lock"], ["plugins", "outdated"]]) {
      const said = await machine.says([...args, "."], { status: 1 });
      expect(said.split("Hint: for a private repository, set ")).toHaveLength(2);
      expect(said.split("is there, or it is private")).toHaveLength(4);
    }
    scene.github.rateLimit.remaining = 0;
    const said = await machine.says(["init", "."], { status: 1 });
    expect(said.split("Hint: without a token")).toHaveLength(2);
    expect(said.split("allows no more requests")).toHaveLength(4);
  });

  test("goes on with the others when one fails, and keeps what is known", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const more = template("~> 1.0").replace(
      "required_plugins {",
      'required_plugins {\n    other = {\n      version = "~> 3.0"\n      source = "github.com/acme/other"\n    }',
    );
    const machine = await scene.machine("~> 1.0", { "a.pkr.hcl": more });
    const said = await machine.says(["init", "."], { status: 1 });
    expect(said).toContain(INSTALLED("1.0.0"));
    expect(said).toMatch(
      /Failed getting the "github.com\/acme\/other" plugin:\nNeither https:.*\/acme\/ingot-plugin-other nor/,
    );
    expect(await machine.place.read(LOCK)).toContain("github.com/acme/greet");
  });

  test("with -lockfile=readonly changes no lock file and asks nobody for what isn't locked", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0");
    expect(await machine.says(["init", "-lockfile=readonly", "."], { status: 1 })).toContain(
      "github.com/acme/greet is not in .ingot.lock.hcl, which -lockfile=readonly forbids to change. Run ingot init without it, and commit the lock file.",
    );
    expect(await machine.says(["init", "-lockfile=readonly", "-upgrade", "."], { status: 1 })).toContain(
      "give one of them",
    );
    expect(scene.takeRequests()).toEqual([]);
    await machine.says(["init", "."]);
    await writeFile(path.join(machine.place.folder, "a.pkr.hcl"), template(">= 1.0"));
    expect(await machine.says(["init", "-lockfile=readonly", "."], { status: 1 })).toContain(
      'github.com/acme/greet: constraints would change from "~> 1.0" to ">= 1.0"',
    );
    expect(await machine.says(["init", "."])).toBe("Updated .ingot.lock.hcl.\n");
    expect(await machine.says(["init", "-lockfile=readonly", "."])).toBe("");
    const lock = await machine.place.read(LOCK);
    await writeFile(path.join(machine.place.folder, LOCK), lock + lock.replaceAll("acme/greet", "acme/other"));
    expect(await machine.says(["init", "-lockfile=readonly", "."], { status: 1 })).toContain(
      "* github.com/acme/other is locked, but no template requires it",
    );
    expect(await machine.says(["init", "."])).toBe("Updated .ingot.lock.hcl.\n");
    expect(await machine.place.read(LOCK)).toBe(lock);
  });

  test("tells which platforms a release has", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0", ["plan9_mips", "windows_386"]);
    const machine = await scene.machine("~> 1.0");
    expect(await machine.says(["init", "."], { status: 1 })).toMatch(
      /github.com\/acme\/greet 1.0.0 has no archive for \w+, only for: plan9_mips, windows_386\./,
    );
  });

  test("refuses a plugin that says it is another one", async () => {
    await using scene = await PluginScene.make();
    const release = greetRelease("1.0.0", ["any"], undefined, "1.0.1");
    await scene.github.addRelease("acme/ingot-plugin-greet", "v1.0.0", release);
    const machine = await scene.machine("~> 1.0");
    expect(await machine.says(["init", "."], { status: 1 })).toContain(
      'The plugin says that it is version "1.0.1", but its release is 1.0.0.',
    );
    expect(await machine.says(["plugins", "installed"])).toBe("");
    expect(await machine.place.processesAfter(5_000)).toEqual([]);
  });

  test("says that plugins of Ingot are built in", async () => {
    await using scene = await PluginScene.make();
    const files = { "a.pkr.hcl": template(">= 0.1", { localName: "oci", source: "github.com/ingot/oci" }) };
    const machine = await scene.machine("", files);
    expect(await machine.says(["init", "."])).toBe("github.com/ingot/oci is built in.\n");
    await writeFile(
      path.join(machine.place.folder, "a.pkr.hcl"),
      template(">= 99.0", { localName: "oci", source: "github.com/ingot/oci" }),
    );
    expect(await machine.says(["init", "."], { status: 1 })).toContain(
      'github.com/ingot/oci comes with Ingot, in version 0.1.0, which doesn\'t meet ">= 99.0".',
    );
    expect(scene.takeRequests()).toEqual([]);
    await writeFile(path.join(machine.place.folder, "conf.json"), '{ "external_plugins": ["oci"] }');
    expect(await machine.says(["init", "."], { status: 1, env: { INGOT_CONFIG: "conf.json" } })).toContain(
      "/ingot/ingot-plugin-oci nor ",
    );
  });

  test("prints one JSON document with -json", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0");
    const installed = JSON.parse(await machine.says(["init", "-json", "."])) as object;
    expect(installed).toMatchObject({
      plugins: [
        {
          ...{ source: ADDRESS, localNames: ["greet"], constraints: "~> 1.0", status: "installed" },
          ...{ version: "1.0.0", family: "ingot", api: "p1", platform: "any" },
          path: `${RECORD}1.0.0_p1_any.json`,
        },
      ],
      lockFile: { path: "FOLDER/.ingot.lock.hcl", change: "created" },
    });
    expect(JSON.parse(await machine.says(["init", "-json", "."]))).toMatchObject({
      plugins: [{ status: "present" }],
      lockFile: { change: "none" },
    });
    expect(JSON.parse(await machine.says(["init", "-json", "none.pkr.hcl"], { status: 1 }))).toEqual({
      errors: [expect.stringContaining("stat none.pkr.hcl: no such file or directory")],
    });
  });

  test("in the reference's words: templates that it can't work with", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("", {
      "none.pkr.hcl": 'source "null" "x" { communicator = "none" }\n',
      "old.json": '{ "builders": [{ "type": "null", "communicator": "none" }] }',
    });
    expect(await machine.says(["init", "none.pkr.hcl"])).toBe(`
No plugins requirement found, make sure you reference a Packer config
containing a packer.required_plugins block. See
https://www.packer.io/docs/templates/hcl_templates/blocks/packer
for more info.
`);
    expect(await machine.says(["init", "old.json"], { status: 1 }))
      .toBe(`Error: Packer plugins currently only works with HCL2 configuration templates

Please manually install plugins with the plugins command or use a HCL2
configuration that will do that for you.


`);
    expect(await machine.says(["init", "no-such"], { status: 1 })).toBe(
      '"no-such": stat no-such: no such file or directory\n',
    );
  });

  test("installs Packer's plugins as Packer does, and a build says that it can't run them", async () => {
    await using scene = await PluginScene.make();
    await scene.github.addRelease("acme/packer-plugin-greet", "v1.0.0", packerRelease("1.0.0"));
    const machine = await scene.machine("~> 1.0");
    const place = "PLUGINS/github.com/acme/greet/packer-plugin-greet_v1.0.0_x5.0_linux_amd64";
    expect(await machine.says(["init", "."])).toBe(
      `Installed plugin github.com/acme/greet v1.0.0 in "${place}"\n${CREATED}`,
    );
    expect(await machine.says(["init", "."])).toBe("");
    for (const command of ["validate", "build"])
      expect(await machine.says([command, "."], { status: 1 })).toContain(
        "github.com/acme/greet 1.0.0 is a plugin for Packer",
      );
  });

  test("cancelled by Ctrl-C leaves nothing behind", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    scene.github.fail(/\.zip/, { stallAfter: 1000 });
    const machine = await scene.machine("~> 1.0");
    const running = machine.start(["init", "."]);
    while (!scene.github.requestLines().some((line) => line.includes("cdn GET /files/ingot-plugin-greet_v1.0.0_p1")))
      await new Promise((resolve) => setTimeout(resolve, 20));
    running.child.kill("SIGINT");
    const { status, stdout } = await running.finished;
    expect({ status, stdout }).toEqual({ status: 1, stdout: "Cancelled after receiving interrupt\n" });
    expect(await machine.leftovers()).toEqual([]);
    expect(await machine.place.files()).toEqual(["a.pkr.hcl", "names.txt"]);
  });
});
