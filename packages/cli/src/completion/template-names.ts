import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { parseHcl, type BlockNode, type BodyNode, type Expression } from "@ingot/hcl";

/** What can be named on the command line of a build. */
export interface TemplateNames {
  /** For -only and -except. */
  readonly builds: readonly string[];
  /** For -var, with their descriptions. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Reads the names in a template, or in the templates of a folder. What can't be read has none. Nothing is evaluated. */
export function readTemplateNames(template: string): TemplateNames {
  const found = { builds: new Set<string>(), variables: new Map<string, string>() };
  const files = templateFiles(template);
  const bodies: BodyNode[] = [];
  for (const file of files) {
    try {
      if (file.endsWith(".hcl")) bodies.push(parseHcl({ filename: file, source: readFileSync(file) }).value);
      else readJson(JSON.parse(readFileSync(file, "utf8")), found);
    } catch {
      // Half a template has no names, or it is not there.
    }
  }
  for (const body of bodies) readVariables(body, found.variables);
  const sources = bodies
    .flatMap((body) => body.blocks)
    .filter((block) => block.type === "source")
    .map(sourceName);
  for (const build of bodies.flatMap((body) => body.blocks)) {
    if (build.type === "build") for (const name of buildNames(build, sources)) found.builds.add(name);
  }
  return { builds: [...found.builds].sort(), variables: found.variables };
}

function templateFiles(template: string): readonly string[] {
  try {
    if (!statSync(template).isDirectory()) return [template];
    const names = readdirSync(template).filter((name) => /\.pkr\.(hcl|json)$/.test(name));
    return names.map((name) => path.join(template, name));
  } catch {
    return [];
  }
}

function readVariables(body: BodyNode, variables: Map<string, string>): void {
  for (const { type, labels, body: inner } of body.blocks) {
    if (type === "variable") variables.set(labels[0]?.value ?? "", literal(inner, "description") ?? "");
    if (type === "variables") for (const { name } of inner.attributes) variables.set(name, "");
  }
}

/** The sources of a build: those that it lists and those that it has as blocks. A list that is not written out means any. */
function buildNames(build: BlockNode, all: readonly string[]): readonly string[] {
  const name = literal(build.body, "name");
  const prefix = name === undefined ? "" : `${name}.`;
  const listed = build.body.attributes
    .filter((attribute) => attribute.name === "sources")
    .flatMap(({ expression }) => literalList(expression)?.map((source) => source.replace(/^source\./, "")) ?? all);
  const blocks = build.body.blocks
    .filter(({ type }) => type === "source")
    .map((block) => {
      const [type = "", given = ""] = (block.labels[0]?.value ?? "").replace(/^source\./, "").split(".");
      return `${type}.${literal(block.body, "name") ?? given}`;
    });
  return [...listed, ...blocks].map((source) => prefix + source);
}

function sourceName({ labels }: BlockNode): string {
  return labels.map(({ value }) => value).join(".");
}

function literal(body: BodyNode, name: string): string | undefined {
  const attribute = body.attributes.find((one) => one.name === name);
  return attribute === undefined ? undefined : literalText(attribute.expression);
}

function literalText(expression: Expression): string | undefined {
  if (expression.kind !== "template") return undefined;
  const parts = expression.parts.map((part) => (part.kind === "text" ? part.text : undefined));
  return parts.includes(undefined) ? undefined : parts.join("");
}

function literalList(expression: Expression): readonly string[] | undefined {
  if (expression.kind !== "tuple") return undefined;
  const texts = expression.elements.map(literalText);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** Templates in JSON, of both languages. */
function readJson(
  root: unknown,
  found: { readonly builds: Set<string>; readonly variables: Map<string, string> },
): void {
  for (const builder of listOf(fieldOf(root, "builders"))) {
    const name = fieldOf(builder, "name") ?? fieldOf(builder, "type");
    if (typeof name === "string") found.builds.add(name);
  }
  for (const [type, named] of listOf(fieldOf(root, "source")).flatMap(entriesOf)) {
    for (const [name] of listOf(named).flatMap(entriesOf)) found.builds.add(`${type}.${name}`);
  }
  for (const key of ["variables", "variable"]) {
    for (const [name] of listOf(fieldOf(root, key)).flatMap(entriesOf)) found.variables.set(name, "");
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function fieldOf(value: unknown, name: string): unknown {
  return entriesOf(value).find(([key]) => key === name)?.[1];
}
