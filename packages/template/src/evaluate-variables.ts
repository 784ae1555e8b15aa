import { formatRange, hasErrors, type Diagnostic } from "@ingot/diag";
import {
  boolType,
  convert,
  ConversionError,
  describeVariables,
  evaluateAttribute,
  isKnown,
  isNull,
  objectValue,
  type EvaluationBudget,
  type EvaluationContext,
  type FunctionTable,
} from "@ingot/hcl";
import { Collector } from "./collector.js";
import type { VariableDeclaration, VariableValidation } from "./decode-variable-block.js";
import type { ParsedTemplate } from "./parse-template.js";
import type { VariableValue } from "./variable-values.js";

/** Checks that every variable has a value and that the value meets the variable's rules. */
export function checkVariables(
  parsed: ParsedTemplate,
  functions: FunctionTable,
  budget: EvaluationBudget,
): readonly Diagnostic[] {
  const collector = new Collector();
  for (const variable of parsed.variables.values()) {
    const given = parsed.variableValues.get(variable.name);
    if (given === undefined) {
      collector.error(
        `Unset variable ${JSON.stringify(variable.name)}`,
        "A used variable must be set or have a default value; see https://packer.io/docs/templates/hcl_templates/syntax for details.",
      );
      continue;
    }
    const variables = new Map([["var", objectValue({ [variable.name]: given.value })]]);
    for (const rule of variable.validations)
      validate(rule, { context: { functions, variables, budget }, variable, given, collector });
  }
  return collector.diagnostics;
}

interface Validating {
  readonly context: EvaluationContext;
  readonly variable: VariableDeclaration;
  readonly given: VariableValue;
  readonly collector: Collector;
}

function validate(rule: VariableValidation, { context, given, collector }: Validating): void {
  const outcome = evaluateAttribute(rule.condition, context);
  collector.add(...outcome.diagnostics);
  if (hasErrors(outcome.diagnostics) || !isKnown(outcome.value)) return;
  const summary = "Invalid variable validation result";
  const { expression, file } = rule.condition;
  const report = (detail: string): void => {
    const values = describeVariables(expression, file, context);
    const shown = values.length > 0 ? { values } : {};
    collector.add({ severity: "error", summary, detail, subject: file.range(expression), ...shown });
  };
  if (isNull(outcome.value)) {
    report("Validation condition expression must return either true or false, not null.");
    return;
  }
  try {
    if (convert(outcome.value, boolType).raw === true) return;
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    report(`Invalid validation condition result value: ${error.message}.`);
    return;
  }
  collector.error(
    `Invalid value for ${given.from} variable`,
    `${rule.errorMessage}\n\nThis was checked by the validation rule at ${formatRange(rule.range)}.`,
    given.range,
  );
}
