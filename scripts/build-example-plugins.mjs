// Builds the example plugins in TypeScript, Go and Python, and prints the folders for INGOT_PLUGIN_PATH. What is up to date is left alone.
// Arguments choose languages: node scripts/build-example-plugins.mjs typescript
// A language that this machine lacks is skipped with a line on stderr; with CI=true that is an error. --json prints
// {"folders": [...], "skipped": {"<language>": "<reason>"}} instead.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const workspace = fileURLToPath(new URL("..", import.meta.url));

const EXAMPLES = [
  {
    language: "typescript",
    needs: [process.execPath, "--version"],
    madeOf: ["sdk", "packages/diag", "packages/files", "packages/go-template", "packages/protocol"],
  },
  { language: "go", needs: ["go", "version"], madeOf: ["proto"] },
  { language: "python", needs: [process.env.PYTHON || "python3", "--version"], madeOf: ["proto"] },
];

// Made by the builds themselves; .gitignore names the same ones.
const MADE = new Set(["bin", "build", "release", "dist", "gen", ".venv", "__pycache__", "node_modules"]);

const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const folders = [];
const skipped = {};
for (const { language, needs, madeOf } of EXAMPLES) {
  if (chosen.length > 0 && !chosen.includes(language)) continue;
  const folder = join(workspace, "examples", "plugins", language);
  const [program, ...args] = needs;
  if (process.platform === "win32") skip(language, "build.sh needs a POSIX shell");
  else if (spawnSync(program, args).status !== 0) skip(language, `"${program}" is not installed`);
  else if (await buildOnce(folder, madeOf)) folders.push(join(folder, "bin"));
  else fail(`cannot build the ${language} plugin: see above`);
}
console.log(process.argv.includes("--json") ? JSON.stringify({ folders, skipped }) : folders.join(delimiter));

function skip(language, reason) {
  if (process.env.CI === "true") fail(`cannot build the ${language} plugin: ${reason}`);
  skipped[language] = reason;
  console.error(`skipped the ${language} plugin: ${reason}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Builds unless the last build was of the same content. Two processes do not build at the same time. False: it failed. */
async function buildOnce(folder, madeOf) {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const stamp = join(bin, ".content");
  const unlock = await lock(join(bin, ".lock"));
  try {
    const content = contentOf(folder, ...madeOf.map((part) => join(workspace, part)));
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === content) return true;
    rmSync(stamp, { force: true });
    console.error(`building ${relative(workspace, folder)}`);
    const { status } = spawnSync(join(folder, "build.sh"), { stdio: ["ignore", process.stderr, process.stderr] });
    if (status === 0) writeFileSync(stamp, content);
    return status === 0;
  } finally {
    unlock();
  }
}

/** A checksum over the names and bytes of all files in the folders. */
function contentOf(...roots) {
  const sum = createHash("sha256");
  const add = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = join(path, entry.name);
      if (MADE.has(entry.name)) continue;
      if (entry.isDirectory()) add(full);
      else if (!entry.name.endsWith(".md")) sum.update(`${relative(workspace, full)}\0`).update(readFileSync(full));
    }
  };
  roots.forEach(add);
  return sum.digest("hex");
}

/** Takes a lock file that has the holder's process id; a lock whose holder is gone does not count. */
async function lock(path) {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isHeld(path)) rmSync(path, { force: true });
    else await sleep(200);
  }
}

function isHeld(path) {
  try {
    process.kill(Number(readFileSync(path, "utf8")) || process.pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
