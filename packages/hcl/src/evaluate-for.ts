import type { Expression, ForExpression, Span } from "./ast.js";
import { ConversionError, convert } from "./convert.js";
import { evaluateIn } from "./evaluate.js";
import { childContext } from "./evaluation-context.js";
import {
  adoptDiagnostics,
  asideScene,
  chargeRound,
  chargeValue,
  hasSceneErrors,
  reportError,
  sceneWithContext,
  type Scene,
} from "./evaluation-scene.js";
import { boolType, friendlyTypeName, isPrimitiveType, stringType } from "./type.js";
import {
  isKnown,
  isNull,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  unknownValue,
  unmark,
  withMarks,
  type Mark,
  type Value,
} from "./value.js";

/** The head of a loop: of a for expression or of a template's `for` directive. */
interface Loop extends Span {
  readonly keyName?: string;
  readonly valueName: string;
  readonly collection: Expression;
}

interface Iteration {
  readonly marks: ReadonlySet<Mark>;
  /** False when the collection is unknown or cannot be iterated, which is reported then. */
  readonly isIterated: boolean;
}

/**
 * Runs `visit` with the loop variables set, once for each element, in the order of the language. `check` may look at the loop first
 * and stop it.
 */
export function iterate(loop: Loop, scene: Scene, visit: (scene: Scene) => void, check = () => true): Iteration {
  const collection = evaluateIn(loop.collection, scene);
  const { marks, type } = collection;
  const stop: Iteration = { marks, isIterated: false };
  if (isNull(collection)) {
    const detail = "A null value cannot be used as the collection in a 'for' expression.";
    reportError(scene, "Iteration over null value", detail, loop.collection, loop);
    return stop;
  }
  if (type.kind === "dynamic") return stop;
  if (isPrimitiveType(type)) {
    const detail = `A value of type ${friendlyTypeName(type)} cannot be used as the collection in a 'for' expression.`;
    reportError(scene, "Iteration over non-iterable value", detail, loop.collection, loop);
    return stop;
  }
  const pairs = iterationPairs(collection);
  if (pairs === undefined || !check()) return stop;
  for (const [key, value] of pairs) {
    chargeRound(scene, loop);
    visit(loopScene(loop, key, value, scene));
  }
  return { marks, isIterated: true };
}

/** Key and value of each element of a collection; undefined when the collection is unknown, null or not one. */
export function iterationPairs(collection: Value): Iterable<readonly [key: Value, value: Value]> | undefined {
  const { raw, type } = collection;
  if (raw instanceof Map) {
    return [...(raw as ReadonlyMap<string, Value>)].map(([key, value]) => [stringValue(key), value] as const);
  }
  if (!Array.isArray(raw)) return undefined;
  const elements = raw as readonly Value[];
  return elements.map((value, index) => [type.kind === "set" ? value : numberValue(index), value] as const);
}

function loopScene(loop: Loop, key: Value, value: Value, scene: Scene): Scene {
  const variables = new Map<string, Value>();
  if (loop.keyName !== undefined) variables.set(loop.keyName, key);
  variables.set(loop.valueName, value);
  return sceneWithContext(scene, childContext(scene.context, variables));
}

export function evaluateFor(expression: ForExpression, scene: Scene): Value {
  const { condition } = expression;
  const collector = new Collector(expression);
  const { marks, isIterated } = iterate(
    expression,
    scene,
    (round) => collector.visit(round),
    () => condition === undefined || probeCondition(expression, condition, scene),
  );
  for (const mark of marks) collector.marks.add(mark);
  if (!isIterated || !collector.isKnown) return withMarks(unknownValue(), collector.marks);
  return withMarks(chargeValue(scene, collector.result(), expression), collector.marks);
}

/** Looks at the condition once with unknown loop variables, so that a plain mistake is reported once and not per element. */
function probeCondition(expression: ForExpression, condition: Expression, scene: Scene): boolean {
  const aside = asideScene(scene);
  const unknown = unknownValue();
  const value = evaluateIn(condition, loopScene(expression, unknown, unknown, aside));
  if (!hasSceneErrors(aside)) checkCondition(value, condition, expression, aside);
  adoptDiagnostics(scene, aside);
  return !hasSceneErrors(aside);
}

/** True or false, or undefined when that is unknown or, after a report, not a bool. */
function checkCondition(
  value: Value,
  condition: Expression,
  expression: ForExpression,
  scene: Scene,
): boolean | undefined {
  if (isNull(value)) {
    reportError(scene, "Condition is null", "The value of the 'if' clause must not be null.", condition, expression);
    return undefined;
  }
  try {
    const { raw } = convert(value, boolType);
    return typeof raw === "boolean" ? raw : undefined;
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    const detail = `The 'if' clause value is invalid: ${error.message}.`;
    reportError(scene, "Invalid 'for' condition", detail, condition, expression);
    return undefined;
  }
}

/** Gathers the results of a for expression. */
class Collector {
  readonly marks = new Set<Mark>();
  isKnown = true;
  readonly #expression: ForExpression;
  readonly #elements: Value[] = [];
  readonly #entries = new Map<string, Value>();
  readonly #groups = new Map<string, Value[]>();

  constructor(expression: ForExpression) {
    this.#expression = expression;
  }

  visit(scene: Scene): void {
    const { condition, key, value } = this.#expression;
    if (condition !== undefined && !this.#isIncluded(condition, scene)) return;
    if (key === undefined) {
      this.#elements.push(evaluateIn(value, scene));
      return;
    }
    const name = this.#keyText(key, scene);
    if (name === undefined) this.isKnown = false;
    else this.#put(name, evaluateIn(value, scene), scene);
  }

  #isIncluded(condition: Expression, scene: Scene): boolean {
    const value = evaluateIn(condition, scene);
    for (const mark of value.marks) this.marks.add(mark);
    const included = checkCondition(value, condition, this.#expression, this.#reporting(scene));
    if (included === undefined) this.isKnown = false;
    return included === true;
  }

  /** The same mistake in each round is worth one message, and after something unknown there is nothing to complain about. */
  #reporting(scene: Scene): Scene {
    return this.isKnown ? scene : asideScene(scene);
  }

  #keyText(key: Expression, round: Scene): string | undefined {
    const summary = "Invalid object key";
    const value = evaluateIn(key, round);
    const scene = this.#reporting(round);
    for (const mark of value.marks) this.marks.add(mark);
    if (isNull(value)) {
      const detail = "Key expression in 'for' expression must not produce a null value.";
      reportError(scene, summary, detail, key, this.#expression);
      return undefined;
    }
    if (!isKnown(value)) return undefined;
    try {
      const text = convert(unmark(value), stringType);
      return typeof text.raw === "string" ? text.raw : undefined;
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      const detail = `The key expression produced an invalid result: ${error.message}.`;
      reportError(scene, summary, detail, key, this.#expression);
      return undefined;
    }
  }

  #put(name: string, element: Value, scene: Scene): void {
    const { groups, key } = this.#expression;
    if (groups) {
      const group = this.#groups.get(name);
      if (group === undefined) this.#groups.set(name, [element]);
      else group.push(element);
    } else if (this.#entries.has(name)) {
      const quoted = JSON.stringify(name);
      const detail = `Two different items produced the key ${quoted} in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key.`;
      reportError(scene, "Duplicate object key", detail, key ?? this.#expression, this.#expression);
    } else {
      this.#entries.set(name, element);
    }
  }

  result(): Value {
    if (this.#expression.key === undefined) return tupleValue(this.#elements);
    if (!this.#expression.groups) return objectValue(this.#entries);
    return objectValue(new Map([...this.#groups].map(([name, group]) => [name, tupleValue(group)])));
  }
}
