// Writes docs/components.md from what the plugins that come with Ingot say about themselves. With --check it fails when the committed
// file differs. Needs the compiled packages (tsc -b).
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import prettier from "prettier";
import { markdownLines } from "../packages/cli/dist/commands/plugins/describe/markdown.js";
import { describePlugin } from "../packages/host/dist/index.js";

const PLUGINS = ["core", "oci"];
const FILE = fileURLToPath(new URL("../docs/components.md", import.meta.url));

const components = (await Promise.all(PLUGINS.map(componentsOf))).flat();
const text = await prettier.format(documentText(), {
  ...(await prettier.resolveConfig(FILE)),
  parser: "markdown",
});
if (!process.argv.includes("--check")) writeFileSync(FILE, text);
else if (readFileSync(FILE, "utf8") !== text) {
  console.error("docs/components.md is not current: run node scripts/generate-component-docs.mjs");
  process.exitCode = 1;
}

async function componentsOf(name) {
  const path = fileURLToPath(new URL(`../packages/plugin-${name}/dist/main.js`, import.meta.url));
  const { signal } = new AbortController();
  return (await describePlugin({ path, hostVersion: "0.0.0", signal })).components;
}

function documentText() {
  return [
    "# Components that come with Ingot",
    "",
    "<!-- Made by scripts/generate-component-docs.mjs from the plugins' own descriptions. Don't edit. -->",
    "",
    "Options without a default that are not required may be left out. A _duration_ is text such as `30s` or `1h30m`.",
    "The options that all provisioners and post-processors have are in the [user guide](user-guide.md).",
    ...markdownLines(components),
  ].join("\n");
}
