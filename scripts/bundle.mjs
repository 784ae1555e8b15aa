// Bundles the command line and the plugins that come with it: few files start faster than many. tsc has checked the types before.
// What takes long to compile goes into scripts whose compiled form is kept beside them (docs/decisions/0006-compiled-bundles.md).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const finished = path.join(root, "packages/cli/dist/bundle");
const ssh2Package = path.join(root, "sdk/dist/ssh/ssh2-package.js");
/** Made beside the old bundle and put in its place when all is well. */
const outdir = `${finished}.${process.pid}`;
const plugins = ["core", "oci"].filter((name) => existsSync(path.join(root, entryOf(name))));
/** Plugins as compiled scripts. The oci plugin starts itself by its own file, so it has to be a module. */
const compiledPlugins = new Set(["core"]);

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
/** Leaves the SSH library out of a plugin's script, and loads it from its own. */
const separateSsh2 = {
  name: "separate-ssh2",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/ssh2-package\.js$/ }, () => ({ path: "ssh2", namespace: "separate-ssh2" }));
    onLoad({ filter: /.*/, namespace: "separate-ssh2" }, () => ({
      contents: [
        'import { join } from "node:path";',
        'import { compileScript } from "./packages/cli/src/cached-script.ts";',
        'export const { ssh2 } = compileScript(join(__dirname, "ssh2.cjs")).run();',
      ].join("\n"),
      resolveDir: root,
    }));
  },
};
const asScript = { ...shared, format: "cjs" };
const asModule = {
  ...shared,
  format: "esm",
  // Bundled CommonJS packages call `require`, which ES modules don't have.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module";\nconst require = requireOf(import.meta.url);',
  },
};

try {
  mkdirSync(path.join(outdir, "plugins"), { recursive: true });
  await Promise.all([bundleMain(), bundleHeavyCommands(), bundleSsh2(), ...plugins.map(bundlePlugin)]);
  await describePlugins();
  keepCompiled("plugins/ssh2.cjs", "library");
  keepCompiled("heavy.cjs", "commands");
  for (const name of compiledPlugins) if (plugins.includes(name)) keepCompiled(`plugins/plugin-${name}.cjs`, "plugin");
  if (existsSync(finished)) renameSync(finished, `${outdir}.old`);
  renameSync(outdir, finished);
} finally {
  for (const folder of [outdir, `${outdir}.old`]) rmSync(folder, { recursive: true, force: true });
}

/** What every command needs, and the light commands. The heavy ones are taken from their script. */
async function bundleMain() {
  const heavyCommand = {
    name: "heavy-command",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/(build|validate)\/command\.js$/ }, ({ path: file }) => ({
        path: file.split("/")[1],
        namespace: "heavy-command",
      }));
      onResolve({ filter: /^\.\/plugin-data-sources\.js$/ }, () => ({
        path: "usePluginDataSources",
        namespace: "heavy-command",
      }));
      onLoad({ filter: /.*/, namespace: "heavy-command" }, ({ path: name }) => ({
        contents: [
          'import { fileURLToPath } from "node:url";',
          'import { compileScript } from "./packages/cli/src/cached-script.ts";',
          'const file = fileURLToPath(new URL("../heavy.cjs", import.meta.url));',
          `const { ${name} } = compileScript(file).run();`,
          `export { ${name} ${/^[a-z]+$/.test(name) ? "as runCommand " : ""}};`,
        ].join("\n"),
        resolveDir: root,
      }));
    },
  };
  await build({
    ...asModule,
    entryPoints: { main: "packages/cli/src/bundle-entry.ts" },
    outdir,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    plugins: [heavyCommand],
  });
  // What is beside the bundle must be ES modules wherever the folder is copied to.
  writeFileSync(path.join(outdir, "package.json"), '{ "type": "module" }\n');
}

async function bundleHeavyCommands() {
  const entryPoints = ["packages/cli/src/commands/heavy.ts"];
  await build({ ...asScript, entryPoints, outfile: path.join(outdir, "heavy.cjs") });
}

/** The SSH library, which a plugin loads when it first connects. */
async function bundleSsh2() {
  await build({ ...asScript, entryPoints: [ssh2Package], outfile: path.join(outdir, "plugins/ssh2.cjs") });
}

async function bundlePlugin(name) {
  if (!compiledPlugins.has(name)) {
    await build({ ...asModule, entryPoints: [entryOf(name)], outfile: pluginFile(name) });
    return;
  }
  const script = path.join(outdir, "plugins", `plugin-${name}.cjs`);
  await build({ ...asScript, entryPoints: [entryOf(name)], outfile: script, plugins: [separateSsh2] });
  const contents = [
    'import { fileURLToPath } from "node:url";',
    'import { compileScript } from "./packages/cli/src/cached-script.ts";',
    `compileScript(fileURLToPath(new URL("plugin-${name}.cjs", import.meta.url))).run();`,
  ].join("\n");
  await build({ ...asModule, stdin: { contents, resolveDir: root }, outfile: pluginFile(name) });
}

/** Asks each plugin once, now, what it offers, so that nobody has to start it for that later. */
async function describePlugins() {
  if (plugins.length === 0) return;
  const { version } = JSON.parse(readFileSync(path.join(root, "packages/cli/package.json"), "utf8"));
  const { describePluginToFile } = await import("../packages/host/dist/index.js");
  await Promise.all(plugins.map((name) => describePluginToFile({ path: pluginFile(name), hostVersion: version })));
}

/** Runs a script in a process of its own, and keeps what Node compiled for that. */
function keepCompiled(file, kind) {
  const script = fileURLToPath(new URL("keep-compiled.mjs", import.meta.url));
  execFileSync(process.execPath, [script, path.join(outdir, file), kind], { stdio: ["ignore", "ignore", "inherit"] });
}

function entryOf(name) {
  return `packages/plugin-${name}/src/main.ts`;
}

function pluginFile(name) {
  return path.join(outdir, "plugins", `ingot-plugin-${name}.mjs`);
}
