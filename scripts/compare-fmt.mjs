// Formats every *.hcl file of a folder, and mutations of them, with Ingot's formatter and with a real `packer`, and compares the bytes.
// Usage: node scripts/compare-fmt.mjs --packer=PATH [--folder=DIR] [--mutations=2000] [--seed=1] [--keep=DIR]
// Without a folder it takes the test corpus beside this checkout. Build first: npx tsc -b packages/hcl.
// --write-golden writes what packer gives for NAME.hcl into NAME.golden beside it: that is how the fixtures of packages/hcl were made.
// --keep=DIR leaves the inputs, the two results and a list of the differences there.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { formatHcl, scanFile, SourceFile, TokenKind } from "../packages/hcl/dist/index.js";

const option = (name, fallback) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const packer = option("packer", "packer");
const folder = option("folder", join(import.meta.dirname, "../../shared/corpus"));
const mutationCount = Number(option("mutations", "2000"));
const writesGolden = process.argv.includes("--write-golden");
const keep = option("keep", "");
const home = mkdtempSync(join(tmpdir(), "ingot-fmt-"));
const env = { PATH: process.env.PATH, HOME: home, CHECKPOINT_DISABLE: "1" };

/** Numbers from 0 to below 1, the same for the same seed. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const GAPS = ["", "", " ", " ", "  ", "\t", " \t  ", "       "];
const INSIDE_TEMPLATE = new Set([
  TokenKind.QuotedText,
  TokenKind.Text,
  TokenKind.OpenQuote,
  TokenKind.CloseQuote,
  TokenKind.OpenHeredoc,
  TokenKind.CloseHeredoc,
]);
const BREAKABLE = new Set([TokenKind.OpenBracket, TokenKind.OpenParen, TokenKind.OpenBrace, TokenKind.Comma]);
const CLOSERS = new Set([TokenKind.CloseBracket, TokenKind.CloseParen, TokenKind.CloseBrace]);

/** Changes the white space of a file: between tokens anything, and some comments and line breaks more or less. */
function mutate(source, random) {
  const strength = random() ** 2;
  const pick = (list) => list[Math.floor(random() * list.length)];
  const pieces = [];
  let at = 0;
  let last = TokenKind.Newline;
  for (const { kind, start, end } of scanFile(new SourceFile("x", source))) {
    const gap = source.subarray(at, start).toString();
    const isText = INSIDE_TEMPLATE.has(kind) && kind !== TokenKind.OpenQuote && kind !== TokenKind.OpenHeredoc;
    const isFree = !isText && (!INSIDE_TEMPLATE.has(last) || last === TokenKind.CloseQuote);
    const isHit = isFree && random() < strength;
    if (isHit && random() < 0.02) pieces.push(" /* a */ ");
    if (isHit && random() < 0.1 && (BREAKABLE.has(last) || CLOSERS.has(kind)))
      pieces.push(pick(["\n", "\r\n", " # b\n"]));
    if (isHit && random() < 0.05 && kind === TokenKind.Newline)
      pieces.push(pick([" # c", " // \u00e9\u00e8", "\t/* d */"]));
    pieces.push(isHit ? pick(GAPS) : gap);
    const text = source.subarray(start, end);
    const isJoined = kind === TokenKind.Newline && BREAKABLE.has(last) && isHit && random() < 0.2;
    if (!isJoined)
      pieces.push(isHit && kind === TokenKind.Newline && random() < 0.1 ? pick(["\r\n", "\n\n", "\n  \n"]) : text);
    at = end;
    last = kind;
  }
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
}

function inputs() {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".hcl"))
    .sort()
    .map((name) => ({ name, source: readFileSync(join(folder, name)) }));
  const random = randomNumbers(Number(option("seed", "1")));
  const mutable = files.filter(({ source }) => source.length < 100_000);
  const mutations = Array.from({ length: mutationCount }, (_, index) => {
    const { name, source } = mutable[index % mutable.length];
    return { name: `${name} (mutation ${index})`, source: mutate(source, random), isMutation: true };
  });
  return [...files, ...mutations];
}

/** What the real tool makes of all texts. It is called for a whole folder, and once more for each file that a call did not come to. */
function formatWithPacker(texts) {
  const work = join(home, "work");
  mkdirSync(work);
  const nameOf = (index) => join(work, `${String(index).padStart(6, "0")}.pkr.hcl`);
  texts.forEach(({ source }, index) => writeFileSync(nameOf(index), source));
  const { status, error, stdout } = spawnSync(packer, ["fmt", work], { env, encoding: "utf8", maxBuffer: 1e9 });
  if (error !== undefined) throw error;
  const results = texts.map((_, index) => readFileSync(nameOf(index)));
  if (status === 0) return results;
  const refused = new Set(stdout.match(/(?<=error while formatting .*)\d{6}(?=\.pkr\.hcl)/g));
  const accepted = texts.filter((text, index) => isRefused(text) !== refused.has(String(index).padStart(6, "0")));
  console.log(
    `packer refused ${refused.size} in its one call for all; Ingot's verdict is another for ${accepted.length}`,
  );
  // Old versions stop at the first bad file. A file that was not come to is as it was.
  return results.map((result, index) => {
    const { name, source } = texts[index];
    if (!result.equals(source) || isUnchanged({ filename: name, source })) return result;
    spawnSync(packer, ["fmt", nameOf(index)], { env });
    return readFileSync(nameOf(index));
  });
}

function isRefused({ name, source }) {
  return formatHcl({ filename: name, source }).diagnostics.length > 0;
}

function isUnchanged(text) {
  const { value, diagnostics } = formatHcl(text);
  return diagnostics.length > 0 || Buffer.from(value).equals(text.source);
}

function main() {
  console.log(`${execFileSync(packer, ["version"], { env, encoding: "utf8" }).split("\n")[0]}, ${folder}`);
  const texts = inputs();
  const theirs = formatWithPacker(texts);
  const count = { same: 0, changed: 0, invalid: 0, unstable: 0, different: 0 };
  texts.forEach(({ name, source, isMutation }, index) => {
    const { value, diagnostics } = formatHcl({ filename: name, source });
    if (writesGolden && !isMutation) writeFileSync(join(folder, name.replace(/\.hcl$/, ".golden")), theirs[index]);
    const ours = Buffer.from(value);
    const wanted = theirs[index];
    // A text that is not UTF-8 is left alone by both.
    const isSame = diagnostics.length > 0 ? wanted.equals(source) : ours.equals(wanted);
    if (diagnostics.length > 0) count.invalid++;
    else if (!ours.equals(source)) count.changed++;
    const again = formatHcl({ filename: name, source: value });
    if (diagnostics.length === 0 && again.value !== value) {
      count.unstable++;
      if (!name.includes("(mutation")) console.log(`formatting twice changes ${name}`);
    }
    if (isSame) count.same++;
    else {
      count.different++;
      if (count.different <= 20)
        console.log(`different: ${name}${diagnostics.length > 0 ? " (Ingot refuses it)" : ""}`);
      if (keep !== "") {
        mkdirSync(resolve(keep), { recursive: true });
        const base = join(resolve(keep), String(index).padStart(6, "0"));
        writeFileSync(`${base}.in`, source);
        writeFileSync(`${base}.packer`, wanted);
        writeFileSync(`${base}.ingot`, ours);
      }
    }
  });
  console.log(
    `${texts.length} texts: ${count.same} same, ${count.different} different; ${count.changed} changed by formatting, ` +
      `${count.invalid} with syntax errors, ${count.unstable} changed by formatting twice`,
  );
  process.exitCode = count.different === 0 ? 0 : 1;
}

try {
  main();
} finally {
  rmSync(home, { recursive: true, force: true });
}
