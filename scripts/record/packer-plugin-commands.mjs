// node scripts/record/packer-plugin-commands.mjs PACKER
// Runs the real program on the cases of packages/cli/testdata/plugin-commands/scene.json, each in a fresh folder, and writes down what it says
// and which plugins are there afterwards: packages/cli/src/plugin-commands.test.ts compares ours with it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { listPlugins, makeScene } from "../../packages/cli/testdata/plugin-commands/make-scene.mjs";

const [packer] = process.argv.slice(2);
const folder = fileURLToPath(new URL("../../packages/cli/testdata/plugin-commands/", import.meta.url));
const scene = JSON.parse(readFileSync(path.join(folder, "scene.json"), "utf8"));
const recorded = scene.cases.map((args) => {
  const place = mkdtempSync(path.join(tmpdir(), "pc-"));
  try {
    makeScene(scene, place);
    const plugins = path.join(place, "plugins");
    const env = { PATH: process.env.PATH, HOME: place, CHECKPOINT_DISABLE: "1", PACKER_PLUGIN_PATH: plugins };
    const given = args.map((arg) => arg.replace("PLUGINS", plugins));
    const { status, stdout, stderr } = spawnSync(packer, given, { cwd: place, env, encoding: "utf8" });
    const said = (stdout + stderr).replaceAll(plugins, "PLUGINS").replaceAll(place, "FOLDER");
    return {
      args,
      status,
      said: said.replaceAll("\u001b[0m", "").replaceAll(/\u001b\[[\d;]+m/g, ""),
      plugins: listPlugins(plugins),
    };
  } finally {
    rmSync(place, { recursive: true });
  }
});
writeFileSync(path.join(folder, "recorded.json"), `${JSON.stringify(recorded, undefined, 2)}\n`);
