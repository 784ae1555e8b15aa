import type { Expression, TraversalStep } from "./ast.js";
import { toJsNumber, type BigNumber } from "./big-number.js";
import { compareBytes } from "./compare-bytes.js";
import { resolveReference } from "./evaluate-traversal.js";
import type { EvaluationContext } from "./evaluation-context.js";
import type { SourceFile } from "./source-file.js";
import { friendlyTypeName, isCollectionType } from "./type.js";
import { childrenOf, entriesOf, isKnown, isNull, marksOf, type Value } from "./value.js";
import { variablesOf } from "./variables-of.js";

/**
 * Tells what the variables of an expression hold, as messages show it: `var.x as "a"`. Leaves out what is unknown, sensitive or
 * itself an error.
 */
export function describeVariables(
  expression: Expression,
  file: SourceFile,
  context: EvaluationContext,
): readonly string[] {
  const texts = new Set<string>();
  for (const reference of variablesOf(expression, file)) {
    const value = resolveReference(reference, context);
    if (value === undefined || !isKnown(value) || marksOf(value).size > 0) continue;
    const name = reference.name + reference.steps.map(stepText).join("");
    texts.add(isNull(value) ? `${name} set to null` : `${name} as ${describeValue(value)}`);
  }
  return [...texts].sort(compareBytes);
}

function stepText(step: TraversalStep): string {
  if (step.kind === "attribute") return `.${step.name}`;
  return `[${step.key.kind === "string" ? JSON.stringify(step.key.text) : step.key.text}]`;
}

function describeValue(value: Value): string {
  const { raw, type } = value;
  if (typeof raw === "boolean") return String(raw);
  if (typeof raw === "string") return JSON.stringify(raw);
  if (type.kind === "number") return shortNumber(raw as BigNumber);
  if (type.kind === "object") {
    const names = [...entriesOf(value).keys()];
    if (names.length === 0) return "object with no attributes";
    return names.length === 1
      ? `object with 1 attribute ${JSON.stringify(names[0])}`
      : `object with ${names.length} attributes`;
  }
  const count = childrenOf(value).length;
  const name = isCollectionType(type) ? friendlyTypeName(type) : type.kind;
  if (count === 0) return `empty ${name}`;
  return `${name} with ${count} ${count === 1 ? "element" : "elements"}`;
}

/** At most ten significant digits, with an exponent for the very large and very small (`%.10g`). */
function shortNumber(number: BigNumber): string {
  const value = toJsNumber(number);
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const [digits = "0", exponentText = "0"] = value.toExponential(9).split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 10) return String(Number(value.toPrecision(10)));
  const sign = exponent < 0 ? "-" : "+";
  return `${String(Number(digits))}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
