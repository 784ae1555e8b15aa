import { formatRange, type Diagnostic, type Outcome } from "@ingot/diag";
import type { ConditionalExpression, Expression, ObjectExpression, ObjectItem, TupleExpression } from "./ast.js";
import { parseNumber } from "./big-number.js";
import { ConversionError, convert } from "./convert.js";
import { conditionalMismatchReason } from "./convert-mismatch.js";
import { evaluateCall } from "./evaluate-call.js";
import { evaluateFor } from "./evaluate-for.js";
import { evaluateJsonString } from "./evaluate-json-string.js";
import { evaluateBinary, evaluateUnary } from "./evaluate-operator.js";
import { evaluateSplat } from "./evaluate-splat.js";
import { evaluateTemplate } from "./evaluate-template.js";
import { evaluateTraversal, followSteps, indexValue } from "./evaluate-traversal.js";
import type { EvaluationContext } from "./evaluation-context.js";
import {
  adoptDiagnostics,
  asideScene,
  chargeValue,
  EvaluationLimitError,
  findBudget,
  hasSceneErrors,
  makeScene,
  MAX_DIAGNOSTICS,
  reportError,
  sceneAbout,
  type Scene,
} from "./evaluation-scene.js";
import type { SourceFile } from "./source-file.js";
import { boolType, dynamicType, stringType, type Type } from "./type.js";
import { unifyTypes } from "./unify.js";
import {
  bigNumberValue,
  boolValue,
  isKnown,
  isNull,
  nullValue,
  objectValue,
  stringOf,
  tupleValue,
  unknownValue,
  unmark,
  withMarks,
  type Mark,
  type Value,
} from "./value.js";

/**
 * Computes an expression. `file` is the one that the spans of the expression belong to. With errors the value is unknown, of the
 * expression's type as far as that can be told. Evaluation goes on after an error where the rest does not depend on it.
 */
export function evaluate(expression: Expression, file: SourceFile, context: EvaluationContext): Outcome<Value> {
  const diagnostics: Diagnostic[] = [];
  const value = runScene(makeScene({ file, context, budget: findBudget(context), diagnostics }), (scene) =>
    evaluateIn(expression, scene),
  );
  return { value, diagnostics: diagnostics.slice(0, MAX_DIAGNOSTICS) };
}

function runScene(scene: Scene, run: (scene: Scene) => Value): Value {
  try {
    return run(scene);
  } catch (error) {
    if (!(error instanceof EvaluationLimitError)) throw error;
    scene.diagnostics.push(error.diagnostic);
    return unknownValue();
  }
}

/** Computes an expression within an evaluation that is under way. */
export function evaluateIn(expression: Expression, scene: Scene): Value {
  switch (expression.kind) {
    case "number":
      return bigNumberValue(parseNumber(expression.text) ?? 0);
    case "bool":
      return boolValue(expression.value);
    case "null":
      return nullValue();
    case "template":
      return evaluateTemplate(expression, scene);
    case "template-wrap":
    case "parentheses":
      return evaluateIn(expression.inner, scene);
    case "traversal":
      return evaluateTraversal(expression, scene);
    case "relative-traversal": {
      const source = evaluateIn(expression.source, scene);
      return followSteps(source, expression.steps, sceneAbout(scene, expression));
    }
    case "index": {
      const [collection, key] = [evaluateIn(expression.collection, scene), evaluateIn(expression.key, scene)];
      // With a constant key it is a mere step to the reference, which tells of no values then.
      const isStep = expression.key.kind === "null" || expression.key.kind === "bool";
      return indexValue(collection, key, expression.bracketSpan, isStep ? scene : sceneAbout(scene, expression));
    }
    case "splat":
      return evaluateSplat(expression, scene);
    case "splat-item":
      return scene.item ?? unknownValue();
    case "call":
      return evaluateCall(expression, scene);
    case "conditional":
      return evaluateConditional(expression, scene);
    case "unary":
      return evaluateUnary(expression, scene);
    case "binary":
      return evaluateBinary(expression, scene);
    case "tuple":
      return evaluateTuple(expression, scene);
    case "object":
      return evaluateObject(expression, scene);
    case "for":
      return evaluateFor(expression, scene);
    case "json-string":
      return evaluateJsonString(expression, scene);
    case "error":
      return unknownValue();
  }
}

function evaluateTuple(expression: TupleExpression, scene: Scene): Value {
  const elements = expression.elements.map((element) => evaluateIn(element, scene));
  return chargeValue(scene, tupleValue(elements), expression);
}

function evaluateObject(expression: ObjectExpression, scene: Scene): Value {
  const attributes = new Map<string, Value>();
  const places = new Map<string, Expression>();
  const marks = new Set<Mark>();
  const isJson = expression.syntax === "json";
  let known = true;
  for (const item of expression.items) {
    const key = item.keyName ?? evaluateKey(item, { scene, marks, isJson });
    const value = evaluateIn(item.value, scene);
    if (key === undefined) {
      known = false;
      continue;
    }
    const name = key.normalize("NFC");
    const earlier = places.get(name);
    if (isJson && earlier !== undefined) {
      const place = formatRange(scene.file.range(earlier));
      reportError(
        scene,
        "Duplicate object attribute",
        `An attribute named ${JSON.stringify(name)} was already defined at ${place}.`,
        item.key,
      );
    }
    places.set(name, item.key);
    attributes.set(name, value);
  }
  if (!known) return withMarks(unknownValue(), marks);
  return withMarks(chargeValue(scene, objectValue(attributes), expression), marks);
}

/** The text of a computed key, or undefined when it is unknown or not fit to be one. */
function evaluateKey(
  { key, value }: ObjectItem,
  { scene, marks, isJson }: { readonly scene: Scene; readonly marks: Set<Mark>; readonly isJson: boolean },
): string | undefined {
  if (key.kind === "traversal" && key.steps.length > 0) {
    const detail =
      "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a literal name containing periods, wrap it in quotes to create a string literal.";
    reportError(scene, "Ambiguous attribute key", detail, { start: key.start, end: key.end });
    return undefined;
  }
  const aside = asideScene(scene);
  const given = evaluateIn(key, aside);
  adoptDiagnostics(scene, aside);
  for (const mark of given.marks) marks.add(mark);
  if (hasSceneErrors(aside)) return undefined;
  const summary = "Invalid object key expression";
  if (isNull(given)) {
    if (isJson) reportError(scene, summary, "Cannot use null value as an object key.", key);
    else reportError(scene, "Null value as key", "Can't use a null value as a key.", key, value);
    return undefined;
  }
  try {
    const text = convert(unmark(given), stringType);
    return isKnown(text) ? stringOf(text) : undefined;
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    if (isJson) reportError(scene, summary, `Cannot use this expression as an object key: ${error.message}.`, key);
    else reportError(scene, "Incorrect key type", `Can't use this value as a key: ${error.message}.`, key);
    return undefined;
  }
}

function evaluateConditional(expression: ConditionalExpression, scene: Scene): Value {
  const [trueScene, falseScene] = [asideScene(scene), asideScene(scene)];
  return chooseArm({
    scene,
    expression,
    whenTrue: { value: evaluateIn(expression.whenTrue, trueScene), diagnostics: trueScene.diagnostics },
    whenFalse: { value: evaluateIn(expression.whenFalse, falseScene), diagnostics: falseScene.diagnostics },
  });
}

/** Decides between two computed arms; templates use it for their `if` directive too. */
export function chooseArm({
  scene,
  expression,
  whenTrue,
  whenFalse,
}: {
  readonly scene: Scene;
  readonly expression: { readonly condition: Expression; readonly start: number; readonly end: number };
  readonly whenTrue: Outcome<Value>;
  readonly whenFalse: Outcome<Value>;
}): Value {
  const type = armType(whenTrue.value, whenFalse.value);
  if (type === undefined) {
    const reason = conditionalMismatchReason(whenTrue.value.type, whenFalse.value.type);
    const detail = `The true and false result expressions must have consistent types. ${reason}.`;
    reportError(scene, "Inconsistent conditional result types", detail, expression);
    return unknownValue();
  }
  const condition = evaluateCondition(expression.condition, expression, scene);
  const { marks } = condition;
  if (!isKnown(condition)) {
    const unknown = chargeValue(scene, unknownValue(type), expression);
    return withMarks(unknown, [...marks, ...whenTrue.value.marks, ...whenFalse.value.marks]);
  }
  const chosen = condition.raw === true ? whenTrue : whenFalse;
  if (chosen.diagnostics.length > 0) scene.diagnostics.push(...chosen.diagnostics);
  try {
    return withMarks(convert(chosen.value, type), marks);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    const which = condition.raw === true ? "true" : "false";
    const detail = `The ${which} result value has the wrong type: ${error.message}.`;
    reportError(scene, "Inconsistent conditional result types", detail, expression);
    return unknownValue(type);
  }
}

function armType(a: Value, b: Value): Type | undefined {
  if (a.type.kind === "dynamic" && isNull(a)) return b.type;
  if (b.type.kind === "dynamic" && isNull(b)) return a.type;
  // What an arm of unknown type will turn out to be decides, so nothing can be said against it yet.
  if (a.type.kind === "dynamic" || b.type.kind === "dynamic") return dynamicType;
  return unifyTypes([a.type, b.type]);
}

/** A bool that is never null; unknown after an error. */
function evaluateCondition(condition: Expression, context: { start: number; end: number }, scene: Scene): Value {
  const value = evaluateIn(condition, scene);
  if (isNull(value)) {
    const detail = "The condition value is null. Conditions must either be true or false.";
    reportError(scene, "Null condition", detail, condition, context);
    return unknownValue(boolType);
  }
  if (!isKnown(value)) return withMarks(unknownValue(boolType), value.marks);
  try {
    return convert(value, boolType);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    const detail = "The condition expression must be of type bool.";
    reportError(scene, "Incorrect condition type", detail, condition, context);
    return unknownValue(boolType);
  }
}
