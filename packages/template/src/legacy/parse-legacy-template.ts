import { resolve } from "node:path";
import { isError, type Diagnostic, type Outcome } from "@ingot/diag";
import { SourceFile } from "@ingot/hcl";
import { Collector } from "../collector.js";
import type { TemplateComponent } from "../list-components.js";
import { PACKER_VERSION } from "../packer-version.js";
import type { ParseTemplateOptions } from "../parse-options.js";
import { MOST_SOURCE_BYTES } from "../source-set.js";
import { decodeDocument } from "./decode-document.js";
import { LegacyError } from "./go-errors.js";
import type { LegacyTemplate } from "./legacy-template.js";
import { openErrorText, readGivenVariables } from "./read-variable-files.js";

/** A legacy template that was read, with the values that the user gives to its variables. */
export interface ParsedLegacyTemplate {
  readonly template: LegacyTemplate;
  /** From variable files and -var. */
  readonly given: ReadonlyMap<string, string>;
  readonly version: string;
  /** The components that the template names, for starting plugins early. */
  readonly components: readonly TemplateComponent[];
  /** The given values of sensitive variables, and their defaults. */
  readonly secrets: readonly string[];
}

export interface LegacyParseResult {
  /** Absent when there are errors. */
  readonly template?: ParsedLegacyTemplate;
  /** The texts that diagnostics point into, by file name. */
  readonly sources: ReadonlyMap<string, SourceFile>;
}

const NOT_JSON =
  "Failed to parse file as legacy JSON template: if you are using an HCL template, check your file extensions; they should be either *.pkr.hcl or *.pkr.json; see the docs for more details: https://www.packer.io/docs/templates/hcl_templates. \nOriginal error: ";

/** The name of standard input as a template. */
export const STANDARD_INPUT = "-";

/**
 * Reads a legacy JSON template, as the path `-` from standard input, which the world gives as a file of this name. Evaluates nothing.
 * The one diagnostic, if any, has the reference's whole text as its summary.
 */
export function parseLegacyTemplate(options: ParseTemplateOptions): Outcome<LegacyParseResult> {
  const { path, world, version = PACKER_VERSION } = options;
  const collector = new Collector();
  const sources = new Map<string, SourceFile>();
  const finish = (template?: ParsedLegacyTemplate): Outcome<LegacyParseResult> => ({
    value: { ...(template && { template }), sources },
    diagnostics: collector.diagnostics,
  });
  try {
    const source = readSource(options);
    sources.set(path, source);
    const template = decodeAs(source, resolve(world.workingDirectory, path));
    const files = options.variableFiles ?? [];
    const given = readGivenVariables(world, { files, assignments: options.variables ?? [] });
    const components = componentsOf(template);
    return finish({ template, given, version, components, secrets: earlySecrets(template, given) });
  } catch (error) {
    if (!(error instanceof LegacyError)) throw error;
    collector.add(wholeText(error.message));
    return finish();
  }
}

/** A diagnostic whose text must stay as it is. */
function wholeText(summary: string): Diagnostic {
  return { severity: "error", summary, detail: "" };
}

function readSource({ path, world }: ParseTemplateOptions): SourceFile {
  let source: Uint8Array;
  try {
    source = world.readFile(path);
  } catch (error) {
    if (!isError(error)) throw error;
    throw new LegacyError(`${NOT_JSON}${openErrorText(path, error)}`);
  }
  if (source.length > MOST_SOURCE_BYTES) {
    throw new LegacyError(`the template ${path} has more than 16 MiB, which is the most that can be handled`);
  }
  return new SourceFile(path, source);
}

function decodeAs(source: SourceFile, path: string): LegacyTemplate {
  try {
    return decodeDocument(source, { path });
  } catch (error) {
    if (!(error instanceof LegacyError)) throw error;
    throw new LegacyError(`${NOT_JSON}${error.message}`);
  }
}

function componentsOf(template: LegacyTemplate): readonly TemplateComponent[] {
  const { builders, provisioners, errorCleanup, postProcessors } = template;
  const all: readonly TemplateComponent[] = [
    ...Array.from(builders.values(), ({ type }) => ({ kind: "builder" as const, name: type })),
    ...[...provisioners, ...(errorCleanup ? [errorCleanup] : [])].map(({ type }) => ({
      kind: "provisioner" as const,
      name: type,
    })),
    ...postProcessors.flat().map(({ type }) => ({ kind: "post-processor" as const, name: type })),
  ];
  return [...new Map(all.map((one) => [`${one.kind} ${one.name}`, one])).values()];
}

function earlySecrets(template: LegacyTemplate, given: ReadonlyMap<string, string>): readonly string[] {
  const texts = template.sensitiveVariables.flatMap((name) => [
    given.get(name) ?? "",
    template.variables.get(name)?.defaultValue ?? "",
  ]);
  return texts.filter((text) => text !== "");
}
