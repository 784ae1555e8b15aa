// Compares `ingot fmt -check -recursive` of a whole folder in one call with `packer fmt -check` called for each file in it, and tells
// whether the formatter's time grows linearly: N copies of the files against 2N, and one file against one twice as large.
// Usage: node scripts/bench/fmt.mjs [--packer=PATH] [--folder=DIR] [--rounds=5]. Build first: npm run build.
// Without a folder it takes the test corpus beside this checkout, or the fixtures of the package.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatHcl } from "../../packages/hcl/dist/index.js";

const option = (name, fallback) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const root = join(import.meta.dirname, "../..");
const corpus = join(root, "../shared/corpus");
const folder = option("folder", existsSync(corpus) ? corpus : join(root, "packages/hcl/testdata/format"));
const rounds = Number(option("rounds", "5"));
const packer = option("packer", "packer");
const ingot = join(root, "packages/cli/bin/ingot.js");
const home = mkdtempSync(join(tmpdir(), "ingot-bench-"));
process.on("exit", () => rmSync(home, { recursive: true, force: true }));
const env = { PATH: process.env.PATH, HOME: home, CHECKPOINT_DISABLE: "1" };

const work = join(home, "work");
cpSync(folder, work, { recursive: true, filter: (from) => !/\/[.#][^/]*$/.test(from.slice(folder.length)) });
const files = readdirSync(work, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.pkr(vars)?\.hcl$/.test(name))
  .map((name) => join(work, name));

function secondsOf(run) {
  const started = performance.now();
  run();
  return (performance.now() - started) / 1000;
}

/** The smallest of several measurements: what else runs on the machine only adds. */
function best(run, count = rounds) {
  return Math.min(...Array.from({ length: count }, () => secondsOf(run)));
}

function call(program, args) {
  const { status, error } = spawnSync(program, args, { env, stdio: "ignore" });
  if (error !== undefined) throw error;
  if (![0, 1, 3].includes(status)) throw new Error(`${program} ${args.join(" ")}: exit status ${status}`);
}

const print = (text) => process.stdout.write(`${text}\n`);
const check = (target) => call(process.execPath, [ingot, "fmt", "-check", "-recursive", target]);

print(`${files.length} files of ${folder}`);
const ours = best(() => check(work));
const theirs = best(() => files.forEach((file) => call(packer, ["fmt", "-check", file])), 1);
print(`ingot fmt -check -recursive, one call    ${ours.toFixed(3)} s`);
print(`packer fmt -check, one call per file     ${theirs.toFixed(3)} s`);
print(`ratio                                    ${(ours / theirs).toFixed(4)} (to reach: 0.5)`);

function copies(count) {
  const target = join(home, `copies-${count}`);
  for (let copy = 0; copy < count; copy++) cpSync(work, join(target, String(copy)), { recursive: true });
  return target;
}
const [four, eight] = [copies(4), copies(8)];
const [short, long] = [best(() => check(four)), best(() => check(eight))];
print(`4 and 8 copies of the folder             ${short.toFixed(3)} s, ${long.toFixed(3)} s`);
print(`ratio                                    ${(long / short).toFixed(2)} (to reach: 2.1)`);

/** One file of about so many bytes, out of all that parse. */
function largeFile(size) {
  const pieces = [];
  let length = 0;
  const good = files.map((file) => readFileSync(file, "utf8")).filter(isGood);
  for (let index = 0; length < size; index++) {
    const piece = `block {\n${good[index % good.length]}\n}\n`;
    pieces.push(piece);
    length += piece.length;
  }
  return Buffer.from(pieces.join(""));
}

function isGood(source) {
  return formatHcl({ filename: "x", source }).diagnostics.length === 0;
}

const folderOfOne = join(home, "one");
mkdirSync(folderOfOne);
const times = [5e6, 10e6].map((size) => {
  const source = largeFile(size);
  writeFileSync(join(folderOfOne, "large.pkr.hcl"), source);
  const whole = best(() => check(folderOfOne), 3);
  print(`one file of ${(source.length / 1e6).toFixed(0).padStart(2)} MB, whole process        ${whole.toFixed(3)} s`);
  return whole;
});
print(`ratio                                    ${(times[1] / times[0]).toFixed(2)} (to reach: 2.1)`);
