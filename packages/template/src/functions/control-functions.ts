import { formatRange, hasErrors, type Diagnostic } from "@ingot/diag";
import {
  boolType,
  boolValue,
  convert,
  ConversionError,
  decodeTypeConstraint,
  FunctionError,
  isWhollyKnown,
  unknownValue,
  withoutOptional,
  type CallArgument,
  type CallScene,
  type ExpressionFunctionSpec,
} from "@ingot/hcl";

const can: ExpressionFunctionSpec = {
  name: "can",
  params: [{ name: "expression" }],
  call: (args, scene) => {
    const { value, diagnostics } = scene.evaluate(first(args));
    if (hasErrors(diagnostics)) return boolValue(false);
    return isWhollyKnown(value) ? boolValue(true) : unknownValue(boolType);
  },
};

const tryFirst: ExpressionFunctionSpec = {
  name: "try",
  params: [],
  varParam: { name: "expressions" },
  call: (args, scene) => {
    if (args.length === 0) throw new FunctionError("at least one argument is required");
    const problems: Diagnostic[] = [];
    for (const argument of args) {
      const { value, diagnostics } = scene.evaluate(argument);
      if (hasErrors(diagnostics)) problems.push(...diagnostics);
      else return isWhollyKnown(value) ? value : unknownValue();
    }
    const list = problems.map(({ summary, detail, subject }) => {
      const place = subject ? ` (at ${formatRange(subject)})` : "";
      return `- ${summary}${place}\n  ${detail}\n`;
    });
    throw new FunctionError(
      `no expression succeeded:\n${list.join("")}\nAt least one expression must produce a successful result`,
    );
  },
};

const convertTo: ExpressionFunctionSpec = {
  name: "convert",
  params: [{ name: "value" }, { name: "type" }],
  call: (args, scene) => {
    const { type } = constraintOf(args, scene);
    const { value, diagnostics } = scene.evaluate(first(args));
    if (hasErrors(diagnostics)) throw new FunctionError("the value is invalid", 0, { diagnostics });
    try {
      // `optional` is read here but means nothing, except that what else is missing is reported first.
      convert(value, type);
      return convert(value, withoutOptional(type));
    } catch (error) {
      if (error instanceof ConversionError) throw new FunctionError(error.message, 0);
      throw error;
    }
  },
};

function constraintOf(args: readonly CallArgument[], scene: CallScene) {
  const argument = args[1];
  if (argument === undefined) throw new Error("bug: convert was called without a type");
  // The element of an expanded argument is a value, which can't name a type, as no number can.
  const { start, end } = argument.place;
  const expression = argument.expression ?? { kind: "number", text: "0", start, end };
  const { value, diagnostics } = decodeTypeConstraint(expression, { file: scene.file, allowDefaults: false });
  if (hasErrors(diagnostics)) throw new FunctionError("the type is invalid", 1, { diagnostics });
  return value;
}

function first(args: readonly CallArgument[]): CallArgument {
  const [argument] = args;
  if (argument === undefined) throw new Error("bug: a function was called without its argument");
  return argument;
}

/** The functions that see their arguments unevaluated. */
export const controlFunctions: readonly ExpressionFunctionSpec[] = [can, tryFirst, convertTo];
