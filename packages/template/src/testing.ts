import path from "node:path";
import { formatRange, type Diagnostic, type Outcome } from "@ingot/diag";
import { stringValue, toJs, type BodySchema, type Type, type Value } from "@ingot/hcl";
import { evaluateTemplate, type EvaluatedTemplate, type EvaluateTemplateOptions } from "./evaluate-template.js";
import type { ComponentBlock, DataSources, TemplateWorld } from "./model.js";
import type { ParseTemplateOptions } from "./parse-options.js";
import { parseTemplate } from "./parse-template.js";

/** Helpers of this package's own tests. */

/** Files by path, relative to the working directory `/work`. */
export type MemoryFiles = Readonly<Record<string, string | Uint8Array>>;

const WORKING_DIRECTORY = "/work";

/** A world in memory. */
export function memoryWorld(
  files: MemoryFiles,
  env: Readonly<Record<string, string>> = {},
  nowMs = Date.UTC(2024, 1, 29, 12, 30, 45, 678),
): TemplateWorld {
  const contents = new Map(Object.entries(files).map(([name, text]) => [path.resolve(WORKING_DIRECTORY, name), text]));
  const fail = (code: string, at: string): Error => Object.assign(new Error(`${code}: ${at}`), { code });
  const listFolder = (given: string): readonly string[] | undefined => {
    const folder = path.resolve(WORKING_DIRECTORY, given);
    if (contents.has(folder)) return undefined;
    const prefix = folder === "/" ? "/" : `${folder}/`;
    const names = [...contents.keys()].filter((name) => name.startsWith(prefix));
    if (names.length === 0) throw fail("ENOENT", given);
    return [...new Set(names.map((name) => name.slice(prefix.length).split("/")[0] ?? ""))];
  };
  return {
    readFile: (given) => {
      const content = contents.get(path.resolve(WORKING_DIRECTORY, given));
      if (content === undefined) throw fail("ENOENT", given);
      return typeof content === "string" ? new TextEncoder().encode(content) : content;
    },
    listFolder,
    env,
    workingDirectory: WORKING_DIRECTORY,
    now: () => nowMs,
  };
}

/** A diagnostic in one line. */
export function diagnosticLine({ severity, summary, detail, subject }: Diagnostic): string {
  const place = subject ? `${formatRange(subject)}: ` : "";
  return `${severity}: ${place}${summary}${detail === "" ? "" : `; ${detail}`}`;
}

/** One fake data source, which gives what it is told. */
export interface FakeDataSource {
  readonly config: BodySchema;
  readonly output: BodySchema;
  readonly execute: (config: Value) => Value;
}

/** Data sources that run in the test itself. */
export function fakeDataSources(sources: Readonly<Record<string, FakeDataSource>> = {}): DataSources {
  return {
    describe: (type) => Promise.resolve(sources[type]),
    names: () => Promise.resolve(Object.keys(sources).sort()),
    execute: (block, _name, config) => {
      const source = sources[block.type];
      if (source === undefined) throw new Error(`bug: no data source ${block.type}`);
      return Promise.resolve({ value: source.execute(config), diagnostics: [] });
    },
  };
}

export interface LoadOptions extends Partial<Omit<ParseTemplateOptions, "world">> {
  readonly env?: Readonly<Record<string, string>>;
  readonly evaluate?: Partial<EvaluateTemplateOptions>;
}

/** Parses and evaluates a template of memory files. Diagnostics come as lines. */
export async function loadTemplate(
  files: MemoryFiles,
  { env, evaluate, ...options }: LoadOptions = {},
): Promise<{ readonly template: EvaluatedTemplate | undefined; readonly lines: readonly string[] }> {
  const world = memoryWorld(files, env);
  const parsed = parseTemplate({ path: ".", ...options, world });
  const lines = parsed.diagnostics.map(diagnosticLine);
  if (parsed.value.template === undefined) return { template: undefined, lines };
  const outcome: Outcome<EvaluatedTemplate | undefined> = await evaluateTemplate(parsed.value.template, {
    world,
    dataSources: fakeDataSources(),
    executeDataSources: true,
    ...evaluate,
  });
  return { template: outcome.value, lines: [...lines, ...outcome.diagnostics.map(diagnosticLine)] };
}

/** A schema of attributes without blocks. */
export function attributeSchema(
  attributes: Readonly<Record<string, Type>>,
  required: readonly string[] = [],
): BodySchema {
  const entries = Object.entries(attributes).map(
    ([name, type]) => [name, { type, required: required.includes(name), sensitive: false, description: "" }] as const,
  );
  return { attributes: new Map(entries), blocks: new Map() };
}

/** The decoded body of a block as plain data, or its diagnostics as lines. */
export function decodePlain(
  block: ComponentBlock | undefined,
  schema: BodySchema,
  buildData: Readonly<Record<string, string>> = {},
): unknown {
  if (block === undefined) throw new Error("no such block");
  const data = new Map(Object.entries(buildData).map(([name, text]) => [name, stringValue(text)]));
  const { value, diagnostics } = block.decode(schema, data);
  return diagnostics.length > 0 ? diagnostics.map(diagnosticLine) : toJs(value, { unknown: "<unknown>" });
}

/** As `loadTemplate`, for a main file and perhaps more. */
export function load(text: string, options: LoadOptions = {}, more: MemoryFiles = {}) {
  return loadTemplate({ "main.pkr.hcl": text, ...more }, options);
}

/** The value of `local.x` as plain data. Throws when there are diagnostics. */
export async function localX(text: string, options: LoadOptions = {}, more: MemoryFiles = {}): Promise<unknown> {
  const { template, lines } = await load(text, options, more);
  if (lines.length > 0) throw new Error(lines.join("\n"));
  const value = template?.values.locals.get("x");
  return value && toJs(value, { unknown: "<unknown>" });
}
