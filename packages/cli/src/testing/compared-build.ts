import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { normaliseOutput } from "./normalise-output.js";

/** Where the templates are that are built by two programs, and what the reference printed (`NAME.golden`). */
export const COMPARED_BUILDS = fileURLToPath(new URL("../../testdata/builds/", import.meta.url));

/**
 * A template with what it says itself about how to build it: in HCL in comments `# args: …`, `# env: NAME=VALUE`,
 * `# file: NAME = TEXT` (a JSON string if it begins like one), `# template: ARGUMENT` instead of its name, `# stdin: yes` to get the
 * template there, and `# signal: NAME after TEXT`; in JSON in `_args` and the like. It always gets -color=false in addition, unless it
 * sets -color.
 */
export interface ComparedBuild {
  readonly name: string;
  readonly template: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  /** Whether the template comes on standard input. */
  readonly readsInput?: boolean;
  /** A signal for the program and all that it started, once it has printed the text. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly after: string };
  /** Why Ingot may differ from the reference here (`# differs: …`); what it prints is in NAME.ingot.golden then. */
  readonly differs?: string;
}

/** The file of what a program printed. */
export function goldenFile({ name, differs }: ComparedBuild, program: "reference" | "ingot"): string {
  const isOwn = program === "ingot" && differs !== undefined;
  return path.join(COMPARED_BUILDS, isOwn ? `${name}.ingot.golden` : `${name}.golden`);
}

export async function readComparedBuilds(folder = COMPARED_BUILDS): Promise<readonly ComparedBuild[]> {
  const names = (await readdir(folder)).filter((name) => /\.(pkr\.hcl|json)$/.test(name)).sort();
  return await Promise.all(names.map(async (name) => readCase(name, await readFile(path.join(folder, name), "utf8"))));
}

function readCase(file: string, text: string): ComparedBuild {
  const name = file.replace(/(\.pkr\.hcl|(\.pkr)?\.json)$/, "");
  const settings = file.endsWith(".json") && !file.endsWith(".pkr.json") ? jsonSettings(text) : commentSettings(text);
  const valuesOf = (wanted: string): readonly string[] =>
    settings.filter(([key]) => key === wanted).map(([, value]) => value);
  const pairsOf = (wanted: string, separator: string): Readonly<Record<string, string>> =>
    Object.fromEntries(valuesOf(wanted).map((pair) => splitOnce(pair, separator)));
  const [differs] = valuesOf("differs");
  const [template = file] = valuesOf("template");
  const [signal] = valuesOf("signal").map((value) => splitOnce(value, " after "));
  const files = Object.entries(pairsOf("file", " = ")).map(([path, content]) => [path, textOf(content)] as const);
  return {
    ...(differs === undefined ? {} : { differs }),
    ...(signal === undefined ? {} : { signal: { name: signal[0] as NodeJS.Signals, after: signal[1] } }), // written in the case
    readsInput: valuesOf("stdin").length > 0,
    ...{ name, template, args: valuesOf("args").flatMap(words), env: pairsOf("env", "=") },
    files: { [file]: text, ...Object.fromEntries(files) },
  };
}

function commentSettings(text: string): readonly (readonly [string, string])[] {
  const lines = text.matchAll(/^# (args|env|file|differs|template|stdin|signal): (.*)$/gm);
  return [...lines].map(([, key = "", value = ""]) => [key, value] as const);
}

/** Keys with an underscore, each a text or a list of texts. */
function jsonSettings(text: string): readonly (readonly [string, string])[] {
  const entries = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>);
  return entries
    .filter(([key]) => key.startsWith("_"))
    .flatMap(([key, value]) => [value].flat().map((one) => [key.slice(1), String(one)] as const));
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function textOf(content: string): string {
  return content.startsWith('"') ? (JSON.parse(content) as string) : content;
}

function words(text: string): readonly string[] {
  return text.split(" ").filter((word) => word !== "");
}

/** Builds it twice, as text and for machines, in fresh folders without a terminal; gives all that can be compared, as text. */
export async function buildForComparison(
  compared: ComparedBuild,
  program: { readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const colour = compared.args.some((arg) => arg.startsWith("-color")) ? [] : ["-color=false"];
  const text = await buildOnce(compared, [...colour], program);
  const items = await buildOnce(compared, ["-machine-readable"], program);
  return [
    `== exit ${text.status}, for machines ${items.status}`,
    `== text\n${text.output}`,
    `== items\n${items.output}`,
    `== files\n${text.files.join("\n")}`,
    `== files, for machines\n${items.files.join("\n")}\n`,
  ].join("\n");
}

async function buildOnce(
  compared: ComparedBuild,
  flags: readonly string[],
  program: { readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly status: number | null; readonly output: string; readonly files: readonly string[] }> {
  const base = await mkdtemp(path.join(tmpdir(), "ingot-compared-"));
  const folder = path.join(base, "work");
  const home = path.join(base, "home");
  try {
    await Promise.all([mkdir(folder), mkdir(home)]);
    for (const [name, text] of Object.entries(compared.files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    const [file = "", ...first] = program.command;
    const env = {
      ...{ PATH: process.env["PATH"] ?? "", HOME: home, CHECKPOINT_DISABLE: "1", TZ: "UTC" },
      ...{ ...program.env, ...compared.env },
    };
    const args = [...first, "build", ...flags, ...compared.args, compared.template];
    // A session of its own has no terminal to ask questions at.
    const child = spawn(file, args, { cwd: folder, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => undefined); // it may not read
    child.stdin.end(compared.readsInput === true ? Object.values(compared.files)[0] : "");
    const chunks: Buffer[] = [];
    let signal = compared.signal;
    child.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (signal === undefined || child.pid === undefined || !Buffer.concat(chunks).includes(signal.after)) return;
      process.kill(-child.pid, signal.name);
      signal = undefined;
    });
    child.stderr.on("data", (chunk: Buffer) => chunks.push(Buffer.from(`stderr: ${chunk.toString()}`)));
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const output = normaliseOutput(Buffer.concat(chunks).toString(), { folder });
    return { status, output, files: await describeFiles(folder, compared) };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/** A line for each file that was not there before, or is another one now. Archives only by name: their bytes may differ. */
async function describeFiles(folder: string, compared: ComparedBuild): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  const lines = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(folder, name), "latin1");
      if (compared.files[name] === text) return [];
      if (!/^[\n -~]*$/.test(text)) return [`${name}: not text`];
      const readable = name.endsWith(".json") ? text.replaceAll(/"build_time": \d+/g, '"build_time": TIME') : text;
      return [`${name}: ${JSON.stringify(normaliseOutput(readable, { folder }))}`];
    }),
  );
  return lines.flat();
}
