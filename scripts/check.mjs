// The one check: everything that has to be fine before a change is handed in. Stops at the first thing that is not.
// --without-tests leaves out the tests.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const npx = (...args) => ["npx", "--no-install", ...args];

const checks = [
  ["generated code is current", ["node", "scripts/generate.mjs", "--check"]],
  ["types", npx("tsc", "-b")],
  ["component docs are current", ["node", "scripts/generate-component-docs.mjs", "--check"]],
  ["lint", npx("eslint", ".")],
  ["layers", ["node", "scripts/check-deps.mjs"]],
  ["format", npx("prettier", "--check", "--log-level=warn", ".")],
  ["contract", npx("buf", "lint")],
  // The baseline is the contract as it was released last: `npx buf build -o proto/baseline.binpb` at a release, never between.
  ["contract keeps its promises", npx("buf", "breaking", "--against", "proto/baseline.binpb")],
  ["tests", npx("jest")],
];

const withoutTests = process.argv.includes("--without-tests");

for (const [name, [command, ...args]] of checks) {
  if (withoutTests && name === "tests") continue;
  const startedAt = performance.now();
  console.log(`== ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    console.error(`== ${name}: failed (${[command, ...args].join(" ")})`);
    process.exit(1);
  }
  console.log(`== ${name}: good (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
}
