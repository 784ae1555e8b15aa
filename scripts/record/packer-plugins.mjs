// Asks a real Packer what it finds in each plugin folder of packages/installer/testdata/plugin-folders.json, and writes the answers there:
//   npx tsc -b packages/installer && node scripts/record/packer-plugins.mjs PACKER
// The table is for Linux on amd64. An entry's other members, such as `differs`, stay.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { layOutPluginFolder } from "../../packages/installer/dist/testing/plugin-folder.js";
import { runPacker } from "./packer-process.mjs";

const DATA = fileURLToPath(new URL("../../packages/installer/testdata/plugin-folders.json", import.meta.url));
const [packer] = process.argv.slice(2);
if (packer === undefined) throw new Error("usage: packer-plugins.mjs PACKER");

const relativeTo = (folder) => (file) => path.relative(folder, file);
const answers = {
  installed: ({ output, folder }) => output.split("\n").filter(Boolean).map(relativeTo(folder)),
  required: ({ status, output, folder }) => {
    if (status !== 0) return "refused";
    const [, paths] = /^it \S+ "[^"]*"(.*)$/m.exec(output) ?? [undefined, undefined];
    if (paths === undefined) throw new Error(output);
    return paths.split(" ").filter(Boolean).map(relativeTo(folder));
  },
  init: ({ status }) => (status === 0 ? "present" : "absent"),
  remove: ({ status, output, folder }) =>
    status === 0 ? output.split("\n").filter(Boolean).map(relativeTo(folder)) : [],
};

const entries = JSON.parse(readFileSync(DATA, "utf8"));
const root = mkdtempSync(path.join(tmpdir(), "plugins-"));
try {
  for (const [at, entry] of entries.entries()) entries[at] = await record(entry);
} finally {
  rmSync(root, { recursive: true, force: true });
}
writeFileSync(DATA, `[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(",\n")}\n]\n`);

async function record({ name, ask, files, packer: old, ...rest }) {
  void old; // replaced
  const place = mkdtempSync(path.join(root, "x"));
  const [home, work, folder] = ["home", "work", "plugins"].map((part) => path.join(place, part));
  for (const each of [home, work, folder]) mkdirSync(each);
  layOutPluginFolder(folder, files);
  const { source = "github.com/acme/greet", constraints = ">= 0.0.0" } = ask;
  const text = `packer {\n  required_plugins {\n    it = {\n      source  = "${source}"\n      version = "${constraints}"\n    }\n  }\n}\n`;
  writeFileSync(path.join(work, "it.pkr.hcl"), text);
  const given = ask.constraints === undefined ? [] : [ask.constraints];
  const commands = {
    installed: ["plugins", "installed"],
    required: ["plugins", "required", "."],
    init: ["init", "."],
    remove: ["plugins", "remove", source, ...given],
  };
  // No proxy and no server: what isn't there can't be fetched.
  const env = { PACKER_PLUGIN_PATH: folder, HTTPS_PROXY: "http://127.0.0.1:9" };
  const { status, output } = await runPacker({ packer, command: commands[ask.command], work, home, env });
  const answer = output.includes("panic: ") ? "crash" : answers[ask.command]({ status, output, folder });
  const gone = files.filter((file) => ask.command === "remove" && !existsSync(path.join(folder, file.path)));
  if (ask.command === "remove" && gone.length !== answer.length) throw new Error(`${name}: ${output}`);
  rmSync(place, { recursive: true, force: true });
  return { name, ask, files, packer: answer, ...rest };
}
