import { hasErrors, type Outcome } from "@ingot/diag";
import {
  childContext,
  evaluate,
  EvaluationBudget,
  objectValue,
  parseExpressionText,
  SourceFile,
  type EvaluationContext,
} from "@ingot/hcl";
import type { TemplateValues } from "./evaluate-values.js";
import { renderValue } from "./render-value.js";

const FILENAME = "<console-input>";

/** Evaluates an expression that a user typed, and gives its value as text; undefined when there are errors. */
export function evaluateLine(line: string, values: TemplateValues): Outcome<string | undefined> {
  const parsed = parseExpressionText({ filename: FILENAME, source: line });
  if (hasErrors(parsed.diagnostics)) return { value: undefined, diagnostics: parsed.diagnostics };
  const evaluated = evaluate(parsed.value, new SourceFile(FILENAME, line), lineContext(values));
  const diagnostics = [...parsed.diagnostics, ...evaluated.diagnostics];
  return { value: hasErrors(diagnostics) ? undefined : renderValue(evaluated.value), diagnostics };
}

/** What a typed expression sees: all but data sources. Each line may produce as much as a whole template. */
function lineContext({ context, locals }: TemplateValues): EvaluationContext {
  const parent = context.parent ?? context;
  const scope = childContext(parent, new Map([["local", objectValue(locals)]]));
  return { ...scope, budget: new EvaluationBudget() };
}
