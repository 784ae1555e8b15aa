import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { greetPlugin, packerPlugin, PluginScene, template, type Machine } from "./testing/plugin-scene.js";

jest.setTimeout(120_000); // processes are slow to start on a busy machine

const NULL = 'source "null" "n" {\n  communicator = "none"\n}\n';
const BUILD = (step: string): string => `${NULL}build {\n  sources = ["source.null.n"]\n  ${step}\n}\n`;

/** Where the plugin is used: with the line that has to be named. */
const USES = [
  { kind: "data source", line: 1, text: `data "greet-names" "d" {\n  file = "names.txt"\n}\n${BUILD("")}` },
  { kind: "source", line: 1, text: 'source "greet-box" "d" {\n}\nbuild {\n  sources = ["source.greet-box.d"]\n}\n' },
  { kind: "provisioner", line: 6, text: BUILD('provisioner "greet" {\n  }') },
  { kind: "post-processor", line: 6, text: BUILD('post-processor "greet-log" {\n  }') },
];

async function write(machine: Machine, name: string, text: string): Promise<void> {
  const file = path.join(machine.place.folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
}

async function develop(machine: Machine, text: string, extension = ""): Promise<Record<string, string>> {
  await write(machine, `dev/ingot-plugin-greet${extension}`, text);
  return { INGOT_PLUGIN_PATH: path.join(machine.place.folder, "dev") };
}

describe("a plugin that can't be used is told with the block that needs it", () => {
  test.each([
    {
      name: "it is Packer's",
      prepare: async (machine: Machine) => {
        await write(machine, "program", packerPlugin("1.0.0"));
        await machine.says(["plugins", "install", "-path", "program", "github.com/acme/greet"]);
        return {};
      },
      says: /is a plugin for Packer\s[^]*can't run them yet/,
    },
    {
      name: "it crashes before the handshake",
      prepare: (machine: Machine) => develop(machine, "#!/bin/sh\necho boom >&2\nexit 3\n"),
      says: /ended before it was ready\.[^]*It ended with exit status 3\.[^]* boom/,
    },
    {
      name: "it speaks another version of the protocol",
      prepare: (machine: Machine) => develop(machine, '#!/bin/sh\necho "1|7|unix|/tmp/x|grpc"\nexec sleep 60\n'),
      says: /speaks version 7 of the plugin protocol; this Ingot speaks 1\.(?![^]*SIGKILL)/,
    },
    {
      name: "it can't be started",
      prepare: (machine: Machine) => develop(machine, "#!/nonexistent/interpreter\n"),
      says: /could not be run: the interpreter that its first\s+line\s+names\s+is\s+missing/,
    },
  ])("$name", async ({ prepare, says }) => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0");
    const env = await prepare(machine);
    await Promise.all(
      USES.map(async ({ kind, line, text }) => {
        await write(machine, `${kind}/t.pkr.hcl`, text);
        const said = await machine.says(["validate", kind], { status: 1, env });
        expect(said).toMatch(/^Error: Failed to load /);
        expect(said).toContain(`Error: Failed to load ${kind} type\n\n  on ${kind}/t.pkr.hcl line ${line}`);
        expect(said).toMatch(says);
      }),
    );
  });

  test("it lacks the component", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0");
    const env = await develop(machine, greetPlugin("1.0.0"), ".mjs");
    await Promise.all(
      USES.map(async ({ kind, line, text }) => {
        await write(machine, `${kind}/t.pkr.hcl`, text.replaceAll(/greet(?:-\w+)?/g, "greet-nothing"));
        const said = await machine.says(["validate", kind], { status: 1, env });
        expect(said).toMatch(/^Error: Unknown /);
        expect(said).toContain(`on ${kind}/t.pkr.hcl line ${line}`);
      }),
    );
  });

  test("it breaks after it was described, when it is asked for an instance", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0");
    const env = await develop(machine, greetPlugin("1.0.0"), ".mjs");
    const [data] = USES;
    await write(machine, "t/t.pkr.hcl", data?.text ?? "");
    await machine.says(["validate", "t"], { env });
    const broken = greetPlugin("1.0.0").replace(/^/, "if (process.env.BROKEN) process.exit(4);\n");
    await develop(machine, broken, ".mjs");
    await machine.says(["validate", "t"], { env });
    const said = await machine.says(["validate", "t"], { status: 1, env: { ...env, BROKEN: "1" } });
    expect(said).toMatch(
      /^Error: Failed to (?:load|prepare) data source .*\n\n {2}on t\/t\.pkr\.hcl line 1, in data "greet-names" "d":\n[^]*ended before it was ready/,
    );
  });
});

test("required plugins that differ from the lock file, or are missing, are told with their place", async () => {
  await using scene = await PluginScene.make();
  await scene.publish("1.0.0");
  const machine = await scene.machine("~> 1.0");
  await machine.says(["init", "."]);
  const lock = await machine.place.read(".ingot.lock.hcl");
  await write(machine, ".ingot.lock.hcl", lock.replace(/(contents = \{\n\s+any = "sha256:)[0-9a-f]{4}/, "$10000"));
  expect(await machine.says(["validate", "."], { status: 1 })).toMatch(/on a\.pkr\.hcl line 3/);
  await write(machine, "b/a.pkr.hcl", template(">= 9.0"));
  expect(await machine.says(["validate", "b"], { status: 1 })).toContain("* github.com/acme/greet >= 9.0");
});
