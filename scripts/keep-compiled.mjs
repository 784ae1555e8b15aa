// node scripts/keep-compiled.mjs FILE commands|plugin|library
// Runs a bundled script the way users do, then writes Node's compiled form of all that ran into FILE.cache.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { compileScript } from "../packages/cli/dist/cached-script.js";
import { HANDSHAKE } from "../packages/protocol/dist/index.js";

const [file, kind] = process.argv.slice(2);
const TEMPLATE = `
source "null" "example" { communicator = "none" }
build {
  sources = ["source.null.example"]
  provisioner "shell-local" { inline = ["echo hello"] }
}
`;

const compiled = compileScript(file);
if (kind === "plugin") runPlugin();
else if (kind === "library") runLibrary();
else await runCommands();

/** A plugin that has written its handshake has started; the rest of it is compiled when it is needed. */
function runPlugin() {
  process.env[HANDSHAKE.cookieName] = HANDSHAKE.cookieValue;
  process.env.PLUGIN_PROTOCOL_VERSIONS = String(HANDSHAKE.protocolVersions[0]);
  const { write } = process.stdout;
  process.stdout.write = (...args) => {
    setImmediate(() => {
      keep();
      process.exit(0);
    });
    return write.apply(process.stdout, args);
  };
  compiled.run();
}

function runLibrary() {
  compiled.run();
  keep();
}

async function runCommands() {
  const folder = mkdtempSync(path.join(tmpdir(), "ingot-bundle-"));
  try {
    writeFileSync(path.join(folder, "example.pkr.hcl"), TEMPLATE);
    const output = { write: () => undefined, isTerminal: false, columns: 80 };
    const env = { PATH: process.env.PATH, HOME: folder };
    const console = {
      env,
      workingDirectory: folder,
      installFolder: path.dirname(file),
      stdout: output,
      stderr: output,
    };
    const { build } = compiled.run();
    const status = await build({ args: ["example.pkr.hcl"], console, machineReadable: false });
    if (status !== 0) throw new Error(`the example build ended with status ${status}`);
    keep();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function keep() {
  writeFileSync(`${file}.cache`, compiled.script.createCachedData());
}
