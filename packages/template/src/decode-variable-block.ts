import { hasErrors, type Outcome, type SourceRange } from "@ingot/diag";
import {
  boolType,
  ConversionError,
  convertToConstraint,
  decodeTypeConstraint,
  dynamicType,
  entriesOf,
  evaluateAttribute,
  evaluateAttributeAs,
  isNull,
  stringType,
  variablesOfAttribute,
  type BodyAttribute,
  type BodyBlock,
  type EvaluationContext,
  type TypeConstraint,
  type Value,
} from "@ingot/hcl";
import { Collector } from "./collector.js";
import { isIdentifier } from "./identifier.js";

/** An input variable as the template declares it. */
export interface VariableDeclaration {
  readonly name: string;
  readonly range: SourceRange;
  readonly constraint: TypeConstraint;
  readonly description: string;
  readonly isSensitive: boolean;
  readonly validations: readonly VariableValidation[];
  readonly defaultValue?: { readonly value: Value; readonly range: SourceRange };
}

/** A rule that the value must meet. */
export interface VariableValidation {
  readonly condition: BodyAttribute;
  readonly errorMessage: string;
  readonly range: SourceRange;
}

const NOTHING: EvaluationContext = {};

const ARGUMENTS = ["type", "default", "description", "sensitive"];

/** Decodes a `variable` block; `defaults` is what its default can see. The value is undefined when it cannot be used. */
export function decodeVariableBlock(
  block: BodyBlock,
  defaults: EvaluationContext,
): Outcome<VariableDeclaration | undefined> {
  const collector = new Collector();
  const [name = ""] = block.labels;
  const range = block.file.range(block.headerSpan);
  if (!isIdentifier(name)) {
    const [label = block.headerSpan] = block.labelSpans;
    const detail =
      "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.";
    collector.error("Invalid variable name", detail, block.file.range(label));
  }
  const content = collector.take(
    block.body.content({
      attributes: ARGUMENTS.map((argument) => ({ name: argument, required: false })),
      blocks: [{ type: "validation", labelNames: [] }],
    }),
  );
  const given = (argument: string): BodyAttribute | undefined => content.attributes.get(argument);
  const description = decodeLiteral(given("description"), stringType, collector);
  const sensitive = decodeLiteral(given("sensitive"), boolType, collector);
  const typed = given("type") && decodeType(given("type"), collector);
  const isTypeBad = given("type") !== undefined && typed === undefined;
  const fallback = given("default") && decodeDefault(given("default"), typed, { context: defaults, collector });
  const isDefaultBad = given("default") !== undefined && fallback === undefined;
  const validations = content.blocks.flatMap((one) => decodeValidation(one, name, collector) ?? []);
  if (isTypeBad || isDefaultBad || !isIdentifier(name)) return { value: undefined, diagnostics: collector.diagnostics };
  const value: VariableDeclaration = {
    name,
    range,
    // `any` says as little as no type.
    constraint:
      typed === undefined || typed.type.kind === "dynamic"
        ? { type: fallback ? inferredType(fallback.value) : dynamicType }
        : typed,
    description: typeof description?.raw === "string" ? description.raw : "",
    isSensitive: sensitive?.raw === true,
    validations,
    ...(fallback && { defaultValue: fallback }),
  };
  return { value, diagnostics: collector.diagnostics };
}

/** Decodes the arguments of a `variables` block: each is a variable with that default. */
export function decodeVariablesBlock(
  block: BodyBlock,
  defaults: EvaluationContext,
): Outcome<readonly VariableDeclaration[]> {
  const collector = new Collector();
  const variables: VariableDeclaration[] = [];
  for (const attribute of collector.take(block.body.justAttributes()).values()) {
    const outcome = evaluateAttribute(attribute, defaults);
    collector.add(...outcome.diagnostics);
    if (hasErrors(outcome.diagnostics)) continue;
    const range = attribute.file.range(attribute.expression);
    variables.push({
      name: attribute.name,
      range: attribute.file.range(attribute.nameSpan),
      constraint: { type: outcome.value.type },
      description: "",
      isSensitive: false,
      validations: [],
      defaultValue: { value: outcome.value, range },
    });
  }
  return { value: variables, diagnostics: collector.diagnostics };
}

function decodeLiteral(
  attribute: BodyAttribute | undefined,
  type: typeof stringType,
  collector: Collector,
): Value | undefined {
  return attribute && collector.take(evaluateAttributeAs(attribute, type, { context: NOTHING, wording: "own" }));
}

function decodeType(attribute: BodyAttribute | undefined, collector: Collector): TypeConstraint | undefined {
  if (attribute === undefined) return undefined;
  const outcome = decodeTypeConstraint(attribute.expression, { file: attribute.file, allowDefaults: true });
  collector.add(...outcome.diagnostics);
  return hasErrors(outcome.diagnostics) ? undefined : outcome.value;
}

/** The type of a variable that only has a default: exactly its type, unless the default says too little. */
function inferredType(value: Value): typeof dynamicType {
  if (isNull(value)) return dynamicType;
  if (value.type.kind === "tuple" && value.type.elements.length === 0) return dynamicType;
  if (value.type.kind === "object" && entriesOf(value).size === 0) return dynamicType;
  return value.type;
}

function decodeDefault(
  attribute: BodyAttribute | undefined,
  constraint: TypeConstraint | undefined,
  { context, collector }: { readonly context: EvaluationContext; readonly collector: Collector },
): VariableDeclaration["defaultValue"] {
  if (attribute === undefined) return undefined;
  const outcome = evaluateAttribute(attribute, context);
  collector.add(...outcome.diagnostics);
  if (hasErrors(outcome.diagnostics)) return undefined;
  const range = attribute.file.range(attribute.expression);
  try {
    return { value: constraint ? convertToConstraint(outcome.value, constraint) : outcome.value, range };
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    collector.error(
      "Invalid default value for variable",
      `This default value is not compatible with the variable's type constraint: ${error.message}.`,
      range,
    );
    return undefined;
  }
}

function decodeValidation(block: BodyBlock, name: string, collector: Collector): VariableValidation | undefined {
  const content = collector.take(
    block.body.content({
      attributes: [
        { name: "condition", required: true },
        { name: "error_message", required: true },
      ],
      blocks: [],
    }),
  );
  const condition = content.attributes.get("condition");
  const isFine = condition !== undefined && checkCondition(condition, name, collector);
  const message = content.attributes.get("error_message");
  const errorMessage = message && decodeErrorMessage(message, collector);
  if (!isFine || errorMessage === undefined) return undefined;
  return { condition, errorMessage, range: block.file.range(block.typeSpan) };
}

function checkCondition(condition: BodyAttribute, name: string, collector: Collector): boolean {
  const references = variablesOfAttribute(condition);
  for (const reference of references) {
    const [step] = reference.steps;
    if (reference.name === "var" && step?.kind === "attribute" && step.name === name) continue;
    collector.error(
      "Invalid reference in variable validation",
      `The condition for variable ${JSON.stringify(name)} can only refer to the variable itself, using var.${name}.`,
      reference.file.range(reference.span),
    );
    return false;
  }
  if (references.length > 0) return true;
  collector.error(
    "Invalid variable validation condition",
    `The condition for variable ${JSON.stringify(name)} must refer to var.${name} in order to test incoming values.`,
    condition.file.range(condition.span),
  );
  return false;
}

function decodeErrorMessage(attribute: BodyAttribute, collector: Collector): string | undefined {
  const outcome = evaluateAttributeAs(attribute, stringType, { context: NOTHING, wording: "own" });
  collector.add(...outcome.diagnostics);
  if (hasErrors(outcome.diagnostics)) return undefined;
  const text = typeof outcome.value.raw === "string" ? outcome.value.raw.trim() : "";
  const summary = "Invalid validation error message";
  const range = attribute.file.range(attribute.expression);
  if (text === "") {
    collector.error(summary, "An empty string is not a valid nor useful error message.", range);
    return undefined;
  }
  const first = text.charAt(0);
  if (/^\p{Ll}/u.test(first) || !/[.?!]$/.test(text)) {
    collector.error(
      summary,
      "Validation error message must be at least one full sentence starting with an uppercase letter ( if the alphabet permits it ) and ending with a period or question mark.",
      range,
    );
    return undefined;
  }
  return text;
}
