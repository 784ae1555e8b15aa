// Fails when a package imports what it may not: dependencies point down only, and some packages do no I/O. A new edge here is a
// change of architecture.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Which packages of the workspace the product code of each package may import. Others it must name in its package.json. */
const ALLOWED = {
  "packages/diag": [],
  "packages/files": [],
  "packages/go-template": [],
  "packages/hcl": ["@ingot/diag"],
  "packages/protocol": [],
  "packages/template": ["@ingot/diag", "@ingot/hcl", "@ingot/go-template"],
  "packages/engine": ["@ingot/diag", "@ingot/files", "@ingot/hcl", "@ingot/template"],
  "packages/host": ["@ingot/diag", "@ingot/files", "@ingot/hcl", "@ingot/protocol"],
  "packages/installer": ["@ingot/diag", "@ingot/files", "@ingot/hcl", "@ingot/host", "@ingot/template"],
  "packages/cli": [
    "@ingot/diag",
    "@ingot/files",
    "@ingot/hcl",
    "@ingot/template",
    "@ingot/engine",
    "@ingot/host",
    "@ingot/installer",
  ],
  sdk: ["@ingot/diag", "@ingot/files", "@ingot/go-template", "@ingot/protocol"],
  "packages/plugin-core": ["@ingot/sdk"],
  "packages/plugin-oci": ["@ingot/sdk"],
  "examples/plugins/*": ["@ingot/sdk"],
};

/** Edges for types alone: a package that implements another's interfaces names them, and loads nothing of it at run time. */
const TYPES_ALLOWED = {
  "packages/host": ["@ingot/engine"],
};

const TABLES = "see the tables in scripts/check-deps.mjs";

/** Packages that do no I/O: they ask their callers for it. */
const WITHOUT_NODE = new Set(["packages/diag", "packages/go-template", "packages/hcl"]);

const problems = Object.keys(ALLOWED)
  .flatMap(foldersOf)
  .flatMap(({ folder, rule }) => checkPackage(folder, rule));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** The folders that a rule is for. */
function foldersOf(rule) {
  if (!rule.endsWith("/*")) return [{ folder: rule, rule }];
  const parent = rule.slice(0, -2);
  if (!existsSync(path.join(root, parent))) return [];
  const names = readdirSync(path.join(root, parent));
  const packages = names.filter((name) => existsSync(path.join(root, parent, name, "package.json")));
  return packages.map((name) => ({ folder: `${parent}/${name}`, rule }));
}

function checkPackage(folder, rule) {
  const sources = filesIn(path.join(root, folder, "src")).filter(isProductCode);
  return sources.flatMap((file) =>
    importsIn(readFileSync(file, "utf8")).flatMap((specifier) => {
      const problem = problemWith(specifier, { file, folder, rule });
      return problem === undefined ? [] : [`${path.relative(root, file)}: ${problem}`];
    }),
  );
}

function problemWith(specifier, { file, folder, rule }) {
  if (specifier.startsWith(".")) {
    const target = path.resolve(path.dirname(file), specifier);
    const inside = target.startsWith(path.join(root, folder) + path.sep);
    return inside ? undefined : `imports "${specifier}": use the other package's name, not a path into it`;
  }
  if (specifier.startsWith("node:")) {
    return WITHOUT_NODE.has(folder) ? `imports "${specifier}": this package does no I/O` : undefined;
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (!name.startsWith("@ingot/")) {
    return dependenciesOf(folder).includes(name)
      ? undefined
      : `imports "${name}", which ${folder}/package.json doesn't name`;
  }
  if (!ALLOWED[rule].includes(name)) {
    if (!TYPES_ALLOWED[rule]?.includes(name)) return `imports "${name}", which ${rule} may not (${TABLES})`;
    if (loadsAtRunTime(file, specifier))
      return `imports "${name}" other than by "import type", which ${rule} may not (${TABLES})`;
  }
  return entriesOf(name).includes(specifier) ? undefined : `imports "${specifier}": only what its index exports exists`;
}

/** What may be imported of a package: the entries that its package.json names, but for those that are for tests. */
function entriesOf(name) {
  const file = path.join(root, "node_modules", name, "package.json");
  const { exports = {} } = JSON.parse(readFileSync(file, "utf8"));
  return Object.keys(exports)
    .filter((entry) => entry !== "./testing")
    .map((entry) => path.posix.join(name, entry));
}

function dependenciesOf(folder) {
  const { dependencies = {} } = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8"));
  return Object.keys(dependencies);
}

/** Tests and what only tests use may import what they like. Generated code is not ours to change. */
function isProductCode(file) {
  return /\.ts$/.test(file) && !/\.test\.ts$|[/\\]testing[/\\.]|[/\\]src[/\\]gen[/\\]/.test(file);
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** Whether a module is still imported when the types are gone. `import { type X }` loads a module, `import type` doesn't. */
function loadsAtRunTime(file, specifier) {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext, verbatimModuleSyntax: true };
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), { compilerOptions });
  return importsIn(outputText).includes(specifier);
}

function importsIn(text) {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}
