import type { Diagnostic } from "@ingot/diag";
import type { Expression, Span } from "./ast.js";
import { describeVariables } from "./describe-variables.js";
import { EvaluationBudget, type EvaluationContext } from "./evaluation-context.js";
import { measureType } from "./measure-type.js";
import type { SourceFile } from "./source-file.js";
import { childrenOf, UNKNOWN, type Value } from "./value.js";

/** What the evaluation of one expression carries along. */
export interface Scene {
  readonly file: SourceFile;
  readonly context: EvaluationContext;
  readonly budget: EvaluationBudget;
  readonly diagnostics: Diagnostic[];
  /** The element of the innermost splat; absent where its value is not known, not even its type. */
  readonly item?: Value | undefined;
  /** The expression that reports are about, where their subject is only a step of it. */
  readonly about?: Expression | undefined;
}

/** Makes a scene. All have the same properties in the same order, which the engine handles far faster than copies with a spread. */
export function makeScene({ file, context, budget, diagnostics, item, about }: Scene): Scene {
  return { file, context, budget, diagnostics, item, about };
}

/** No single value may weigh more than this, with everything in it counted as often as it occurs. A character weighs 1. */
const MAX_VALUE_WEIGHT = 64 * 1024 * 1024;

/** What an element of a collection weighs beside its content: it takes far more memory than a character. */
const ELEMENT_WEIGHT = 16;

/** What a part of the type of a null or unknown value weighs: it takes no memory, but types are converted part by part, over and over. */
const TYPE_PART_WEIGHT = 512;

/** No value may nest deeper, so that everything that walks through values can do it by recursion. */
const MAX_VALUE_DEPTH = 1000;

/** What a message takes from the budget. Writing one takes long, and `try` can drop millions. */
const UNITS_PER_REPORT = 1024;

/** One mistake in a loop can give a message for each round; more than this help nobody. */
export const MAX_DIAGNOSTICS = 100;

/** Thrown through the evaluator when the work gets out of hand; `evaluate` turns it into a diagnostic. */
export class EvaluationLimitError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super("the evaluation limit is reached");
    this.diagnostic = diagnostic;
  }
}

/** The budget is used up: everything that comes after will end the same way. */
function usedUp({ budget, file }: Scene, span: Span): EvaluationLimitError {
  return new EvaluationLimitError(budget.endMessage(() => limitReached(file, span)));
}

/** One value is too large, which need not stop what doesn't depend on it. */
export function tooLarge({ file }: Scene, span: Span): EvaluationLimitError {
  return new EvaluationLimitError(limitReached(file, span));
}

function limitReached(file: SourceFile, span: Span): Diagnostic {
  return {
    severity: "error",
    summary: "Evaluation limit reached",
    detail:
      "This expression produces more text, more elements or deeper nesting than can be handled. Check for values that are repeated over and over, such as loops inside loops.",
    subject: file.range(span),
  };
}

export function findBudget(context: EvaluationContext): EvaluationBudget {
  for (let at: EvaluationContext | undefined = context; at !== undefined; at = at.parent) {
    if (at.budget !== undefined) return at.budget;
  }
  return new EvaluationBudget();
}

/**
 * Reports an error at `subject`. `context` is a larger range that helps to read it. When the subject is an expression the report
 * tells what its variables hold.
 */
export function reportError(
  scene: Scene,
  summary: string,
  detail: string,
  subject: Span | Expression,
  context?: Span,
): void {
  if (!scene.budget.takeForReport(UNITS_PER_REPORT)) throw usedUp(scene, subject);
  if (scene.diagnostics.length >= MAX_DIAGNOSTICS) return;
  const about = scene.about ?? (isExpression(subject) ? subject : undefined);
  const values = about === undefined ? [] : describeVariables(about, scene.file, scene.context);
  scene.diagnostics.push({
    severity: "error",
    summary,
    detail,
    subject: scene.file.range(subject),
    ...(context && { context: scene.file.range(context) }),
    ...(values.length > 0 && { values }),
  });
}

/** Steps of a traversal and parts of a template have kinds too. */
const NO_EXPRESSIONS = new Set(["attribute", "text", "interpolation", "if"]);

function isExpression(span: Span | Expression): span is Expression {
  return "kind" in span && !NO_EXPRESSIONS.has(span.kind) && !("isLegacy" in span) && !("body" in span);
}

/** The same scene with diagnostics of its own, for arms whose complaints may not count. */
export function asideScene({ file, context, budget, item, about }: Scene): Scene {
  return { file, context, budget, diagnostics: [], item, about };
}

/** The same scene where names have other values. */
export function sceneWithContext({ file, budget, diagnostics, item, about }: Scene, context: EvaluationContext): Scene {
  return { file, context, budget, diagnostics, item, about };
}

/** The same scene with reports about an expression. */
export function sceneAbout({ file, context, budget, diagnostics, item }: Scene, about: Expression): Scene {
  return { file, context, budget, diagnostics, item, about };
}

/** Takes over what was said aside. */
export function adoptDiagnostics(scene: Scene, aside: Scene): void {
  if (aside.diagnostics.length > 0) scene.diagnostics.push(...aside.diagnostics);
}

export function hasSceneErrors(scene: Scene): boolean {
  return scene.diagnostics.length > 0 && scene.diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/** Accounts for a new collection and returns it. */
export function chargeValue(scene: Scene, value: Value, span: Span): Value {
  const children = childrenOf(value);
  if (!scene.budget.take(ELEMENT_WEIGHT * children.length + 1)) throw usedUp(scene, span);
  const { weight, depth } = measure(value);
  if (weight > MAX_VALUE_WEIGHT || depth > MAX_VALUE_DEPTH) throw tooLarge(scene, span);
  return value;
}

/** Accounts for one round of a loop, which costs more time than memory. */
export function chargeRound(scene: Scene, span: Span): void {
  chargeText(scene, 127, span);
}

/** Accounts for a new text. */
export function chargeText(scene: Scene, length: number, span: Span): void {
  if (!scene.budget.take(length + 1)) throw usedUp(scene, span);
  if (length > MAX_VALUE_WEIGHT) throw tooLarge(scene, span);
}

interface Measure {
  readonly weight: number;
  readonly depth: number;
}

// Values share parts, so the measure of each is remembered: a nested value that doubles at each level is measured level by level.
const measures = new WeakMap<Value, Measure>();

const SCALAR: Measure = { weight: 1, depth: 0 };

function measure(value: Value): Measure {
  if (typeof value.raw === "string") return { weight: value.raw.length + 1, depth: 0 };
  // It takes no memory, but its type has to be compared and converted as if there were a value.
  if (value.raw === UNKNOWN || value.raw === null) {
    const { size, depth } = measureType(value.type);
    return size === 1 ? SCALAR : { weight: size * TYPE_PART_WEIGHT, depth };
  }
  if (typeof value.raw !== "object") return SCALAR;
  const known = measures.get(value);
  if (known !== undefined) return known;
  let weight = 1;
  let depth = 0;
  for (const child of childrenOf(value)) {
    const of = measure(child);
    weight += of.weight + ELEMENT_WEIGHT;
    depth = Math.max(depth, of.depth + 1);
  }
  const result = { weight, depth };
  // Small ones are measured again faster than they are remembered.
  if (weight > 64 * ELEMENT_WEIGHT) measures.set(value, result);
  return result;
}
