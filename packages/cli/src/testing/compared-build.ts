import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { normaliseOutput } from "./normalise-output.js";

/** Where the templates are that are built by two programs, and what the reference printed (`NAME.golden`). */
export const COMPARED_BUILDS = fileURLToPath(new URL("../../testdata/builds/", import.meta.url));

/**
 * A template with what it says itself about how to build it: in HCL in comments `# args: …`, `# env: NAME=VALUE` and
 * `# file: NAME = TEXT`, in JSON in `_args`. It always gets -color=false in addition, unless it sets -color.
 */
export interface ComparedBuild {
  readonly name: string;
  readonly template: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
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

function readCase(file: string, template: string): ComparedBuild {
  const name = file.replace(/\.(pkr\.hcl|json)$/, "");
  if (file.endsWith(".json")) {
    const { _args: args = "" } = JSON.parse(template) as { readonly _args?: string };
    return { name, template: file, args: words(args), env: {}, files: { [file]: template } };
  }
  const settings = [...template.matchAll(/^# (args|env|file|differs): (.*)$/gm)].map(([, key = "", value = ""]) => ({
    key,
    value,
  }));
  const valuesOf = (wanted: string): readonly string[] =>
    settings.filter(({ key }) => key === wanted).map(({ value }) => value);
  const [differs] = valuesOf("differs");
  return {
    ...(differs === undefined ? {} : { differs }),
    ...{ name, template: file, args: valuesOf("args").flatMap(words) },
    env: Object.fromEntries(valuesOf("env").map((pair) => pair.split("=", 2) as [string, string])), // two pieces
    files: {
      [file]: template,
      ...Object.fromEntries(valuesOf("file").map((pair) => pair.split(" = ", 2) as [string, string])), // two pieces
    },
  };
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
    for (const [name, text] of Object.entries(compared.files)) await writeFile(path.join(folder, name), text);
    const [file = "", ...first] = program.command;
    const env = {
      ...{ PATH: process.env["PATH"] ?? "", HOME: home, CHECKPOINT_DISABLE: "1", TZ: "UTC" },
      ...{ ...program.env, ...compared.env },
    };
    const args = [...first, "build", ...flags, ...compared.args, compared.template];
    // A session of its own has no terminal to ask questions at.
    const child = spawn(file, args, { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
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
