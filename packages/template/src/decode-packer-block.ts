import { hasErrors, type Outcome, type SourceRange } from "@ingot/diag";
import {
  convert,
  entriesOf,
  evaluateAttribute,
  evaluateAttributeAs,
  isNull,
  stringType,
  type BodyAttribute,
  type BodyBlock,
  type Value,
} from "@ingot/hcl";
import { Collector } from "./collector.js";
import { textOf } from "./functions/define.js";
import { localNameFault, parsePluginSource, type PluginSource } from "./plugin-source.js";
import { parseVersionConstraint, type VersionConstraint } from "./version-constraint.js";

/** A plugin that the template asks for. */
export interface RequiredPlugin {
  readonly localName: string;
  readonly source: PluginSource;
  readonly constraint: VersionConstraint;
  /** As written. */
  readonly constraintText: string;
  readonly range: SourceRange;
}

/** What one `packer` block says. */
export interface PackerSettings {
  readonly requiredVersions: readonly RequiredVersion[];
  readonly requiredPlugins: readonly RequiredPlugin[];
}

export interface RequiredVersion {
  readonly constraint: VersionConstraint;
  readonly range: SourceRange;
}

/** Literals only: neither variables nor functions. */
const NOTHING = {};

/** Decodes a `packer` block. */
export function decodePackerBlock(block: BodyBlock): Outcome<PackerSettings> {
  const collector = new Collector();
  const content = collector.take(
    block.body.content({
      attributes: [{ name: "required_version", required: false }],
      blocks: [{ type: "required_plugins", labelNames: [] }],
    }),
  );
  const version = content.attributes.get("required_version");
  const requiredVersion = version && decodeRequiredVersion(version, collector);
  const requiredPlugins = content.blocks.flatMap(({ body }) =>
    [...collector.take(body.justAttributes()).values()].flatMap(
      (attribute) => decodeRequirement(attribute, collector) ?? [],
    ),
  );
  return {
    value: { requiredVersions: requiredVersion ? [requiredVersion] : [], requiredPlugins },
    diagnostics: collector.diagnostics,
  };
}

function decodeRequiredVersion(attribute: BodyAttribute, collector: Collector): RequiredVersion | undefined {
  const outcome = evaluateAttributeAs(attribute, stringType, { context: NOTHING, wording: "own", allowsNull: true });
  collector.add(...outcome.diagnostics);
  if (hasErrors(outcome.diagnostics) || isNull(outcome.value)) return undefined;
  const range = attribute.file.range(attribute.span);
  const parsed = parseVersionConstraint(textOf(outcome.value));
  if ("constraint" in parsed) return { constraint: parsed.constraint, range };
  collector.error(
    "Invalid version constraint",
    `This string does not use correct version constraint syntax. Check out the docs: ${DOCS}`,
    range,
  );
  return undefined;
}

const DOCS = "https://packer.io/docs/templates/hcl_templates/blocks/packer#version-constraints";
const SYNTAX_LINK = "See https://www.packer.io/docs/templates/hcl_templates/blocks/packer#version-constraints";

function decodeRequirement(attribute: BodyAttribute, collector: Collector): RequiredPlugin | undefined {
  const { name, file } = attribute;
  const outcome = evaluateAttribute(attribute, NOTHING);
  collector.add(...outcome.diagnostics);
  if (hasErrors(outcome.diagnostics)) return undefined;
  const { type } = outcome.value;
  if (type.kind !== "object") {
    reportNoObject(attribute, outcome.value, collector);
    return undefined;
  }
  const nameFault = localNameFault(name);
  if (nameFault !== undefined) collector.error("Invalid plugin local name", nameFault, file.range(attribute.nameSpan));
  const valueRange = file.range(attribute.expression);
  const entries = entriesOf(outcome.value);
  for (const key of entries.keys())
    if (key !== "version" && key !== "source")
      collector.error(
        "Invalid required_plugins object",
        `required_plugins objects can only contain "version" and "source" attributes. To configure a plugin, write a block for one of its components.`,
        valueRange,
      );
  const constraint = decodeConstraint(entries.get("version"), valueRange, collector);
  const source = decodeSource(entries.get("source"), valueRange, collector);
  if (nameFault !== undefined || constraint === undefined || source === undefined) return undefined;
  return { localName: name, source, ...constraint, range: valueRange };
}

function reportNoObject({ name, file, expression, nameSpan }: BodyAttribute, value: Value, collector: Collector): void {
  if (["string", "number", "bool"].includes(value.type.kind) && !isNull(value)) {
    const text = textOf(convert(value, stringType));
    const example = `${name} = {\n  source  = "github.com/hashicorp/${name}"\n  version = ${JSON.stringify(text)}\n}`;
    collector.error(
      "Invalid plugin requirement",
      `'${name} = ${JSON.stringify(text)}' plugin requirement calls are not possible. You must define a whole block. For example:\n${example}`,
      file.range(nameSpan),
    );
    return;
  }
  collector.error(
    "Invalid required_plugins syntax",
    "required_plugins entries must be objects.",
    file.range(expression),
  );
}

function decodeConstraint(
  value: Value | undefined,
  range: SourceRange,
  collector: Collector,
): Pick<RequiredPlugin, "constraint" | "constraintText"> | undefined {
  const summary = "Invalid version constraint";
  if (value === undefined) {
    collector.error(
      "No version constraint was set",
      `The version field must be specified as a string. Ex: \`version = ">= 1.2.0, < 2.0.0". ${SYNTAX_LINK} for docs`,
      range,
    );
    return undefined;
  }
  if (typeof value.raw !== "string" || value.type.kind !== "string") {
    collector.error(summary, `Version must be specified as a string. ${SYNTAX_LINK} for docs.`, range);
    return undefined;
  }
  const parsed = parseVersionConstraint(value.raw);
  if ("problem" in parsed) {
    const detail = `This string does not use correct version constraint syntax. ${SYNTAX_LINK} for docs.\n${parsed.problem}`;
    collector.error(summary, detail, range);
    return undefined;
  }
  const early = parsed.constraint.find(({ version }) => version.prerelease !== "");
  if (early) {
    collector.error(summary, `Unsupported prerelease for constraint ${JSON.stringify(early.text)}`, range);
    return undefined;
  }
  return { constraint: parsed.constraint, constraintText: value.raw };
}

function decodeSource(value: Value | undefined, range: SourceRange, collector: Collector): PluginSource | undefined {
  if (value === undefined) {
    collector.error("No source was set", "The source field must be specified as a string. Ex: `coolcloud`.", range);
    return undefined;
  }
  if (typeof value.raw !== "string" || value.type.kind !== "string") {
    collector.error("Invalid source", 'Source must be specified as a string. For example: source = "coolcloud"', range);
    return undefined;
  }
  const parsed = parsePluginSource(value.raw);
  if (!("problem" in parsed)) return parsed;
  collector.error("Failed to parse source", parsed.problem, range);
  return undefined;
}
