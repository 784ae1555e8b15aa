import type { SplatExpression } from "./ast.js";
import { evaluateIn } from "./evaluate.js";
import {
  adoptDiagnostics,
  asideScene,
  chargeRound,
  chargeValue,
  hasSceneErrors,
  makeScene,
  reportError,
  type Scene,
} from "./evaluation-scene.js";
import { isCollectionType, listType, tupleType, typesEqual, type Type } from "./type.js";
import {
  elementsOf,
  isKnown,
  isNull,
  listValue,
  tupleValue,
  unknownValue,
  unmark,
  withMarks,
  type Value,
} from "./value.js";

/** Applies the steps after `.*` or `[*]` to every element. A value that is no list, set or tuple counts as a tuple of one, null as none. */
export function evaluateSplat(expression: SplatExpression, scene: Scene): Value {
  const aside = asideScene(scene);
  const source = evaluateIn(expression.source, aside);
  adoptDiagnostics(scene, aside);
  if (hasSceneErrors(aside)) return unknownValue();
  const { type, marks } = source;
  const isSequence = type.kind === "tuple" || type.kind === "list" || type.kind === "set";
  if (isNull(source)) {
    if (!isSequence) return withMarks(tupleValue([]), marks);
    reportError(
      scene,
      "Splat of null value",
      "Splat expressions (with the * symbol) cannot be applied to null sequences.",
      expression.source,
      { start: expression.source.start, end: expression.markerSpan.end },
    );
    return unknownValue();
  }
  // An unknown value that is not a sequence may turn out null, so not even the length of the result is known.
  if (type.kind === "dynamic" || (!isSequence && !isKnown(source))) return withMarks(unknownValue(), marks);
  if (!isKnown(source)) return withMarks(unknownValue(resultType(expression, type, scene)), marks);
  return withMarks(splatElements(expression, isSequence ? unmark(source) : tupleValue([source]), scene), marks);
}

function splatElements(expression: SplatExpression, source: Value, scene: Scene): Value {
  const aside = asideScene(scene);
  const results = elementsOf(source).map((item) => evaluateEach(expression, item, aside));
  adoptDiagnostics(scene, aside);
  if (hasSceneErrors(aside)) return unknownValue(resultType(expression, source.type, asideScene(scene)));
  if (source.type.kind === "tuple") return chargeValue(scene, tupleValue(results), expression);
  const [first] = results;
  if (first === undefined) {
    const type = resultType(expression, source.type, scene);
    return listValue(isCollectionType(type) ? type.element : type, []);
  }
  const isUniform = results.every((result) => typesEqual(result.type, first.type));
  return chargeValue(scene, isUniform ? listValue(first.type, results) : tupleValue(results), expression);
}

function evaluateEach(expression: SplatExpression, item: Value, scene: Scene): Value {
  chargeRound(scene, expression);
  return evaluateIn(expression.each, makeScene({ ...scene, item }));
}

/** The type that the splat of a list, set or tuple has, found with unknown elements. */
function resultType(expression: SplatExpression, type: Type, scene: Scene): Type {
  const typeOfEach = (element: Type): Type => evaluateEach(expression, unknownValue(element), scene).type;
  if (type.kind === "tuple") return tupleType(type.elements.map(typeOfEach));
  return isCollectionType(type) ? listType(typeOfEach(type.element)) : type;
}
