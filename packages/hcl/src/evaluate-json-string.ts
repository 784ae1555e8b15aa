import type { JsonStringExpression } from "./ast.js";
import { evaluateIn } from "./evaluate.js";
import type { EvaluationContext } from "./evaluation-context.js";
import { makeScene, type Scene } from "./evaluation-scene.js";
import { parseTemplateFile } from "./parse-template-file.js";
import { stringValue, type Value } from "./value.js";

/** A string in JSON syntax is a template, except where nothing could be referred to: there it is taken as it is. */
export function evaluateJsonString(expression: JsonStringExpression, scene: Scene): Value {
  if (isEmpty(scene.context)) return stringValue(expression.text);
  const { value: template, diagnostics } = parseTemplateFile(expression.file);
  scene.diagnostics.push(...diagnostics);
  return evaluateIn(template, makeScene({ ...scene, file: expression.file }));
}

function isEmpty(context: EvaluationContext): boolean {
  for (let at: EvaluationContext | undefined = context; at !== undefined; at = at.parent) {
    if (at.variables !== undefined || at.functions !== undefined) return false;
  }
  return true;
}
