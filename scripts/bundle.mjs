// Bundles the command line and the plugins that come with it: few files start faster than many. tsc has checked the types before.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const finished = path.join(root, "packages/cli/dist/bundle");
/** Made beside the old bundle and put in its place when all is well. */
const outdir = `${finished}.${process.pid}`;
const plugins = ["core", "oci"].filter((name) => existsSync(path.join(root, entryOf(name))));

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  // Bundled CommonJS packages call `require`, which ES modules don't have.
  banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
  legalComments: "none",
  logLevel: "warning",
};

try {
  mkdirSync(path.join(outdir, "plugins"), { recursive: true });
  await Promise.all([bundleCommandLine(), ...plugins.map(bundlePlugin)]);
  await describePlugins();
  if (existsSync(finished)) renameSync(finished, `${outdir}.old`);
  renameSync(outdir, finished);
} finally {
  for (const folder of [outdir, `${outdir}.old`]) rmSync(folder, { recursive: true, force: true });
}

async function bundleCommandLine() {
  const entryPoints = { main: "packages/cli/src/bundle-entry.ts" };
  await build({ ...shared, entryPoints, outdir, splitting: true, chunkNames: "chunks/[name]-[hash]" });
  // What is beside the bundle must be ES modules wherever the folder is copied to.
  writeFileSync(path.join(outdir, "package.json"), '{ "type": "module" }\n');
}

async function bundlePlugin(name) {
  await build({ ...shared, entryPoints: [entryOf(name)], outfile: pluginFile(name) });
}

/** Asks each plugin once, now, what it offers, so that nobody has to start it for that later. */
async function describePlugins() {
  if (plugins.length === 0) return;
  const { version } = JSON.parse(readFileSync(path.join(root, "packages/cli/package.json"), "utf8"));
  const { describePluginToFile } = await import("../packages/host/dist/index.js");
  await Promise.all(plugins.map((name) => describePluginToFile({ path: pluginFile(name), hostVersion: version })));
}

function entryOf(name) {
  return `packages/plugin-${name}/src/main.ts`;
}

function pluginFile(name) {
  return path.join(outdir, "plugins", `ingot-plugin-${name}.mjs`);
}
