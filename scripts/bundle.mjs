// Bundles the command line and the plugins that come with it: few files start faster than many. tsc has checked the types before.
// What takes long to compile goes into scripts whose compiled form is kept beside them (docs/decisions/0006-compiled-bundles.md).
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const finished = path.join(root, "packages/cli/dist/bundle");
const ssh2Package = path.join(root, "sdk/dist/ssh/ssh2-package.js");
/** Made beside the old bundle and put in its place when all is well. */
const outdir = `${finished}.${process.pid}`;
/** The core plugin is a compiled script. The oci plugin starts itself by its own file, so it has to be one module. */
const plugins = ["plugins/ingot-plugin-core.js", "plugins/ingot-plugin-oci.mjs"];

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  legalComments: "none",
  logLevel: "warning",
  // gRPC loads it for its channelz service only, which we don't serve.
  // ssh2 tries cpu-features only to order its ciphers, and a native module to be faster with some of them; both need a compiler
  // at installation, which we don't ask for.
  external: ["@grpc/proto-loader", "cpu-features", "*.node"],
};
/** The source of a module that runs another script of the same folder, and takes something from it. */
const fromScript = (file, taken = "") => ({
  contents: [
    'import { runScript } from "./packages/cli/src/cached-script.ts";',
    `module.exports = runScript(require("node:path").join(__dirname, ${JSON.stringify(file)}))${taken};`,
  ].join("\n"),
  resolveDir: root,
});
/**
 * What of the SSH library takes long to load, and we do without: native modules, which need a compiler at installation; its SFTP, since
 * the SDK has its own; the look-up of names, since it gets connections that exist.
 */
const UNUSED = {
  "cpu-features": 'throw new Error("not there");',
  "./crypto/build/Release/sshcrypto.node": 'throw new Error("not there");',
  "./protocol/SFTP.js": "exports.SFTP = class {};",
  dns: "exports.lookup = undefined;",
};
const withoutUnused = {
  name: "without-unused",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(cpu-features|dns|.*\/(sshcrypto\.node|SFTP\.js))$/ }, ({ path: name }) => ({
      path: name,
      namespace: "unused",
    }));
    onLoad({ filter: /.*/, namespace: "unused" }, ({ path: name }) => ({ contents: UNUSED[name] }));
  },
};
/** Leaves the SSH library out of a plugin's script, and loads it from its own. */
const separateSsh2 = {
  name: "separate-ssh2",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/ssh2-package\.js$/ }, () => ({ path: "ssh2", namespace: "separate-ssh2" }));
    onLoad({ filter: /.*/, namespace: "separate-ssh2" }, () => fromScript("ssh2.cjs"));
  },
};
/**
 * Leaves OpenPGP.js out: it is needed only for releases that are signed with it, and its licence (LGPL) asks that users can replace it. It
 * lies beside the scripts as its authors made it (docs/decisions/0019-signatures-of-plugins.md).
 */
const separateOpenPgp = {
  name: "separate-openpgp",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^openpgp$/ }, () => ({ path: "openpgp", namespace: "separate-openpgp" }));
    onLoad({ filter: /.*/, namespace: "separate-openpgp" }, () => ({
      contents: 'module.exports = require(require("node:path").join(__dirname, "openpgp.cjs"));',
      resolveDir: root,
    }));
  },
};
/** The commands that start plugins, and what others need of them. */
const HEAVY = /\/(build|validate)\/command\.js$|\/plugin-data-sources\.js$/;
/** What installs plugins, and finds those that are installed. */
const PLUGINS = /\/(init|plugins)\/command\.js$|\/(run-plugins|plugin-words)\.js$/;
/** What is needed only to get plugins from elsewhere, to check who signed them, and to ask them. */
const NETWORK = /\/(online|open-sources|install-step)\.js$/;
/** Small enough to be loaded with the program itself. All else that it loads on demand comes from the tools' script: the help of `fix`, too. */
const SMALL = /\/(version\/command|(?<!fix\/)help|report-failure)\.js$/;
/** Where something is imported by name from modules of Node that take milliseconds to load, and that many commands don't need. */
const SLOW_BUILTIN = /= require\("(node:(?:child_process|crypto|net|worker_threads|zlib))"\);/g;
/** Gives such a module, loaded when something of it is used. */
const ON_USE = "const onUse = (name) => new Proxy({}, { get: (_, key) => require(name)[key] });";
/** The modules that each script offers, by their paths. */
const offered = { heavy: new Set(), tools: new Set(), plugins: new Set(), network: new Set() };
const scriptOf = (file) =>
  HEAVY.test(file) ? "heavy" : PLUGINS.test(file) ? "plugins" : NETWORK.test(file) ? "network" : "tools";
/** Needed so early that it has a script of its own. */
const EARLY = "packages/cli/src/start-early.js";
/** Leaves modules that are loaded on demand out of a script, and takes them from the scripts that offer them. */
const takenFrom = (...scripts) => ({
  name: "taken-from-scripts",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.?\// }, ({ path: file, kind, resolveDir }) => {
      const script = scriptOf(file);
      if (kind !== "dynamic-import" || SMALL.test(file) || !scripts.includes(script)) return undefined;
      const name = path.relative(root, path.join(resolveDir, file));
      if (name === EARLY) return { path: name, namespace: "early" };
      offered[script].add(name);
      return { path: name, namespace: script };
    });
    onLoad({ filter: /.*/, namespace: "early" }, () => fromScript("early.cjs"));
    for (const script of scripts)
      onLoad({ filter: /.*/, namespace: script }, ({ path: name }) =>
        fromScript(`${script}.cjs`, `[${JSON.stringify(name)}]()`),
      );
  },
});
/** `import()` becomes `require()`: a script that was compiled before can't import, and Node's loader of modules is slow to start. */
const asScript = { ...shared, format: "cjs", supported: { "dynamic-import": false } };
const asModule = {
  ...shared,
  format: "esm",
  // Bundled CommonJS packages call `require`, which ES modules don't have.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module";\nconst require = requireOf(import.meta.url);',
  },
};

removeUnfinished();
try {
  mkdirSync(path.join(outdir, "plugins"), { recursive: true });
  await Promise.all([bundleCommands(), bundleSsh2(), bundleCorePlugin(), bundleOciPlugin()]);
  await describePlugins();
  for (const kind of ["build", "console", "init"]) keepCompiled(kind);
  if (existsSync(finished)) renameSync(finished, `${outdir}.old`);
  renameSync(outdir, finished);
} finally {
  for (const folder of [outdir, `${outdir}.old`]) rmSync(folder, { recursive: true, force: true });
}

/** Removes what interrupted runs have left: their names end in the numbers of processes that are gone. */
function removeUnfinished() {
  const folder = path.dirname(finished);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = /^bundle\.(\d+)(?:\.old)?$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

/** The program, with what every command needs, and the scripts with the commands. */
async function bundleCommands() {
  const main = { entryPoints: { main: "packages/cli/src/bundle-entry.ts" }, outdir };
  await build({ ...asScript, ...main, plugins: [takenFrom("tools", "heavy", "plugins")] });
  // What is beside the bundle must be CommonJS wherever the folder is copied to.
  writeFileSync(path.join(outdir, "package.json"), '{ "type": "commonjs" }\n');
  await build({ ...asScript, entryPoints: [EARLY.replace(/js$/, "ts")], outfile: path.join(outdir, "early.cjs") });
  await bundleOffer("tools", [takenFrom("heavy", "plugins")]);
  await bundleOffer("heavy", [takenFrom("plugins")]);
  await bundleOffer("plugins", [takenFrom("network")]);
  await bundleOffer("network", [separateOpenPgp]);
  const openPgp = createRequire(import.meta.url).resolve("openpgp");
  copyFileSync(openPgp, path.join(outdir, "openpgp.cjs"));
  copyFileSync(path.join(path.dirname(openPgp), "../../LICENSE"), path.join(outdir, "openpgp.LICENSE"));
}

/** A script that exports a function for each module that it offers, which loads the module. */
async function bundleOffer(script, plugins) {
  const lines = [...offered[script]].map((name) => `exports[${JSON.stringify(name)}] = () => require("./${name}");`);
  const stdin = { contents: lines.join("\n"), resolveDir: root };
  await buildOnUse({ stdin, outfile: path.join(outdir, `${script}.cjs`), plugins });
}

/** Builds a script that loads slow modules of Node when it uses them. */
async function buildOnUse(options) {
  const { outputFiles } = await build({ ...asScript, banner: { js: ON_USE }, ...options, write: false });
  const [{ path: outfile, text }] = outputFiles;
  writeFileSync(outfile, text.replaceAll(SLOW_BUILTIN, '= onUse("$1");'));
}

/** The SSH library, which a plugin loads when it first connects. */
async function bundleSsh2() {
  const outfile = path.join(outdir, "plugins/ssh2.cjs");
  await build({ ...asScript, entryPoints: [ssh2Package], outfile, plugins: [withoutUnused] });
}

async function bundleCorePlugin() {
  const outfile = path.join(outdir, "plugins/plugin-core.cjs");
  await buildOnUse({ entryPoints: [entryOf("core")], outfile, plugins: [separateSsh2] });
  await build({ ...asScript, stdin: fromScript("plugin-core.cjs"), outfile: path.join(outdir, plugins[0]) });
}

async function bundleOciPlugin() {
  await build({ ...asModule, entryPoints: [entryOf("oci")], outfile: path.join(outdir, plugins[1]) });
}

/** Asks each plugin once, now, what it offers, so that nobody has to start it for that later. */
async function describePlugins() {
  const { version } = JSON.parse(readFileSync(path.join(root, "packages/cli/package.json"), "utf8"));
  const { describePluginToFile } = await import("../packages/host/dist/index.js");
  const describe = (file) => describePluginToFile({ path: path.join(outdir, file), hostVersion: version });
  await Promise.all(plugins.map(describe));
}

/** Runs scripts in a process of its own, and keeps what Node compiled for that. */
function keepCompiled(kind) {
  const script = fileURLToPath(new URL("keep-compiled.mjs", import.meta.url));
  execFileSync(process.execPath, [script, outdir, kind], { stdio: ["ignore", "ignore", "inherit"] });
}

function entryOf(plugin) {
  return `packages/plugin-${plugin}/src/main.ts`;
}
