import { spawnSync } from "node:child_process";
import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { type Machine, PluginScene } from "./testing/plugin-scene.js";
import { PROGRAM } from "./testing/run-ingot.js";

jest.setTimeout(120_000); // processes are slow to start on a busy machine

/** Runs a command in a network of its own, which has no route to anywhere; not even its loopback is up. */
const WITHOUT_ROUTE = ["unshare", "--map-root-user", "--net"];
const LOCK = ".ingot.lock.hcl";

const obstacle = findObstacle();
// A machine of ours must be able to; a user's may forbid it.
if (obstacle !== undefined && process.env["CI"] === "true") throw new Error(`no network namespaces: ${obstacle}`);

describe(obstacle === undefined ? "without a route" : `not run: no network namespaces: ${obstacle}`, () => {
  const there = obstacle === undefined ? test : test.skip;

  there("there really is none", () => {
    const script =
      'require("net").connect(443, "1.1.1.1").on("error", ({ code }) => console.log(code)).setTimeout(5000, () => process.exit(1))';
    const [command = "", ...first] = WITHOUT_ROUTE;
    const { stdout } = spawnSync(command, [...first, process.execPath, "-e", script], { encoding: "utf8" });
    expect(stdout).toBe("ENETUNREACH\n");
  });

  there("init and build go on with what is installed", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const machine = await scene.machine("~> 1.0");
    await machine.says(["init", "."]);
    const lock = await machine.place.read(LOCK);
    scene.takeRequests();

    expect(await offline(machine, ["init", "."])).toBe("");
    expect(await offline(machine, ["init", "-lockfile=readonly", "."])).toBe("");
    expect(await offline(machine, ["validate", "."])).toContain("The configuration is valid.");
    expect(await offline(machine, ["build", "."])).toContain("Stored file: note.txt");
    expect(await machine.place.read("note.txt")).toBe("Ada and Barbara");
    expect(await machine.place.read(LOCK)).toBe(lock);
    for (const command of ["installed", "required ."]) {
      expect(await offline(machine, ["plugins", ...command.split(" ")])).toContain("ingot-plugin-greet");
    }
    expect(await offline(machine, ["plugins", "verify", "."])).toContain("github.com/acme/greet");
    expect(await offline(machine, ["plugins", "describe", "greet"])).toContain("names");
    expect(scene.takeRequests()).toEqual([]);
  });

  there("a clean home installs and builds from a vendored folder", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    await scene.publish("1.1.0");
    const first = await scene.machine("~> 1.0");
    await first.says(["init", "."]);
    await first.says(["plugins", "vendor", "mirror", "."]);

    const second = await scene.machine("~> 1.0", { [LOCK]: await first.place.read(LOCK) });
    await cp(path.join(first.place.folder, "mirror"), path.join(second.place.folder, "mirror"), { recursive: true });
    scene.takeRequests();
    expect(await offline(second, ["init", "-lockfile=readonly", "-mirror=mirror", "."])).toContain("v1.1.0");
    expect(await offline(second, ["build", "."])).toContain("Stored file: note.txt");
    expect(await second.place.read("note.txt")).toBe("Ada and Barbara");
    expect(scene.takeRequests()).toEqual([]);
  });

  there("the configuration file can name the vendored folder, and no lock file is needed", async () => {
    await using scene = await PluginScene.make();
    await scene.publish("1.0.0");
    const first = await scene.machine("~> 1.0");
    await first.says(["plugins", "vendor", "mirror", "."]);

    const second = await scene.machine("~> 1.0");
    const mirror = path.join(first.place.folder, "mirror");
    const configuration = path.join(second.place.folder, "ingot.json");
    await writeFile(configuration, JSON.stringify({ plugin_mirror: mirror }));
    const env = { INGOT_CONFIG: configuration };
    expect(await offline(second, ["init", "."], { env })).toContain("v1.0.0");
    expect(await offline(second, ["build", "."], { env })).toContain("Stored file: note.txt");
    expect(await second.place.read(LOCK)).toContain('"1.0.0"');
  });

  there("what isn't installed is an error that names the server, soon", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine("~> 1.0");
    const said = await offline(machine, ["init", "."], { status: 1, env: { INGOT_GITHUB_API_URL: "" } });
    expect(said).toContain('Failed getting the "github.com/acme/greet" plugin');
    expect(said).toContain("api.github.com");
    expect(await machine.leftovers()).toEqual([]);
  });
});

/** Runs `ingot` without a route: what it says. */
async function offline(
  machine: Machine,
  args: readonly string[],
  { status = 0, env = {} }: { readonly status?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const given = { INGOT_PLUGIN_PATH: "", ...env };
  const finished = await machine.place.run(args, given, [...WITHOUT_ROUTE, process.execPath, PROGRAM]);
  const said = finished.stdout + finished.stderr;
  if (finished.status !== status) throw new Error(`status ${finished.status} of ingot ${args.join(" ")}: ${said}`);
  return said;
}

/** Why no network namespace can be made here; undefined when it can. */
function findObstacle(): string | undefined {
  if (process.platform !== "linux") return "they are Linux's";
  const [command = "", ...first] = WITHOUT_ROUTE;
  const { error, status, stderr } = spawnSync(command, [...first, "true"], { encoding: "utf8" });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim();
}
