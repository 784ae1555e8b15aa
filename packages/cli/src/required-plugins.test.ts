import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { greetPlugin, packerPlugin, PluginScene, template, type Machine } from "./testing/plugin-scene.js";

jest.setTimeout(120_000); // processes are slow to start on a busy machine

const LOCK = ".ingot.lock.hcl";

/** A template without a word about plugins that uses the example plugin. */
const PLAIN = template("").replace(/^packer \{[^]*?\n\}\n/, "");

async function write(machine: Machine, name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(machine.place.folder, name)), { recursive: true });
  await writeFile(path.join(machine.place.folder, name), text);
}

/** A machine on which the plugin is installed, from releases of these versions, the first one last. */
async function prepared(scene: PluginScene, constraint = "~> 1.0"): Promise<Machine> {
  await scene.publish("1.0.0");
  const machine = await scene.machine(constraint);
  await machine.says(["init", "."]);
  return machine;
}

describe("a template that requires a plugin", () => {
  test("is told what is missing, in the reference's words, by validate and build", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0");
    for (const command of ["validate", "build"])
      expect(await machine.says([command, "."], { status: 1 })).toBe(`Error: Missing plugins

The following plugins are required, but not installed:

* github.com/acme/greet ~> 1.0

Did you run ingot init for this project ?


`);
    expect(await machine.says(["validate", "-syntax-only", "."])).toContain("Syntax-only check passed");
  });

  test("may give it another name", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene);
    await write(machine, "a.pkr.hcl", template("~> 1.0", { localName: "hello" }));
    await machine.says(["build", "."]);
    expect(await machine.place.read("note.txt")).toBe("Ada and Barbara");
    const wrong = template("~> 1.0", { localName: "hello" }).replaceAll("hello-names", "hello-nam");
    await write(machine, "a.pkr.hcl", wrong);
    expect(await machine.says(["validate", "."], { status: 1 })).toContain(
      "known data sources: [greet-names hello-names ",
    );
  });

  test("uses the locked version, and without a lock file the highest that fits", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene);
    await scene.publish("1.1.0");
    await machine.says(["plugins", "install", "github.com/acme/greet"]);
    const log = async (): Promise<string> =>
      (await machine.ingot(["build", "."], { INGOT_LOG: "1", INGOT_LOG_FORMAT: "json" })).stderr;
    const hashOf = async (version: string): Promise<string> => {
      const record = `home/.config/ingot/plugins/github.com/acme/greet/ingot-plugin-greet_v${version}_p1_any.json`;
      return (JSON.parse(await machine.place.read(record)) as { contentHash: string }).contentHash.slice(7);
    };
    expect(await log()).toContain(`.store/${await hashOf("1.0.0")}/ingot-plugin-greet.mjs`);
    await write(machine, "other/a.pkr.hcl", template("~> 1.0"));
    const free = await machine.ingot(["validate", "-evaluate-datasources", "other"], { INGOT_LOG: "1" });
    expect(free.stderr).toContain(`.store/${await hashOf("1.1.0")}/ingot-plugin-greet.mjs`);
  });

  test("must have it in the lock file, if there is one", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene);
    const more = template("~> 1.0").replace(
      "required_plugins {",
      'required_plugins {\n    other = {\n      version = "~> 3.0"\n      source  = "github.com/acme/other"\n    }',
    );
    await write(machine, "a.pkr.hcl", more);
    expect(await machine.says(["validate", "."], { status: 1 })).toMatch(
      /Error: Plugin is not in the lock file\n\n {2}on a.pkr.hcl line 3[^]*github.com\/acme\/other, but \.ingot\.lock\.hcl doesn't have\nit\. Run ingot init/,
    );
  });
});

describe("what differs from the lock file is refused", () => {
  test("another content, naming both hashes", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene);
    const lock = await machine.place.read(LOCK);
    await write(machine, LOCK, lock.replace(/(contents = \{\n\s+any = "sha256:)[0-9a-f]{4}/, "$10000"));
    for (const command of ["validate", "build"])
      expect(await machine.says([command, "."], { status: 1 })).toMatch(
        /Error: Plugin differs from the lock file[^]*\n {2}locked: sha256:0000[0-9a-f]{60}\n {2}found: {2}sha256:[0-9a-f]{64}\n/,
      );
    await write(machine, LOCK, lock.replace('"1.0.0"', '"1.0.1"'));
    expect(await machine.says(["build", "."], { status: 1 })).toContain("(1.0.1 in .ingot.lock.hcl)");
  });

  test("a plugin that was changed after it was installed; init mends it", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene);
    const store = path.join(machine.plugins, ".store");
    const [hash = ""] = (await readdir(store)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const file = path.join(store, hash, "ingot-plugin-greet.mjs");
    await chmod(file, 0o700);
    await writeFile(file, "console.log('evil');\n");
    const said = await machine.says(["build", "."], { status: 1 });
    expect(said).toContain("Error: Missing plugins");
    expect(said).toMatch(
      /its files were changed after they were installed: the content hash was sha256:.* and is sha256:/,
    );
    expect(await machine.says(["plugins", "verify"], { status: 1 })).toContain("were changed");
    expect(await machine.says(["init", "."])).toMatch(/^Warning: [^]*It is installed again\.\nInstalled plugin /);
    await machine.says(["build", "."]);
    expect(await machine.says(["plugins", "verify", "."])).toContain("github.com/acme/greet 1.0.0 any: in order");
  });

  test("a lock file that was damaged, with the place", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene);
    const lock = await machine.place.read(LOCK);
    await write(machine, LOCK, lock.replace(/sha256:[0-9a-f]{10}/, "sha256:xyz"));
    for (const command of ["init", "validate", "build"])
      expect(await machine.says([command, "."], { status: 1 })).toMatch(
        /Error: Invalid hash in the lock file\n\n {2}on FOLDER\/\.ingot\.lock\.hcl line 9, in plugin "github.com\/acme\/greet":\n {3}9: {5}any = "sha256:xyz/,
      );
  });
});

describe("a program in a folder of INGOT_PLUGIN_PATH", () => {
  test("is used as it is when nothing is locked, and is no news for the lock file", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0");
    await write(machine, "dev/ingot-plugin-greet.mjs", greetPlugin("9.9.9"));
    const env = { INGOT_PLUGIN_PATH: path.join(machine.place.folder, "dev") };
    expect(await machine.says(["init", "."], { env })).toBe(
      'github.com/acme/greet is used as it lies in "FOLDER/dev/ingot-plugin-greet.mjs": it is not installed, and not locked.\n',
    );
    await machine.says(["build", "."], { env });
    expect(await machine.place.files()).not.toContain(LOCK);
  });

  test("does not take the place of a locked plugin, unless it is the same", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene);
    const folder = path.join(machine.place.folder, "dev");
    await write(machine, "dev/ingot-plugin-greet.mjs", greetPlugin("1.0.0"));
    const env = { INGOT_PLUGIN_PATH: folder };
    await machine.says(["init", "."], { env });
    await machine.says(["build", "."], { env });
    await write(machine, "dev/ingot-plugin-greet.mjs", `${greetPlugin("1.0.0")}\n// changed\n`);
    expect(await machine.says(["build", "."], { env, status: 1 })).toMatch(
      /the plugin\nfolder has another program of that name, [^]*\n {2}locked: sha256:[0-9a-f]{64}\n {2}found: {2}sha256:/,
    );
  });
});

describe("without a word about plugins in the template", () => {
  test("the newest that is installed is used, after all others", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene);
    await write(machine, "plain/a.pkr.hcl", PLAIN);
    await machine.says(["build", "plain"]);
    expect(await machine.place.read("note.txt")).toBe("Ada and Barbara");
    await machine.says(["plugins", "remove", "github.com/acme/greet"]);
    expect(await machine.says(["build", "plain"], { status: 1 })).toContain("Unknown data type greet-names");
  });

  test("plugins for Packer are told to be what they are", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0");
    await write(machine, "plain/a.pkr.hcl", PLAIN);
    await write(machine, "program", packerPlugin("1.0.0"));
    await chmod(path.join(machine.place.folder, "program"), 0o755);
    await machine.says(["plugins", "install", "-path", "program", "github.com/acme/greet"]);
    for (const folder of ["plain", "."])
      expect(await machine.says(["validate", folder], { status: 1 })).toMatch(
        /This version of Ingot installs such plugins, but can't run them yet\./,
      );
  });

  test("a setting chooses another plugin than the one that comes with Ingot", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0");
    await write(
      machine,
      "dev/ingot-plugin-oci.mjs",
      greetPlugin("1.0.0").replace('name: "greet", version', 'name: "oci", version'),
    );
    await machine.says(["plugins", "install", "-path", "dev/ingot-plugin-oci.mjs", "github.com/acme/oci"]);
    await write(machine, "conf.json", '{ "external_plugins": ["oci"] }');
    await write(machine, "b/b.pkr.hcl", PLAIN.replaceAll("greet-names", "greet-names"));
    await machine.says(["build", "b"], { env: { INGOT_CONFIG: "conf.json" } });
    expect(await machine.says(["plugins", "describe", "oci"], { env: { INGOT_CONFIG: "conf.json" } })).toContain(
      "Plugin oci 1.0.0",
    );
    expect(await machine.says(["plugins", "describe", "oci"])).toContain("Plugin oci 0.1.0");
    const image = 'source "oci" "box" {\n  image = "scratch"\n}\n\nbuild {\n  sources = ["source.oci.box"]\n}\n';
    await write(machine, "c/c.pkr.hcl", image);
    await machine.says(["plugins", "remove", "github.com/acme/oci"]);
    expect(await machine.says(["validate", "c"], { status: 1, env: { INGOT_CONFIG: "conf.json" } })).toMatch(
      /on c\/c\.pkr\.hcl line 1[^]*"external_plugins" in conf\.json wants the plugin oci from elsewhere, but no\nother one is installed\./,
    );
  });

  test("a name in that setting that is unknown is told, with its line", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene);
    await write(machine, "conf.json", '{\n  "external_plugins": [\n    "github.com/ingot/oic"\n  ]\n}\n');
    const warning = `Warning: Unknown plugin in "external_plugins"

  on conf.json line 3:
   3:     "github.com/ingot/oic"

No plugin called "github.com/ingot/oic" comes with Ingot, so this changes
nothing. Did you mean "oci"? Those that do are "core", "oci". All other plugins
come from elsewhere anyway.

`;
    for (const args of [
      ["init", "."],
      ["validate", "."],
      ["build", "."],
      ["plugins", "installed"],
    ])
      expect((await machine.says(args, { env: { INGOT_CONFIG: "conf.json" } })).split(warning)).toHaveLength(2);
    const document = await machine.says(["plugins", "installed", "-json"], { env: { INGOT_CONFIG: "conf.json" } });
    const { warnings, errors } = JSON.parse(document) as Record<string, unknown>;
    expect([warnings, errors]).toEqual([[warning.trimEnd()], undefined]);
  });
});

describe("inspect and console", () => {
  test("evaluate data sources of required plugins, and need none of the others", async () => {
    await using scene = await PluginScene.make();
    const machine = await prepared(scene, "~> 1.0");
    const more = template("~> 1.0")
      .replace(
        "required_plugins {",
        'required_plugins {\n    other = {\n      version = "~> 3.0"\n      source  = "github.com/acme/other"\n    }',
      )
      .concat('\nlocals {\n  all = join("+", data.greet-names.people.names)\n}\n');
    await write(machine, "a.pkr.hcl", more);
    expect(await machine.says(["inspect", "."])).toContain('local.all: "Ada+Barbara"');
    const lock = await machine.place.read(LOCK);
    await write(machine, LOCK, lock.replace(/(contents = \{\n\s+any = "sha256:)[0-9a-f]{4}/, "$10000"));
    // As where a plugin is missing, which is no error here; but another one than the locked one is not started.
    expect(await machine.says(["inspect", "."])).not.toContain("Barbara");
  });
});

test("a plugin that runs already needs no installation", async () => {
  await using scene = await PluginScene.make();
  const machine = await scene.machine("~> 1.0");
  await write(machine, "ingot-plugin-greet.mjs", greetPlugin("0.0.1"));
  // What Ingot itself would set: see docs/plugin-guide.md.
  const environment = {
    PATH: process.env["PATH"],
    INGOT_PLUGIN_MAGIC_COOKIE: "6b1f3f2f6d0c8d0f2a3ee1d3f7a6c1d94f5c0b8f7f1f5f0f9d5b4c0f3a7e2d18",
    PLUGIN_PROTOCOL_VERSIONS: "1",
  };
  const file = path.join(machine.place.folder, "ingot-plugin-greet.mjs");
  const running = spawn(process.execPath, [file], {
    cwd: machine.place.folder,
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const [handshake] = (await once(running.stdout, "data")) as [Buffer];
    const address = handshake.toString().split("|")[3];
    const greet = {
      Protocol: "grpc",
      ProtocolVersion: 1,
      Pid: running.pid,
      Addr: { Network: "unix", String: address },
    };
    const line = JSON.stringify({ greet });
    const env = { INGOT_REATTACH_PLUGINS: line };
    expect(await machine.says(["init", "."], { env })).toBe(
      "github.com/acme/greet runs already (INGOT_REATTACH_PLUGINS): it is not installed.\n",
    );
    await machine.says(["build", "."], { env });
    expect(await machine.place.read("note.txt")).toBe("Ada and Barbara");
  } finally {
    running.kill("SIGKILL");
  }
});
