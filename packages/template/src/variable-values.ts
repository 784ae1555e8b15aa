import { hasErrors, type Outcome, type SourceRange } from "@ingot/diag";
import {
  ConversionError,
  convertToConstraint,
  evaluate,
  evaluateAttribute,
  parseExpressionFile,
  SourceFile,
  stringValue,
  type Body,
  type Value,
} from "@ingot/hcl";
import { Collector } from "./collector.js";
import type { VariableDeclaration } from "./decode-variable-block.js";
import type { VariableAssignment } from "./parse-options.js";
import type { SourceSet } from "./source-set.js";

/** The value of a variable and where it comes from. */
export interface VariableValue {
  readonly value: Value;
  readonly from: "default" | "env" | "varfile" | "cmd";
  /** The expression that supplied it. */
  readonly range?: SourceRange;
}

export interface VariableInputs {
  readonly declarations: ReadonlyMap<string, VariableDeclaration>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Paths in the order of increasing precedence. */
  readonly files: readonly string[];
  /** Values of -var in the order given. */
  readonly assignments: readonly VariableAssignment[];
  readonly warnUndeclared: boolean;
  readonly sources: SourceSet;
}

const ENV_PREFIX = "PKR_VAR_";

/** Assigns values to variables: default, environment, variable files, -var; the last one wins, all of them are checked. */
export function assignVariableValues(inputs: VariableInputs): Outcome<ReadonlyMap<string, VariableValue>> {
  const collector = new Collector();
  const values = new Map<string, VariableValue>();
  for (const { name, defaultValue } of inputs.declarations.values())
    if (defaultValue) values.set(name, { ...defaultValue, from: "default" });
  assignFromEnv(inputs, values, collector);
  for (const file of inputs.files) {
    const body = collector.take(readVariableFile(file, inputs.sources));
    if (body === undefined) continue;
    if (hasDeclaration(file, body, collector)) return { value: values, diagnostics: collector.diagnostics };
    assignFromFile(body, inputs, { values, collector });
  }
  assignFromArguments(inputs, values, collector);
  return { value: values, diagnostics: collector.diagnostics };
}

function readVariableFile(file: string, sources: SourceSet): Outcome<Body | undefined> {
  if (file.endsWith(".hcl") || file.endsWith(".json")) return sources.parse(file);
  const collector = new Collector();
  collector.error(`Could not guess format of ${file}`, "A var file must be suffixed with `.hcl` or `.json`.");
  return { value: undefined, diagnostics: collector.diagnostics };
}

/** A `variable` block in a variable file ends the processing of values: the files are probably mixed up. */
function hasDeclaration(file: string, body: Body, collector: Collector): boolean {
  const { content } = body.partialContent({
    attributes: [],
    blocks: [{ type: "variable", labelNames: ["name"] }],
  }).value;
  for (const block of content.blocks) {
    const [name = ""] = block.labels;
    collector.error(
      "Variable declaration in a .pkrvar file",
      `A .pkrvar file is used to assign values to variables that have already been declared in .pkr files, not to declare new variables. To declare variable ${JSON.stringify(name)}, place this block in one of your .pkr files, such as variables.pkr.hcl\n\nTo set a value for this variable in ${file}, use the definition syntax instead:\n    ${name} = <value>`,
      block.file.range(block.headerSpan),
    );
  }
  return content.blocks.length > 0;
}

interface Assigning {
  readonly values: Map<string, VariableValue>;
  readonly collector: Collector;
}

function assignFromFile(body: Body, inputs: VariableInputs, { values, collector }: Assigning): void {
  for (const attribute of collector.take(body.justAttributes()).values()) {
    const { name, file } = attribute;
    const declaration = inputs.declarations.get(name);
    if (declaration === undefined) {
      if (inputs.warnUndeclared) collector.add(undeclaredWarning(name, file.range(attribute.span)));
      continue;
    }
    const outcome = evaluateAttribute(attribute, {});
    collector.add(...outcome.diagnostics);
    if (hasErrors(outcome.diagnostics)) continue;
    const range = file.range(attribute.expression);
    const value = fit(declaration, outcome.value, { collector, from: "varfile", range });
    if (value !== undefined) values.set(name, { value, from: "varfile", range });
  }
}

function undeclaredWarning(name: string, context: SourceRange) {
  const sample = `variable ${JSON.stringify(name)} {\n  type    = string\n  default = null\n}`;
  const detail = `The variable ${JSON.stringify(name)} was set but was not declared as an input variable.\nTo declare variable ${JSON.stringify(name)} place this block in one of your .pkr.hcl files, such as variables.pkr.hcl\n\n${sample}`;
  return { severity: "warning", summary: "Undefined variable", detail, context } as const;
}

function assignFromEnv(inputs: VariableInputs, values: Map<string, VariableValue>, collector: Collector): void {
  for (const [key, text] of Object.entries(inputs.env)) {
    if (!key.startsWith(ENV_PREFIX) || text === undefined) continue;
    const declaration = inputs.declarations.get(key.slice(ENV_PREFIX.length));
    if (declaration) assignText(declaration, text, { from: "env", inputs, values, collector });
  }
}

function assignFromArguments(inputs: VariableInputs, values: Map<string, VariableValue>, collector: Collector): void {
  for (const { name, text } of inputs.assignments) {
    const declaration = inputs.declarations.get(name);
    if (declaration) {
      assignText(declaration, text, { from: "cmd", inputs, values, collector });
      continue;
    }
    const quoted = JSON.stringify(name);
    collector.error(
      "Undefined -var variable",
      `A ${quoted} variable was passed in the command line but was not found in known variables. To declare variable ${quoted}, place this block in one of your .pkr files, such as variables.pkr.hcl`,
    );
  }
}

interface TextOptions extends Assigning {
  readonly from: "env" | "cmd";
  readonly inputs: VariableInputs;
}

function assignText(
  declaration: VariableDeclaration,
  text: string,
  { from, inputs, values, collector }: TextOptions,
): void {
  const { name, constraint } = declaration;
  if (["string", "number", "dynamic"].includes(constraint.type.kind)) {
    const value = fit(declaration, stringValue(text), { collector, from });
    if (value !== undefined) values.set(name, { value, from });
    return;
  }
  const origin = from === "env" ? "env" : "arguments";
  const file = new SourceFile(`<value for var.${name} from ${origin}>`, text);
  inputs.sources.add(file);
  const parsed = parseExpressionFile(file);
  collector.add(...parsed.diagnostics);
  if (hasErrors(parsed.diagnostics)) return;
  const outcome = evaluate(parsed.value, file, {});
  collector.add(...outcome.diagnostics);
  if (hasErrors(outcome.diagnostics)) return;
  const range = file.range(parsed.value);
  const value = fit(declaration, outcome.value, { collector, from, range });
  if (value !== undefined) values.set(name, { value, from, range });
}

interface FitOptions {
  readonly collector: Collector;
  readonly from: VariableValue["from"];
  readonly range?: SourceRange;
}

/** Converts a value to the variable's type; undefined when it doesn't fit, which is reported. */
function fit(
  declaration: VariableDeclaration,
  value: Value,
  { collector, from, range }: FitOptions,
): Value | undefined {
  try {
    return convertToConstraint(value, declaration.constraint);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    const { name } = declaration;
    if (from === "cmd")
      collector.error(
        "Invalid argument value for -var variable",
        `The received arg value for ${name} is not compatible with the variable's type constraint: ${error.message}.`,
      );
    else
      collector.error(
        "Invalid value for variable",
        `The value for ${name} is not compatible with the variable's type constraint: ${error.message}.`,
        range,
      );
    return undefined;
  }
}
