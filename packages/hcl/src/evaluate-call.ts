import type { CallExpression, Span } from "./ast.js";
import { compareBytes } from "./compare-bytes.js";
import { ConversionError, convert } from "./convert.js";
import { evaluateIn } from "./evaluate.js";
import type { EvaluationContext } from "./evaluation-context.js";
import {
  adoptDiagnostics,
  asideScene,
  chargeText,
  chargeValue,
  hasSceneErrors,
  reportError,
  tooLarge,
  type Scene,
} from "./evaluation-scene.js";
import { callFunction } from "./function-call.js";
import {
  FunctionError,
  type AnyFunction,
  type CallArgument,
  type CallScene,
  type ExpressionFunctionSpec,
  type FunctionSpec,
} from "./function-spec.js";
import { suggestionSentence } from "./suggest-name.js";
import { isKnown, isNull, unknownValue, unmark, elementsOf, withMarks, type Value } from "./value.js";

export function evaluateCall(expression: CallExpression, scene: Scene): Value {
  const spec = findFunction(expression, scene);
  if (spec === undefined) return unknownValue();
  if ("call" in spec) return callWithExpressions(spec, expression, scene);
  const args = collectArguments(expression, scene);
  if (args === undefined || !checkCount(spec, expression, args, scene)) return unknownValue();
  const values: Value[] = [];
  args.forEach((arg, index) => {
    const value = prepareArgument(spec, index, { arg, call: expression, scene });
    if (value !== undefined) values.push(value);
  });
  if (values.length < args.length) return unknownValue();
  return guardCall(spec, { call: expression, places: args.map((arg) => arg.place), scene }, () =>
    callFunction(spec, values),
  );
}

function findFunction(expression: CallExpression, scene: Scene): AnyFunction | undefined {
  const { name, nameSpan } = expression;
  const names: string[] = [];
  let areAllowed = false;
  for (let at: EvaluationContext | undefined = scene.context; at !== undefined; at = at.parent) {
    if (at.functions === undefined) continue;
    areAllowed = true;
    const found = at.functions.get(name);
    if (found !== undefined) return found;
    names.push(...at.functions.keys());
  }
  if (!areAllowed) {
    reportError(scene, "Function calls not allowed", "Functions may not be called here.", expression);
    return undefined;
  }
  const separator = name.lastIndexOf("::");
  const detail =
    separator < 0
      ? `There is no function named ${JSON.stringify(name)}.${suggestionSentence(name, names.sort(compareBytes))}`
      : `There are no functions in namespace ${JSON.stringify(name.slice(0, separator + 2))}.`;
  reportError(scene, "Call to unknown function", detail, nameSpan, expression);
  return undefined;
}

/** The arguments with the last one expanded; undefined after an error and when it is not known how many there are. */
function collectArguments(call: CallExpression, scene: Scene): readonly CallArgument[] | undefined {
  const plain = call.arguments.map((expression): CallArgument => ({ place: expression, expression }));
  const last = call.arguments.at(-1);
  if (!call.expandsFinal || last === undefined) return plain;
  const aside = asideScene(scene);
  const expanded = evaluateIn(last, aside);
  adoptDiagnostics(scene, aside);
  if (hasSceneErrors(aside)) return undefined;
  const summary = "Invalid expanding argument value";
  const { kind } = expanded.type;
  if (kind !== "list" && kind !== "set" && kind !== "tuple" && kind !== "dynamic") {
    const detail = "The expanding argument (indicated by ...) must be of a tuple, list, or set type.";
    reportError(scene, summary, detail, last, call);
    return undefined;
  }
  if (isNull(expanded)) {
    reportError(scene, summary, "The expanding argument (indicated by ...) must not be null.", last, call);
    return undefined;
  }
  if (!isKnown(expanded)) return undefined;
  const elements = elementsOf(unmark(expanded)).map((value): CallArgument => ({
    place: last,
    value: withMarks(value, expanded.marks),
  }));
  return [...plain.slice(0, -1), ...elements];
}

interface CountedFunction {
  readonly name: string;
  readonly params: readonly { readonly name: string }[];
  readonly varParam?: { readonly name: string };
}

function checkCount(
  spec: CountedFunction,
  call: CallExpression,
  args: readonly { place: Span }[],
  scene: Scene,
): boolean {
  const { params } = spec;
  const name = JSON.stringify(call.name);
  const missing = params[args.length];
  if (missing !== undefined) {
    const atLeast = spec.varParam === undefined ? "" : " at least";
    const detail = `Function ${name} expects${atLeast} ${params.length} argument(s). Missing value for ${JSON.stringify(missing.name)}.`;
    reportError(scene, "Not enough function arguments", detail, call.closeParenSpan, call);
    return false;
  }
  const extra = args[params.length];
  if (spec.varParam === undefined && extra !== undefined) {
    const detail = `Function ${name} expects only ${params.length} argument(s).`;
    reportError(scene, "Too many function arguments", detail, extra.place, call);
    return false;
  }
  return true;
}

function prepareArgument(
  spec: FunctionSpec,
  index: number,
  { arg, call, scene }: { readonly arg: CallArgument; readonly call: CallExpression; readonly scene: Scene },
): Value | undefined {
  const param = spec.params[index] ?? spec.varParam;
  const aside = asideScene(scene);
  const given = arg.expression === undefined ? (arg.value ?? unknownValue()) : evaluateIn(arg.expression, aside);
  adoptDiagnostics(scene, aside);
  if (param === undefined) return undefined;
  try {
    const value = convert(given, param.type);
    return hasSceneErrors(aside) ? undefined : value;
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    reportArgument(spec, index, error.message, { place: arg.place, call, scene });
    return undefined;
  }
}

function reportArgument(
  spec: CountedFunction,
  index: number,
  reason: string,
  { place, call, scene }: { readonly place: Span; readonly call: CallExpression; readonly scene: Scene },
): void {
  const param = JSON.stringify((spec.params[index] ?? spec.varParam)?.name ?? "");
  reportError(scene, "Invalid function argument", `Invalid value for ${param} parameter: ${reason}.`, place, call);
}

function callWithExpressions(spec: ExpressionFunctionSpec, call: CallExpression, scene: Scene): Value {
  const args = collectArguments(call, scene);
  if (args === undefined) return unknownValue();
  if (!checkCount(spec, call, args, scene)) return unknownValue();
  const { file, budget } = scene;
  const context = { parent: scene.context, budget };
  const callScene: CallScene = {
    file,
    context,
    report: (diagnostics) => void scene.diagnostics.push(...diagnostics),
    evaluate: ({ expression, value = unknownValue() }) => {
      if (expression === undefined) return { value, diagnostics: [] };
      const aside = asideScene(scene);
      return { value: evaluateIn(expression, aside), diagnostics: aside.diagnostics };
    },
  };
  return guardCall(spec, { call, places: args.map((arg) => arg.place), scene }, () => spec.call(args, callScene));
}

/** Runs the call, reports what it throws for the user, and accounts for its result. */
function guardCall(
  spec: CountedFunction,
  { call, places, scene }: { readonly call: CallExpression; readonly places: readonly Span[]; readonly scene: Scene },
  run: () => Value,
): Value {
  try {
    const result = run();
    if (typeof result.raw === "string") chargeText(scene, result.raw.length, call);
    return chargeValue(scene, result, call);
  } catch (error) {
    if (isOversize(error)) throw tooLarge(scene, call);
    if (!(error instanceof FunctionError) && !(error instanceof ConversionError)) throw error;
    const place = error instanceof FunctionError && error.argIndex !== undefined ? places[error.argIndex] : undefined;
    if (error instanceof FunctionError && error.diagnostics.length > 0) {
      scene.diagnostics.push(...error.diagnostics);
    } else if (error instanceof FunctionError && error.argIndex !== undefined && place !== undefined) {
      reportArgument(spec, error.argIndex, error.message, { place, call, scene });
    } else {
      const detail = `Call to function ${JSON.stringify(call.name)} failed: ${error.message}.`;
      reportError(scene, "Error in function call", detail, { ...call, end: call.openParenSpan.end }, call);
    }
    return unknownValue();
  }
}

/** What the runtime throws for a text or a list that it can't hold, and for one that nests too deep. */
function isOversize(error: unknown): boolean {
  return (
    error instanceof RangeError &&
    /Invalid (string|array|typed array) length|Maximum (call stack|BigInt) size|Map maximum size/.test(error.message)
  );
}
