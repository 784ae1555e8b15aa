// Feeds the language with damaged files, junk, generated bodies and generated expressions, and checks what must always hold.
// Usage: node scripts/fuzz/hcl.mjs [COUNT=200000] [--seed=NUMBER] [--only=files|junk|bodies|expressions|functions]
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = (name) => import(pathToFileURL(path.join(root, "packages", name)));
const hclPackage = createRequire(path.join(root, "packages/hcl/package.json"));
const { default: fc } = await import(pathToFileURL(hclPackage.resolve("fast-check")));
const { bodyTexts, damagedFiles, expressionTexts, junk } = await built("hcl/dist/testing/fuzz-inputs.js");
const { checkExpression, checkSyntax } = await built("hcl/dist/testing/fuzz-properties.js");
const { testContext } = await built("hcl/dist/testing.js");
const { loadFunctionLibraries, standardFunctions } = await built("template/dist/index.js");

const argument = (name) => process.argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);
const count = Number(process.argv.slice(2).find((one) => /^\d+$/.test(one)) ?? 200_000);
const seed = Number(argument("seed") ?? Date.now() % 2 ** 31);
const only = argument("only");

function seedFiles() {
  const corpus = path.join(root, "../shared/corpus");
  const folder = existsSync(corpus) ? corpus : path.join(root, "packages/hcl/testdata/syntax");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.(hcl|json)$/.test(name))
    .sort()
    .map((name) => readFileSync(path.join(folder, name)));
}

/** No files, no network, no clock: what is under test is the functions' handling of any arguments. */
const world = {
  env: {},
  workingDirectory: "/work",
  readFile(name) {
    throw Object.assign(new Error(`ENOENT: ${name}`), { code: "ENOENT" });
  },
  listFolder(name) {
    throw Object.assign(new Error(`ENOENT: ${name}`), { code: "ENOENT" });
  },
  now: () => Date.UTC(2024, 1, 29),
};
// bcrypt is slow on purpose, and its cost is an argument.
const functions = standardFunctions({ world, libraries: await loadFunctionLibraries() });
const functionNames = [...functions.keys()].filter((name) => name !== "bcrypt");
const wide = { variables: testContext.variables, functions };

const text = (arbitrary) => arbitrary.map((one) => new TextEncoder().encode(one));
const evaluates = (context) => (source) => void checkExpression(source, context);
const kinds = [
  { name: "files", share: 0.35, inputs: damagedFiles(seedFiles()), check: checkSyntax },
  { name: "junk", share: 0.1, inputs: junk(), check: checkSyntax },
  { name: "bodies", share: 0.2, inputs: text(bodyTexts()), check: checkSyntax },
  { name: "expressions", share: 0.15, inputs: expressionTexts(), check: evaluates(testContext) },
  {
    name: "functions",
    share: 0.2,
    inputs: expressionTexts({ functions: functionNames }),
    check: evaluates(wide),
  },
].filter(({ name }) => only === undefined || name === only);

console.log(`seed ${seed}`);
for (const { name, share, inputs, check } of kinds) {
  const numRuns = Math.round(only === undefined ? share * count : count);
  const started = performance.now();
  const result = fc.check(fc.property(inputs, check), { seed, numRuns });
  const took = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ${result.numRuns} inputs in ${took} s, ${result.failed ? "FAILED" : "all well"}`);
  if (!result.failed) continue;
  const [input] = result.counterexample;
  console.log(JSON.stringify(typeof input === "string" ? input : Buffer.from(input).toString("latin1")));
  console.log(result.errorInstance?.stack);
  process.exitCode = 1;
}
