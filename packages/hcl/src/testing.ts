/** Helpers for this package's own tests; nothing here is public. */
import type { Diagnostic } from "@ingot/diag";
import { convert } from "./convert.js";
import { evaluate } from "./evaluate.js";
import type { EvaluationContext } from "./evaluation-context.js";
import { FunctionError, type AnyFunction, type FunctionSpec } from "./function-spec.js";
import { fromJs, toJs, type JsValue } from "./js-value.js";
import { parseExpressionFile } from "./parse-expression-text.js";
import { SourceFile } from "./source-file.js";
import { decodeTypeConstraint } from "./type-constraint.js";
import { dynamicType, listType, mapType, numberType, setType, stringType, typeText, type Type } from "./type.js";
import {
  elementsOf,
  isWhollyKnown,
  marksOf,
  numberValue,
  SENSITIVE,
  stringOf,
  stringValue,
  tupleValue,
  unknownValue,
  withMark,
  type Value,
} from "./value.js";

function conversion(name: string, type: Type): FunctionSpec {
  return {
    name,
    params: [{ name: "v", type: dynamicType }],
    returnType: ([value]) => (value === undefined ? type : convert(value, type).type),
    impl: ([value], returnType) => convert(value ?? unknownValue(), returnType),
  };
}

const upper: FunctionSpec = {
  name: "upper",
  params: [{ name: "str", type: stringType }],
  returnType: stringType,
  impl: ([text]) => stringValue(text === undefined ? "" : stringOf(text).toUpperCase()),
};

const fail: FunctionSpec = {
  name: "fail",
  params: [
    { name: "reason", type: stringType },
    { name: "index", type: numberType, allowNull: true },
  ],
  returnType: stringType,
  impl: ([reason, index]) => {
    throw new FunctionError(
      reason === undefined ? "" : stringOf(reason),
      typeof index?.raw === "number" ? index.raw : undefined,
    );
  },
};

const all: FunctionSpec = {
  name: "all",
  params: [],
  varParam: {
    name: "values",
    type: dynamicType,
    allowNull: true,
    allowUnknown: true,
    allowDynamic: true,
    allowMarked: true,
  },
  returnType: dynamicType,
  impl: (args) => tupleValue(args),
};

const count: FunctionSpec = {
  name: "count",
  params: [{ name: "list", type: listType(dynamicType), allowUnknown: "elements" }],
  returnType: numberType,
  impl: ([list]) => numberValue(list === undefined ? 0 : elementsOf(list).length),
};

const convertTo: AnyFunction = {
  name: "convert",
  params: [{ name: "value" }, { name: "type" }],
  call: ([value, type], scene) => {
    if (value === undefined || type?.expression === undefined) throw new Error("bug: called without a type");
    const { value: constraint, diagnostics } = decodeTypeConstraint(type.expression, {
      file: scene.file,
      allowDefaults: false,
    });
    if (diagnostics.length > 0) {
      scene.report(diagnostics);
      return unknownValue();
    }
    const given = scene.evaluate(value);
    scene.report(given.diagnostics);
    if (given.diagnostics.length > 0) return unknownValue();
    try {
      return convert(given.value, constraint.type);
    } catch (error) {
      throw new FunctionError((error as Error).message, 0);
    }
  },
};

const functions: readonly AnyFunction[] = [
  upper,
  fail,
  all,
  count,
  convertTo,
  conversion("tolist", listType(dynamicType)),
  conversion("toset", setType(dynamicType)),
  conversion("tomap", mapType(dynamicType)),
];

/** Unknown values `u` (string), `ul` (list of string), `d` (no type), the sensitive string `secret`, and `var`. */
export const testContext: EvaluationContext = {
  variables: new Map<string, Value>([
    ["u", unknownValue(stringType)],
    ["ul", unknownValue(listType(stringType))],
    ["d", unknownValue()],
    ["secret", withMark(stringValue("pw"), SENSITIVE)],
    ["var", fromJs({ list: ["a", "b"], name: "n", object: { id: 7 } })],
  ]),
  functions: new Map(functions.map((spec) => [spec.name, spec])),
};

/** Evaluates an expression text. The text must parse. */
export function evaluateText(
  source: string,
  context = testContext,
): { value: Value; diagnostics: readonly Diagnostic[] } {
  const file = new SourceFile("test.hcl", source);
  const parsed = parseExpressionFile(file);
  if (parsed.diagnostics.length > 0) throw new Error(`does not parse: ${parsed.diagnostics[0]?.detail ?? ""}`);
  return evaluate(parsed.value, file, context);
}

/** Writes a value as JSON with its type: `[1] : tuple([number])`. Unknown parts are `?`; `!` at the end tells of marks. */
export function showValue(value: Value): string {
  const plain = isWhollyKnown(value) ? toJs(value) : toJs(value, { unknown: "?" });
  const replacer = (_: string, part: JsValue): JsValue => (typeof part === "bigint" ? part.toString() : part);
  const marks = marksOf(value).size > 0 ? " !" : "";
  return `${JSON.stringify(plain, replacer)} : ${typeText(value.type)}${marks}`;
}

/** Writes a diagnostic with the columns of its subject: `Summary: detail @1-4`. */
export function showDiagnostic({ summary, detail, subject }: Diagnostic): string {
  const place = subject === undefined ? "" : ` @${subject.start.byte}-${subject.end.byte}`;
  return `${summary}: ${detail}${place}`;
}
