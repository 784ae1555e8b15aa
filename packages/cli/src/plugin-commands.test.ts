import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, jest, test } from "@jest/globals";
import { listPlugins, makeScene } from "../testdata/plugin-commands/make-scene.mjs";
import { Workplace } from "./testing/run-ingot.js";

jest.setTimeout(120_000); // processes are slow to start on a busy machine

const FOLDER = new URL("../testdata/plugin-commands/", import.meta.url);

interface Recorded {
  readonly args: readonly string[];
  readonly status: number;
  readonly said: string;
  /** What is in the plugin folder afterwards. */
  readonly plugins: readonly string[];
}

// What the real program said: see scripts/record/packer-plugin-commands.mjs.
const scene = JSON.parse(readFileSync(new URL("scene.json", FOLDER), "utf8")) as object;
const recorded = JSON.parse(readFileSync(new URL("recorded.json", FOLDER), "utf8")) as readonly Recorded[];

/** What we say in another way on purpose, by the arguments. */
const OURS = JSON.parse(readFileSync(new URL("ours.json", FOLDER), "utf8")) as Readonly<Record<string, string>>;

test.each(recorded.map((one) => [one.args.join(" "), one] as const))(
  "%s",
  async (name, { args, status, said, plugins }) => {
    await using place = await Workplace.make();
    makeScene(scene, place.folder);
    const folder = path.join(place.folder, "plugins");
    const env = { INGOT_PLUGIN_PATH: "", PACKER_PLUGIN_PATH: folder, INGOT_GITHUB_API_URL: "https://localhost:1" };
    const finished = await place.run(
      args.map((arg) => arg.replace("PLUGINS", folder)),
      env,
    );
    const ours = normalised(
      (finished.stdout + finished.stderr).replaceAll(folder, "PLUGINS").replaceAll(place.folder, "FOLDER"),
    );
    expect({ status: finished.status, said: ours, plugins: listPlugins(folder) }).toEqual({
      ...{ status, said: normalised(OURS[name] ?? said) },
      plugins,
    });
  },
);

/** The help is ours, and so is the name. The order of requirements is not told. */
function normalised(text: string): string {
  const said = text
    .replace(
      /Usage: (packer|ingot) [^]*?(?=^(Failed to parse|flag provided|A template is|There (is|must))|$(?![^]))/m,
      "HELP\n",
    )
    .replace(/(?:^\* .*\n)+/gm, (list) => list.split("\n").sort().join("\n").trimStart() + "\n")
    .replaceAll(/inferred by\sPacker/g, "inferred by Ingot")
    .replaceAll(/\bPacker(?=\s+(can only install|failed to run|couldn't decode))/g, "Ingot")
    .replaceAll("packer init", "ingot init")
    .replaceAll("packer plugin promote command", "command plugins install");
  // The reference breaks lines where its own name is longer by one letter.
  return said.replaceAll(/(?<=\S) ?\n(?=\S)/g, " ").trim();
}
