import type { BinaryExpression, BinaryOperator, Expression, UnaryExpression } from "./ast.js";
import type { BigNumber } from "./big-number.js";
import {
  addNumbers,
  compareNumbers,
  divideNumbers,
  moduloNumbers,
  multiplyNumbers,
  negateNumber,
  subtractNumbers,
} from "./big-number-math.js";
import { ConversionError, convert } from "./convert.js";
import { equals } from "./equality.js";
import { evaluateIn } from "./evaluate.js";
import { adoptDiagnostics, asideScene, hasSceneErrors, reportError, type Scene } from "./evaluation-scene.js";
import { boolType, numberType, type Type } from "./type.js";
import {
  bigNumberValue,
  boolValue,
  falseValue,
  isKnown,
  isNull,
  trueValue,
  unknownValue,
  withMarks,
  type Value,
} from "./value.js";

export function evaluateUnary(expression: UnaryExpression, scene: Scene): Value {
  const type = expression.operator === "!" ? boolType : numberType;
  const operand = evaluateOperand(expression.operand, { type, name: "unary", whole: expression, scene });
  if (operand === undefined) return unknownValue(type);
  if (isNull(operand)) return failed(scene, expression, "argument must not be null", type);
  if (!isKnown(operand)) return operand;
  const result =
    expression.operator === "!"
      ? boolValue(operand.raw !== true)
      : bigNumberValue(negateNumber(operand.raw as BigNumber));
  return withMarks(result, operand.marks);
}

export function evaluateBinary(expression: BinaryExpression, scene: Scene): Value {
  const { operator } = expression;
  if (operator === "&&" || operator === "||") return evaluateLogical(expression, scene);
  if (operator === "==" || operator === "!=") {
    const aside = asideScene(scene);
    const [left, right] = [evaluateIn(expression.left, aside), evaluateIn(expression.right, aside)];
    adoptDiagnostics(scene, aside);
    if (hasSceneErrors(aside)) return unknownValue(boolType);
    const same = equals(left, right);
    return operator === "==" || !isKnown(same) ? same : withMarks(boolValue(same.raw === false), same.marks);
  }
  const resultType = operator.startsWith("<") || operator.startsWith(">") ? boolType : numberType;
  const [left, right] = evaluateNumbers(expression, scene);
  if (left === undefined || right === undefined) return unknownValue(resultType);
  if (isNull(left) || isNull(right)) return failed(scene, expression, "argument must not be null", resultType);
  if (!isKnown(left) || !isKnown(right)) {
    return withMarks(withMarks(unknownValue(resultType), left.marks), right.marks);
  }
  const result = compute(operator, left.raw as BigNumber, right.raw as BigNumber);
  if (typeof result === "string") return failed(scene, expression, result, resultType);
  return withMarks(withMarks(result, left.marks), right.marks);
}

/** Both sides as numbers. The mistakes inside of both come before those of the sides themselves. */
function evaluateNumbers(whole: BinaryExpression, scene: Scene): readonly [Value | undefined, Value | undefined] {
  const [leftScene, rightScene] = [asideScene(scene), asideScene(scene)];
  const left = evaluateIn(whole.left, leftScene);
  const right = evaluateIn(whole.right, rightScene);
  adoptDiagnostics(scene, leftScene);
  adoptDiagnostics(scene, rightScene);
  const [type, leftErrors, rightErrors] = [numberType, hasSceneErrors(leftScene), hasSceneErrors(rightScene)];
  return [
    convertOperand(left, whole.left, { type, whole, scene, name: "left", hasErrors: leftErrors }),
    convertOperand(right, whole.right, { type, whole, scene, name: "right", hasErrors: rightErrors }),
  ];
}

/**
 * `&&` and `||`. Both sides are computed and must be bools. When one of them decides, with `&&` false and with `||` true, mistakes
 * inside of the other don't count; nor do those of the right side when neither is known and the left has none.
 */
function evaluateLogical(expression: BinaryExpression, scene: Scene): Value {
  const [leftScene, rightScene] = [asideScene(scene), asideScene(scene)];
  const givenLeft = evaluateIn(expression.left, leftScene);
  const givenRight = evaluateIn(expression.right, rightScene);
  const [mismatches, isSound] = [asideScene(scene), { type: boolType, whole: expression, hasErrors: false }];
  const left = convertOperand(givenLeft, expression.left, { ...isSound, name: "left", scene: mismatches });
  const right = convertOperand(givenRight, expression.right, { ...isSound, name: "right", scene: mismatches });
  const adopt = (...asides: Scene[]): void => asides.forEach((aside) => adoptDiagnostics(scene, aside));
  if (left === undefined || right === undefined) {
    adopt(leftScene, rightScene, mismatches);
    return unknownValue(boolType);
  }
  const marks = [...left.marks, ...right.marks];
  const decided = expression.operator === "||" ? trueValue : falseValue;
  for (const [side, aside] of [
    [left, leftScene],
    [right, rightScene],
  ] as const) {
    // A null counts as false here.
    if (!isKnown(side) || (side.raw === true) !== decided.raw) continue;
    adopt(aside);
    return withMarks(decided, marks);
  }
  if (!isKnown(left) && !isKnown(right) && !hasSceneErrors(leftScene)) {
    adopt(leftScene);
    return withMarks(unknownValue(boolType), marks);
  }
  adopt(leftScene, rightScene);
  if (hasSceneErrors(leftScene) || hasSceneErrors(rightScene)) return unknownValue(boolType);
  if (isNull(left) || isNull(right)) return failed(scene, expression, "argument must not be null", boolType);
  if (!isKnown(left) || !isKnown(right)) return withMarks(unknownValue(boolType), marks);
  return withMarks(boolValue(!decided.raw), marks);
}

interface OperandPlace {
  readonly type: Type;
  readonly name: "left" | "right" | "unary";
  readonly whole: Expression;
  readonly scene: Scene;
}

/** An operand of the wanted type, possibly null or unknown; undefined after an error. */
function evaluateOperand(operand: Expression, place: OperandPlace): Value | undefined {
  const aside = asideScene(place.scene);
  const given = evaluateIn(operand, aside);
  adoptDiagnostics(place.scene, aside);
  return convertOperand(given, operand, { ...place, hasErrors: hasSceneErrors(aside) });
}

/** What an operand with errors would have been is checked too: `-[foo]` has two mistakes. */
function convertOperand(
  given: Value,
  operand: Expression,
  { type, name, whole, scene, hasErrors }: OperandPlace & { readonly hasErrors: boolean },
): Value | undefined {
  try {
    const converted = convert(given, type);
    return hasErrors ? undefined : converted;
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    reportError(scene, "Invalid operand", `Unsuitable value for ${name} operand: ${error.message}.`, operand, whole);
    return undefined;
  }
}

function failed(scene: Scene, expression: Expression, reason: string, type: Type): Value {
  reportError(scene, "Operation failed", `Error during operation: ${reason}.`, expression);
  return unknownValue(type);
}

/** The result, or the reason why there is none. */
function compute(operator: BinaryOperator, a: BigNumber, b: BigNumber): Value | string {
  switch (operator) {
    case "+":
      return numberOr(addNumbers(a, b), "can't compute sum of opposing infinities");
    case "-":
      return numberOr(subtractNumbers(a, b), "can't subtract infinity from itself");
    case "*":
      return numberOr(multiplyNumbers(a, b), "can't multiply zero by infinity");
    case "/":
      return numberOr(divideNumbers(a, b), "can't divide zero by zero or infinity by infinity");
    case "%":
      return numberOr(moduloNumbers(a, b), "can't compute the remainder of these numbers");
    case "<":
      return boolValue(compareNumbers(a, b) < 0);
    case "<=":
      return boolValue(compareNumbers(a, b) <= 0);
    case ">":
      return boolValue(compareNumbers(a, b) > 0);
    case ">=":
      return boolValue(compareNumbers(a, b) >= 0);
    default:
      throw new Error(`bug: not an arithmetic operator: ${operator}`);
  }
}

function numberOr(number: BigNumber | undefined, reason: string): Value | string {
  return number === undefined ? reason : bigNumberValue(number);
}
