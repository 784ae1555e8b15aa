import { describe, expect, test } from "@jest/globals";
import { evaluateText, showDiagnostic, showValue } from "./testing.js";

describe("for expressions", () => {
  test.each([
    ["[for v in [1,2]: v*2 if v>1]", "[4] : tuple([number])"],
    ['[for i, v in ["a","b"]: "${i}${v}"]', '["0a","1b"] : tuple([string, string])'],
    ["[for v in {b=1,a=2}: v]", "[2,1] : tuple([number, number])"],
    ['[for k, v in toset(["b","a"]): k]', '["a","b"] : tuple([string, string])'],
    ["{for k,v in {a=1,b=2}: v=>k}", '{"1":"a","2":"b"} : object({1=string, 2=string})'],
    [
      '{for v in ["a","b","a"]: v=>1...}',
      '{"a":[1,1],"b":[1]} : object({a=tuple([number, number]), b=tuple([number])})',
    ],
    ["[for x in [1,2]: [for x in [3]: x]]", "[[3],[3]] : tuple([tuple([number]), tuple([number])])"],
    ["[for v in d: v]", '"?" : any'],
    ["[for v in ul: v]", '"?" : any'],
    ['[for v in [1,2]: v if u == "a"]', '"?" : any'],
    ["{for v in [u]: v=>1}", '"?" : any'],
    ["[for v in [secret]: v]", '["pw"] : tuple([string]) !'],
    ["{for v in [secret]: v=>1}", '{"pw":1} : object({pw=number}) !'],
    ['[for v in [1,2]: v if secret == "pw"]', "[1,2] : tuple([number, number]) !"],
  ])("%s", (source, want) => {
    const { value, diagnostics } = evaluateText(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(showValue(value)).toBe(want);
  });

  test.each([
    [
      '{for v in ["a","a"]: v=>1}',
      "Duplicate object key: Two different items produced the key \"a\" in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key. @21-22",
    ],
    [
      "[for v in null: v]",
      "Iteration over null value: A null value cannot be used as the collection in a 'for' expression. @10-14",
    ],
    [
      "[for v in 1: v]",
      "Iteration over non-iterable value: A value of type number cannot be used as the collection in a 'for' expression. @10-11",
    ],
    ["[for v in [1]: v if null]", "Condition is null: The value of the 'if' clause must not be null. @20-24"],
    [
      '[for v in [1]: v if "x"]',
      "Invalid 'for' condition: The 'if' clause value is invalid: a bool is required. @20-23",
    ],
    ["[for v in [1,2]: v if v]", "Invalid 'for' condition: The 'if' clause value is invalid: bool required. @22-23"],
    [
      "{for v in [null]: v=>1}",
      "Invalid object key: Key expression in 'for' expression must not produce a null value. @18-19",
    ],
    [
      "{for v in [[1]]: v=>1}",
      "Invalid object key: The key expression produced an invalid result: string required. @17-18",
    ],
    ["[for v in [1]: w]", 'Unknown variable: There is no variable named "w". Did you mean "d"? @15-16'],
  ])("%s fails", (source, want) => {
    expect(evaluateText(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });
});
