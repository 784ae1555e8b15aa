// Measures scanning and parsing of native HCL in MB/s over a folder of *.hcl files: node scripts/bench/parse.mjs [FOLDER]
// Without a folder it takes the test corpus beside this checkout, or the fixtures of the package. Build first: npm run build.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHcl, scanFile, SourceFile } from "../../packages/hcl/dist/index.js";

const ROUNDS = 12;
const root = join(import.meta.dirname, "../..");
const corpus = join(root, "../shared/corpus");
const folder = process.argv[2] ?? (existsSync(corpus) ? corpus : join(root, "packages/hcl/testdata/syntax/valid"));
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".hcl"))
  .map((name) => readFileSync(join(folder, name)));
const megabytes = sources.reduce((sum, { length }) => sum + length, 0) / 1e6;

function measure(name, work) {
  const rates = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    for (const source of sources) work(source);
    rates.push(megabytes / ((performance.now() - started) / 1000));
  }
  const warm = rates.slice(ROUNDS / 2).sort((a, b) => a - b);
  const median = warm[Math.floor(warm.length / 2)];
  console.log(`${name.padEnd(6)} cold ${rates[0].toFixed(1)} MB/s, warm ${median.toFixed(1)} MB/s`);
}

console.log(`${sources.length} files, ${megabytes.toFixed(2)} MB in ${folder}`);
measure("scan", (source) => scanFile(new SourceFile("bench.hcl", source)));
measure("parse", (source) => parseHcl({ filename: "bench.hcl", source }));
