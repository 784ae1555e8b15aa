import type { Span, TemplateExpression, TemplateFor, TemplateIf, TemplatePart } from "./ast.js";
import { ConversionError, convert } from "./convert.js";
import { chooseArm, evaluateIn } from "./evaluate.js";
import { iterate } from "./evaluate-for.js";
import { asideScene, chargeText, reportError, type Scene } from "./evaluation-scene.js";
import { stringType } from "./type.js";
import { isKnown, isNull, stringValue, unknownValue, unmark, withMarks, type Mark, type Value } from "./value.js";

export function evaluateTemplate(expression: TemplateExpression, scene: Scene): Value {
  return renderParts(expression.parts, expression, scene);
}

/** Joins the parts to a string: unknown when one of them is, with the marks of all. */
function renderParts(parts: readonly TemplatePart[], whole: Span, scene: Scene): Value {
  const texts: string[] = [];
  const marks = new Set<Mark>();
  let length = 0;
  let known = true;
  for (const part of parts) {
    const text = part.kind === "text" ? part.text : renderPart(part, { whole, scene, marks });
    if (text === undefined) {
      known = false;
      continue;
    }
    texts.push(text);
    length += text.length;
    chargeText(scene, text.length, part);
  }
  if (!known) return withMarks(unknownValue(stringType), marks);
  chargeText(scene, length, whole);
  return withMarks(stringValue(texts.join("")), marks);
}

interface PartScene {
  readonly whole: Span;
  readonly scene: Scene;
  readonly marks: Set<Mark>;
}

/** The text of a part, or undefined when it is not known. */
function renderPart(
  part: Exclude<TemplatePart, { kind: "text" }>,
  { whole, scene, marks }: PartScene,
): string | undefined {
  const value = evaluatePart(part, scene);
  for (const mark of value.marks) marks.add(mark);
  const summary = "Invalid template interpolation value";
  const subject = part.kind === "interpolation" ? part.expression : part;
  if (isNull(value)) {
    const detail = "The expression result is null. Cannot include a null value in a string template.";
    reportError(scene, summary, detail, subject, whole);
    return undefined;
  }
  if (!isKnown(value)) return undefined;
  try {
    const text = convert(unmark(value), stringType);
    return typeof text.raw === "string" ? text.raw : undefined;
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    const detail = `Cannot include the given value in a string template: ${error.message}.`;
    reportError(scene, summary, detail, subject, whole);
    return undefined;
  }
}

function evaluatePart(part: Exclude<TemplatePart, { kind: "text" }>, scene: Scene): Value {
  switch (part.kind) {
    case "interpolation":
      return evaluateIn(part.expression, scene);
    case "if":
      return evaluateIf(part, scene);
    case "for":
      return evaluateTemplateFor(part, scene);
  }
}

function evaluateIf(part: TemplateIf, scene: Scene): Value {
  const [trueScene, falseScene] = [asideScene(scene), asideScene(scene)];
  return chooseArm({
    scene,
    expression: part,
    whenTrue: { value: renderParts(part.then, part, trueScene), diagnostics: trueScene.diagnostics },
    whenFalse: { value: renderParts(part.otherwise ?? [], part, falseScene), diagnostics: falseScene.diagnostics },
  });
}

function evaluateTemplateFor(part: TemplateFor, scene: Scene): Value {
  const texts: string[] = [];
  const marks = new Set<Mark>();
  let known = true;
  let length = 0;
  const collection = iterate(part, scene, (round) => {
    const text = renderParts(part.body, part, round);
    for (const mark of text.marks) marks.add(mark);
    if (typeof text.raw !== "string") {
      known = false;
      return;
    }
    texts.push(text.raw);
    length += text.raw.length;
  });
  for (const mark of collection.marks) marks.add(mark);
  if (!known || !collection.isIterated) return withMarks(unknownValue(stringType), marks);
  chargeText(scene, length, part);
  return withMarks(stringValue(texts.join("")), marks);
}
