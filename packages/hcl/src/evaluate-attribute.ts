import { hasErrors, type Diagnostic, type Outcome } from "@ingot/diag";
import type { BodyAttribute } from "./body.js";
import { ConversionError, convert } from "./convert.js";
import { evaluate } from "./evaluate.js";
import { childContext, type EvaluationContext } from "./evaluation-context.js";
import { isPrimitiveType, type Type } from "./type.js";
import { childrenOf, isNull, unknownValue, type Value } from "./value.js";
import { variablesOf, type VariableReference } from "./variables-of.js";

/** Computes an argument of a body, with the iterators of dynamic blocks around it. */
export function evaluateAttribute(attribute: BodyAttribute, context: EvaluationContext): Outcome<Value> {
  const { expression, file, scope } = attribute;
  if (scope === undefined) return evaluate(expression, file, context);
  const outcome = evaluate(expression, file, childContext(context, scope.variables));
  return scope.isUnknown ? { ...outcome, value: unknownValue() } : outcome;
}

/** How a conversion problem is worded: for the template's own arguments or for those of a component. */
export type MismatchWording = "own" | "component";

/**
 * Computes an argument and converts it. A value that does not fit is reported as "Unsuitable value type" for the template's own
 * arguments, and as "Incorrect attribute value type" for those of a component. In the template's own arguments a null stands for a whole
 * list or map only, unless `allowsNull`.
 */
export function evaluateAttributeAs(
  attribute: BodyAttribute,
  type: Type,
  { context, wording, allowsNull = wording === "component" }: AttributeReading,
): Outcome<Value> {
  const { value, diagnostics } = evaluateAttribute(attribute, context);
  if (hasErrors(diagnostics)) return { value: unknownValue(type), diagnostics };
  const fail = (reason: string): Outcome<Value> => ({
    value: unknownValue(type),
    diagnostics: [...diagnostics, describeMismatch(attribute, reason, wording)],
  });
  try {
    const converted = convert(value, type);
    return !allowsNull && hasNullScalar(converted)
      ? fail("null value is not allowed")
      : { value: converted, diagnostics };
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    return fail(error.message);
  }
}

interface AttributeReading {
  readonly context: EvaluationContext;
  readonly wording: MismatchWording;
  readonly allowsNull?: boolean;
}

function hasNullScalar(value: Value): boolean {
  return isNull(value) ? isPrimitiveType(value.type) : childrenOf(value).some(hasNullScalar);
}

function describeMismatch(
  { name, file, expression, span }: BodyAttribute,
  reason: string,
  wording: MismatchWording,
): Diagnostic {
  const [summary, detail] =
    wording === "own"
      ? ["Unsuitable value type", `Unsuitable value: ${reason}`]
      : ["Incorrect attribute value type", `Inappropriate value for attribute ${JSON.stringify(name)}: ${reason}.`];
  return { severity: "error", summary, detail, subject: file.range(expression), context: file.range(span) };
}

/** Lists the variables that an argument refers to, without the iterators of dynamic blocks around it. */
export function variablesOfAttribute({ expression, file, scope }: BodyAttribute): readonly VariableReference[] {
  const references = variablesOf(expression, file);
  return scope === undefined ? references : references.filter((reference) => !scope.variables.has(reference.name));
}
