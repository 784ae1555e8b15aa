import { formatRange, type Diagnostic, type Outcome, type SourceRange } from "@ingot/diag";
import type { Body, BodyBlock, EvaluationContext, SourceFile } from "@ingot/hcl";
import { Collector } from "./collector.js";
import { decodePackerBlock, type RequiredPlugin, type RequiredVersion } from "./decode-packer-block.js";
import { addHeader, decodeDataHeader, decodeSourceHeader, type ComponentHeader } from "./decode-component-header.js";
import {
  decodeLocalBlock,
  decodeLocalsBlock,
  withoutDuplicateLocals,
  type LocalDeclaration,
} from "./decode-local-block.js";
import { decodeVariableBlock, decodeVariablesBlock, type VariableDeclaration } from "./decode-variable-block.js";
import { findTemplateFiles } from "./find-template-files.js";
import { envFunction } from "./functions/standard-functions.js";
import { listComponents, type TemplateComponent } from "./list-components.js";
import { PACKER_VERSION } from "./packer-version.js";
import type { ParseTemplateOptions } from "./parse-options.js";
import { secretsOf, sensitiveVariableValues } from "./secrets.js";
import { SourceSet } from "./source-set.js";
import { TOP_LEVEL } from "./top-level-schema.js";
import { assignVariableValues, type VariableValue } from "./variable-values.js";
import { meetsConstraint, parseVersion } from "./version-constraint.js";

/** A template that was read: its syntax is fine, its variables have values, and nothing else is evaluated yet. */
export interface ParsedTemplate {
  /** What `packer.version` shows. */
  readonly version: string;
  /** What `path.root` shows. */
  readonly rootFolder: string;
  readonly sourceSet: SourceSet;
  /** One for each local name. */
  readonly requiredPlugins: readonly RequiredPlugin[];
  /** Names that are required twice: an error for all that need the plugins, and for nobody else. */
  readonly pluginDiagnostics: readonly Diagnostic[];
  readonly variables: ReadonlyMap<string, VariableDeclaration>;
  readonly variableValues: ReadonlyMap<string, VariableValue>;
  readonly locals: readonly LocalDeclaration[];
  /** By `TYPE.NAME`. */
  readonly dataSources: ReadonlyMap<string, ComponentHeader>;
  /** By `TYPE.NAME`. */
  readonly sourceBlocks: ReadonlyMap<string, ComponentHeader>;
  readonly builds: readonly BodyBlock[];
  /** What is wrong with blocks, but matters for builds only. */
  readonly laterDiagnostics: readonly Diagnostic[];
  /** The `hcp_packer_registry` blocks outside of builds. */
  readonly registries: readonly BodyBlock[];
  /** The strings in sensitive variables, which must not be shown; `Template.secrets` has them too, and those of locals. */
  readonly secrets: readonly string[];
  /** The components that the template names, for starting plugins early. */
  readonly components: readonly TemplateComponent[];
}

/** What parsing gives besides diagnostics. */
export interface ParseResult {
  /** Absent when there are errors. */
  readonly template?: ParsedTemplate;
  /** The texts that diagnostics point into, by file name, also when there are errors. */
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/**
 * Reads a template and assigns values to its variables. Reports what it can in one run: all syntax errors of all files, or else
 * everything that is wrong with blocks and variables.
 */
export function parseTemplate(options: ParseTemplateOptions): Outcome<ParseResult> {
  const { world, version = PACKER_VERSION } = options;
  const collector = new Collector();
  const sources = new SourceSet(world);
  const finish = (template?: ParsedTemplate): Outcome<ParseResult> => ({
    value: { ...(template && !collector.hasErrors && { template }), sources: sources.files },
    diagnostics: collector.diagnostics,
  });

  const files = collector.take(findTemplateFiles(options.path, world));
  const bodies = files.configFiles.flatMap((file) => collector.take(sources.parse(file)) ?? []);
  if (collector.hasErrors) return finish();
  const versionProblems = checkVersions(bodies, version);
  if (versionProblems.length > 0) {
    collector.add(...versionProblems);
    return finish();
  }
  const blocks = bodies.flatMap((body) => collector.take(body.content(TOP_LEVEL)).blocks);
  const declared = decodeBlocks(blocks, { functions: new Map([["env", envFunction(world)]]) }, collector);
  const variableValues = collector.take(
    assignVariableValues({
      declarations: declared.variables,
      env: world.env,
      files: [...files.autoVariableFiles, ...(options.variableFiles ?? [])],
      assignments: options.variables ?? [],
      warnUndeclared: options.warnUndeclared ?? false,
      sources,
    }),
  );
  return finish({
    version,
    rootFolder: files.rootFolder,
    sourceSet: sources,
    variableValues,
    ...declared,
    secrets: secretsOf(sensitiveVariableValues(declared.variables, variableValues)),
    components: listComponents(blocks),
  });
}

/** Looks at `required_version` before anything else: a newer template may contain what this version cannot read. */
function checkVersions(bodies: readonly Body[], running: string): readonly Diagnostic[] {
  const version = parseVersion(running.replace(/[-+].*$/, ""));
  const problems: Diagnostic[] = [];
  for (const body of bodies) {
    const { content } = body.partialContent({ attributes: [], blocks: [{ type: "packer", labelNames: [] }] }).value;
    for (const block of content.blocks)
      for (const required of decodePackerBlock(block).value.requiredVersions)
        if (version && !meetsConstraint(version, required.constraint)) problems.push(unsupported(running, required));
  }
  return problems;
}

function unsupported(running: string, { range }: RequiredVersion): Diagnostic {
  return {
    severity: "error",
    summary: "Unsupported Packer Core version",
    detail: `This configuration does not support Packer version ${running}. To proceed, either choose another supported Packer version or update this version constraint. Version constraints are normally set for good reason, so updating the constraint may lead to other errors or unexpected behavior.`,
    subject: range,
  };
}

type Declared = Pick<
  ParsedTemplate,
  | "requiredPlugins"
  | "pluginDiagnostics"
  | "variables"
  | "laterDiagnostics"
  | "locals"
  | "dataSources"
  | "sourceBlocks"
  | "builds"
  | "registries"
>;

function decodeBlocks(blocks: readonly BodyBlock[], defaults: EvaluationContext, collector: Collector): Declared {
  const ofType = (type: string): readonly BodyBlock[] => blocks.filter((block) => block.type === type);
  const requiredPlugins = ofType("packer").flatMap((block) => collector.take(decodePackerBlock(block)).requiredPlugins);
  const variables = decodeVariables(blocks, defaults, collector);
  const dataSources = new Map<string, ComponentHeader>();
  for (const block of ofType("data")) {
    const header = decodeDataHeader(block, collector);
    if (header) addHeader(dataSources, header, { kind: "data", collector });
  }
  const locals = blocks.flatMap((block): readonly LocalDeclaration[] => {
    if (block.type === "locals") return collector.take(decodeLocalsBlock(block));
    const local = block.type === "local" ? collector.take(decodeLocalBlock(block)) : undefined;
    return local ? [local] : [];
  });
  const sourceBlocks = new Map<string, ComponentHeader>();
  const [later, ofPlugins] = [new Collector(), new Collector()];
  for (const block of ofType("source"))
    addHeader(sourceBlocks, decodeSourceHeader(block), { kind: "source", collector: later });
  return {
    requiredPlugins: withoutDuplicatePlugins(requiredPlugins, ofPlugins),
    pluginDiagnostics: ofPlugins.diagnostics,
    variables,
    locals: collector.take(withoutDuplicateLocals(locals)),
    dataSources,
    sourceBlocks,
    laterDiagnostics: later.diagnostics,
    builds: ofType("build"),
    registries: ofType("hcp_packer_registry"),
  };
}

function decodeVariables(
  blocks: readonly BodyBlock[],
  defaults: EvaluationContext,
  collector: Collector,
): ReadonlyMap<string, VariableDeclaration> {
  const variables = new Map<string, VariableDeclaration>();
  const add = (variable: VariableDeclaration): void => {
    if (variables.has(variable.name)) reportDuplicate(variable.name, variable.range, collector);
    else variables.set(variable.name, variable);
  };
  for (const block of blocks) {
    if (block.type === "variables") collector.take(decodeVariablesBlock(block, defaults)).forEach(add);
    if (block.type !== "variable") continue;
    const variable = collector.take(decodeVariableBlock(block, defaults));
    if (variable) add(variable);
  }
  return variables;
}

function reportDuplicate(name: string, range: SourceRange, collector: Collector): void {
  collector.error("Duplicate variable", `Duplicate ${name} variable definition found.`, range);
}

function withoutDuplicatePlugins(plugins: readonly RequiredPlugin[], collector: Collector): readonly RequiredPlugin[] {
  const byName = new Map<string, RequiredPlugin>();
  for (const plugin of plugins) {
    const earlier = byName.get(plugin.localName);
    if (earlier === undefined) byName.set(plugin.localName, plugin);
    else
      collector.error(
        `Duplicate required_plugin.${JSON.stringify(plugin.localName)} block`,
        `Block previously seen at ${formatRange(earlier.range)} is already named ${JSON.stringify(plugin.localName)}.\nNames at the left hand side of required_plugins are made available to use in your HCL2 configurations.\nTo allow to calling to their features correctly two plugins have to have different accessors.`,
        plugin.range,
      );
  }
  return [...byName.values()];
}
