// node scripts/keep-compiled.mjs BUNDLE build|console|init
// Runs bundled scripts the way users do, then writes Node's compiled form of all that ran into FILE.cache.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { compileScript } from "../packages/cli/dist/cached-script.js";
import { startExampleServer } from "./example-ssh-server.mjs";

const [bundle, kind] = process.argv.slice(2);
const COMMANDS = "packages/cli/src/commands";
const LOCAL = `
source "null" "local" { communicator = "none" }
build {
  sources = ["source.null.local"]
  provisioner "shell-local" { inline = ["echo hello"] }
}
`;
const remote = ({ port, keyFile }) => `
source "null" "remote" {
  communicator         = "ssh"
  ssh_host             = "127.0.0.1"
  ssh_port             = ${port}
  ssh_username         = "example"
  ssh_private_key_file = ${JSON.stringify(keyFile)}
}
build {
  sources = ["source.null.remote"]
  provisioner "shell" { inline = ["echo hello"] }
}
`;
const REQUIRING = `
packer {
  required_plugins {
    example = {
      source  = "github.com/ingot-example/example"
      version = "1.0.0"
    }
  }
}
`;

if (kind === "plugin") runKeeping("plugins/plugin-core.cjs", "plugins/ssh2.cjs");
else if (kind === "init") await runInit();
else if (kind === "console") await runCommand("tools.cjs", `${COMMANDS}/console/command.js`, []);
else await runCommand("heavy.cjs", `${COMMANDS}/build/command.js`, ["example.pkr.hcl"]);

/** Runs a script, and keeps what is compiled of it, and of others that it runs, when the process ends. */
function runKeeping(name, ...others) {
  const kept = [name, ...others].map((each) => path.join(bundle, each));
  vm.Script = class extends vm.Script {
    constructor(source, options) {
      super(source, options);
      const { filename } = options;
      if (!kept.includes(filename)) return;
      process.on("exit", () => writeFileSync(`${filename}.cache`, this.createCachedData()));
    }
  };
  syncBuiltinESMExports();
  return compileScript(kept[0]).run();
}

/** Runs `init` where the plugin that the template requires is in its place already, as it mostly is. */
async function runInit() {
  const { openPluginStore, parsePluginAddress, readLockFile, writeLockFile } =
    await import("../packages/installer/dist/index.js");
  await runCommand("plugins.cjs", `${COMMANDS}/init/command.js`, ["example.pkr.hcl"], async (folder) => {
    const address = parsePluginAddress("github.com/ingot-example/example");
    const file = path.join(folder, "ingot-plugin-example.mjs");
    writeFileSync(file, "// It is not run.\n");
    const store = openPluginStore({ root: path.join(folder, "plugins") });
    const version = "1.0.0";
    const put = { address, file, family: "ingot", version, api: "p1", platform: { os: "any", arch: "" } };
    const { contentHash } = await store.putFile(put, { signal: new AbortController().signal });
    rmSync(file);
    const entry = { address: address.text, version, constraints: "1.0.0", repository: "local", archives: {} };
    const { lock } = await readLockFile(folder);
    await writeLockFile(folder, {
      plugins: new Map([...lock.plugins, [address.text, { ...entry, contents: { any: contentHash } }]]),
    });
    writeFileSync(path.join(folder, "example.pkr.hcl"), REQUIRING);
  });
}

/** Runs a command in a folder with an example, with a core plugin that is kept too. */
async function runCommand(script, module, args, prepare = () => undefined) {
  const folder = mkdtempSync(path.join(tmpdir(), "ingot-bundle-"));
  const server = await startExampleServer(folder);
  try {
    writeFileSync(path.join(folder, "example.pkr.hcl"), LOCAL + remote(server));
    const keepPlugin = [fileURLToPath(import.meta.url), bundle, "plugin"].map((part) => JSON.stringify(part));
    writeFileSync(
      path.join(folder, "ingot-plugin-core.mjs"),
      `process.argv.splice(1, 1, ${keepPlugin.join(", ")});\nawait import(${keepPlugin[0]});\n`,
    );
    await prepare(folder);
    const output = { write: () => undefined, isTerminal: false, columns: 80 };
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      INGOT_PLUGIN_PATH: kind === "init" ? `${folder}/plugins` : folder,
    };
    const console = {
      ...{ env, workingDirectory: folder, installFolder: bundle },
      ...{ stdout: output, stderr: output, readInput: () => Promise.resolve(Buffer.from("1 + 1\n")) },
    };
    const status = await runKeeping(script)[module]().runCommand({ args, console, machineReadable: false });
    if (status !== 0) throw new Error(`the example ended with status ${status}`);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
