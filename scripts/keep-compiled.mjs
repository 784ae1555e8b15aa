// node scripts/keep-compiled.mjs BUNDLE library|build|console
// Runs bundled scripts the way users do, then writes Node's compiled form of all that ran into FILE.cache.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileScript } from "../packages/cli/dist/cached-script.js";

const [bundle, kind] = process.argv.slice(2);
const COMMANDS = "packages/cli/src/commands";
const TEMPLATE = `
source "null" "example" { communicator = "none" }
build {
  sources = ["source.null.example"]
  provisioner "shell-local" { inline = ["echo hello"] }
}
`;

if (kind === "library") keeping("plugins/ssh2.cjs").run();
else if (kind === "plugin") keeping("plugins/plugin-core.cjs").run();
else if (kind === "console") await runCommand("tools.cjs", `${COMMANDS}/console/command.js`, []);
else await runCommand("heavy.cjs", `${COMMANDS}/build/command.js`, ["example.pkr.hcl"]);

/** Compiles a script, and keeps what is compiled of it when the process ends. */
function keeping(name) {
  const file = path.join(bundle, name);
  const compiled = compileScript(file);
  process.on("exit", () => writeFileSync(`${file}.cache`, compiled.script.createCachedData()));
  return compiled;
}

/** Runs a command in a folder with the template, with a core plugin that is kept too. */
async function runCommand(script, module, args) {
  const folder = mkdtempSync(path.join(tmpdir(), "ingot-bundle-"));
  try {
    writeFileSync(path.join(folder, "example.pkr.hcl"), TEMPLATE);
    const keepPlugin = [fileURLToPath(import.meta.url), bundle, "plugin"].map((part) => JSON.stringify(part));
    writeFileSync(
      path.join(folder, "ingot-plugin-core.mjs"),
      `process.argv.splice(1, 1, ${keepPlugin.join(", ")});\nawait import(${keepPlugin[0]});\n`,
    );
    const output = { write: () => undefined, isTerminal: false, columns: 80 };
    const env = { PATH: process.env.PATH, HOME: folder, INGOT_PLUGIN_PATH: folder };
    const console = {
      ...{ env, workingDirectory: folder, installFolder: bundle },
      ...{ stdout: output, stderr: output, readInput: () => Promise.resolve(Buffer.from("1 + 1\n")) },
    };
    const status = await keeping(script).run()[module]().runCommand({ args, console, machineReadable: false });
    if (status !== 0) throw new Error(`the example ended with status ${status}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
