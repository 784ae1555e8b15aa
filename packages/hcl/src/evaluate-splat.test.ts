import { describe, expect, test } from "@jest/globals";
import { evaluateText, showDiagnostic, showValue } from "./testing.js";

describe("splats", () => {
  test.each([
    ["[{a=1},{a=2}][*].a", "[1,2] : tuple([number, number])"],
    ["[{a=1},{a=2}].*.a", "[1,2] : tuple([number, number])"],
    ["null[*]", "[] : tuple([])"],
    ["5[*]", "[5] : tuple([number])"],
    ["{a=1}[*].a", "[1] : tuple([number])"],
    ["tolist([{a=1},{a=2}])[*].a", "[1,2] : list(number)"],
    ["toset([{a=1},{a=2}])[*].a", "[1,2] : list(number)"],
    ["tolist([{a=[1,2]},{a=[3]}])[*].a[0]", "[1,3] : list(number)"],
    ["[{a=[1,2]},{a=[3]}].*.a[0]", "[1,2] : tuple([number, number])"],
    ["[[1],[2]][*][*]", "[[1],[2]] : tuple([tuple([number]), tuple([number])])"],
    ["[][*].a", "[] : tuple([])"],
    ["convert([], list(object({a=string})))[*].a", "[] : list(string)"],
    ["d[*].a", '"?" : any'],
    ["ul[*]", '"?" : list(string)'],
    ["u[*]", '"?" : any'],
    ["[secret][*]", '["pw"] : tuple([string]) !'],
    ["var.list[*]", '["a","b"] : tuple([string, string])'],
  ])("%s", (source, want) => {
    const { value, diagnostics } = evaluateText(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(showValue(value)).toBe(want);
  });

  test.each([
    ["[{a=1},{b=2}][*].a", 'Unsupported attribute: This object does not have an attribute named "a". @16-18'],
    [
      "convert(null, list(string))[*]",
      "Splat of null value: Splat expressions (with the * symbol) cannot be applied to null sequences. @0-27",
    ],
    ["foo[*].a", 'Unknown variable: There is no variable named "foo". @0-3'],
  ])("%s fails", (source, want) => {
    expect(evaluateText(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });
});
