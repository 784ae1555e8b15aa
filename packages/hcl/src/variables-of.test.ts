import { expect, test } from "@jest/globals";
import { parseExpressionFile } from "./parse-expression-text.js";
import { parseHcl } from "./parse-hcl.js";
import { SourceFile } from "./source-file.js";
import { variablesOf, variablesOfBodyNode, type VariableReference } from "./variables-of.js";

function show({ file, span }: VariableReference): string {
  return file.text(span);
}

test.each([
  ["var.a[0].b", ["var.a[0].b"]],
  ["var[local.x]", ["var", "local.x"]],
  ['"${a}-${b.c}"', ["a", "b.c"]],
  ["f(a, b...)", ["a", "b"]],
  ["a.list[*].b", ["a.list"]],
  ["[for k, v in m : v + k + x if k != y]", ["m", "x", "y"]],
  ["{for v in v : v => v}", ["v"]],
  ['{a = b, (c) = d, "${e}" = 1}', ["b", "c", "d", "e"]],
  ["a ? b : c", ["a", "b", "c"]],
  ["!a && -b < c", ["a", "b", "c"]],
  ['"%{ for x in xs }${x}${y}%{ endfor }%{ if c }${d}%{ endif }"', ["xs", "y", "c", "d"]],
  ["null", []],
])("%s refers to %j", (source, want) => {
  const file = new SourceFile("test.hcl", source);
  expect(variablesOf(parseExpressionFile(file).value, file).map(show)).toEqual(want);
});

test("a body refers to what its arguments and blocks refer to", () => {
  const { value: body } = parseHcl({ filename: "test.hcl", source: "a = x\nb {\n c = y.z\n}\nd = w\n" });
  expect(variablesOfBodyNode(body).map(show)).toEqual(["x", "y.z", "w"]);
});
