import { describe, expect, test } from "@jest/globals";
import { hasErrors } from "@ingot/diag";
import { EvaluationBudget } from "./evaluation-context.js";
import { evaluateText } from "./testing.js";
import { boolType, numberType, objectType, stringType, tupleType, typesEqual, type Type } from "./type.js";
import { numberValue, SENSITIVE, stringValue, unknownValue, withMark, type Value } from "./value.js";

/** Evaluates `source` again and again with its own result as `x`; gives the first summary. */
function repeat(source: string, start: Value): string | undefined {
  let x = start;
  const u = unknownValue(boolType);
  for (let round = 0; round < 100; round++) {
    const { value, diagnostics } = evaluateText(source, {
      variables: new Map([
        ["x", x],
        ["u", u],
      ]),
    });
    if (hasErrors(diagnostics)) return diagnostics[0]?.summary;
    x = value;
  }
  return undefined;
}

describe("templates that grow without end are stopped", () => {
  test.each([
    ["text", '"${x}${x}"', stringValue("a")],
    ["shared elements", "[x, x]", numberValue(1)],
    ["shared attributes", "{a = x, b = x}", numberValue(1)],
    ["loops", "[for a in [0, 1] : x]", numberValue(1)],
    ["types of unknown values", "u ? [x, x] : [x, x]", unknownValue(numberType)],
    [
      "nesting of unknown values",
      "u ? [[[[[[[[[[[[x]]]]]]]]]]]] : [[[[[[[[[[[[x]]]]]]]]]]]]",
      unknownValue(numberType),
    ],
  ])("%s", (_, source, start) => expect(repeat(source, start)).toBe("Evaluation limit reached"));

  test("nested loops", () => {
    const inner = "[for z in l : 0]";
    const source = `[for a in l : [for b in l : [for c in l : [for d in l : ${inner}]]]]`;
    const list = evaluateText(`[${"0,".repeat(100)}]`).value;
    const context = { variables: new Map([["l", list]]), budget: new EvaluationBudget(50_000) };
    const { diagnostics } = evaluateText(source, context);
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["Evaluation limit reached"]);
  });
});

test("equal types are compared in time when their parts are shared", () => {
  const double = (start: Type): Type => {
    let type = start;
    for (let round = 0; round < 200; round++) type = objectType({ a: tupleType([type, type]), b: type });
    return type;
  };
  expect(typesEqual(double(numberType), double(numberType))).toBe(true);
  expect(typesEqual(double(numberType), double(stringType))).toBe(false);
});

test("when the budget is used up all say the same, and other mistakes are still reported", () => {
  const budget = new EvaluationBudget(5_000);
  const summaries = (source: string) => evaluateText(source, { budget, variables: new Map() }).diagnostics;
  const [first] = summaries("[for a in [1, 2, 3] : [for b in [1, 2, 3] : [for c in [1, 2, 3] : [a, b, c]]]]");
  const [second] = summaries('"a${1}b"');
  expect(first?.summary).toBe("Evaluation limit reached");
  expect(second).toBe(first);
  expect(summaries("nope").map(({ summary }) => summary)).toEqual(["Unknown variable"]);
});

describe("what variables hold", () => {
  const variables = new Map<string, Value>([
    ["s", stringValue("a\nb")],
    ["n", numberValue("12345678901.25")],
    ["small", numberValue("0.00001")],
    ["l", evaluateText('["a"]').value],
    ["o", evaluateText("{k = 1}").value],
    ["e", evaluateText("convert([], list(string))").value],
    ["z", evaluateText("null").value],
    ["secret", withMark(stringValue("pw"), SENSITIVE)],
  ]);

  test.each([
    ["s + 1", ['s as "a\\nb"']],
    ["[n, l][0].x", ["l as tuple with 1 element", "n as 1.23456789e+10"]],
    ["-[n, l, o.k, o, e, z, small, secret, nope]", []],
    ['1 + "${n}${small}x${o.k}"', ["n as 1.23456789e+10", "o.k as 1", "small as 1e-05"]],
    ["!e", ["e as empty list of string"]],
    ["-o", ['o as object with 1 attribute "k"']],
    ["-l", ["l as tuple with 1 element"]],
    ["z ? 1 : 2", ["z set to null"]],
    ["-secret", []],
  ])("%s", (source, want) => {
    const { diagnostics } = evaluateText(source, { variables });
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics[0]?.values ?? []).toEqual(want);
  });
});
