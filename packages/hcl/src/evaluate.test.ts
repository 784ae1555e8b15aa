import { describe, expect, test } from "@jest/globals";
import { evaluateText, showDiagnostic, showValue } from "./testing.js";

describe("conditionals", () => {
  test.each([
    ['true ? 1 : "a"', '"1" : string'],
    ["false ? foo.bar : 1", "1 : number"],
    ['true ? [1] : ["a","b"]', '["1"] : list(string)'],
    ['true ? {a=1} : {b="x"}', '{"a":"1"} : map(string)'],
    ['true ? {a=1} : {a="x"}', '{"a":"1"} : object({a=string})'],
    ["true ? null : 1", "null : number"],
    ['true ? d : "a"', '"?" : any'],
    ['false ? d : "a"', '"a" : string'],
    ['false ? null : "a"', '"a" : string'],
    ['"true" ? 1 : 2', "1 : number"],
    ['u == null ? 1 : "a"', '"?" : string'],
    ['u == null ? [1] : ["a", "b"]', '"?" : list(string)'],
    ['secret == "pw" ? 1 : 2', "1 : number !"],
  ])("%s", (source, want) => {
    const { value, diagnostics } = evaluateText(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(showValue(value)).toBe(want);
  });

  test.each([
    [
      "true ? {a=1} : [1]",
      "Inconsistent conditional result types: The true and false result expressions must have consistent types. The 'true' value is object, but the 'false' value is tuple. @0-18",
    ],
    [
      "true ? {a=1} : {a=[1]}",
      "Inconsistent conditional result types: The true and false result expressions must have consistent types. Type mismatch for object attribute \"a\": The 'true' value is number, but the 'false' value is tuple. @0-22",
    ],
    [
      "true ? {a=1} : {b=[1]}",
      "Inconsistent conditional result types: The true and false result expressions must have consistent types. The 'true' value includes object attribute \"a\", which is absent in the 'false' value. @0-22",
    ],
    [
      "true ? [1,true] : [[],true]",
      "Inconsistent conditional result types: The true and false result expressions must have consistent types. Type mismatch for tuple element 0: The 'true' value is number, but the 'false' value is tuple. @0-27",
    ],
    [
      "true ? [1] : [[],[]]",
      "Inconsistent conditional result types: The true and false result expressions must have consistent types. The 'true' tuple has length 1, but the 'false' tuple has length 2. @0-20",
    ],
    [
      "true ? tolist([{a=1}]) : tolist([{b=[]}])",
      "Inconsistent conditional result types: The true and false result expressions must have consistent types. Mismatched list element types: The 'true' value includes object attribute \"a\", which is absent in the 'false' value. @0-41",
    ],
    [
      'true ? "a" : []',
      "Inconsistent conditional result types: The true and false result expressions must have consistent types. The 'true' value is string, but the 'false' value is tuple. @0-15",
    ],
    ["null ? 1 : 2", "Null condition: The condition value is null. Conditions must either be true or false. @0-4"],
    ['"x" ? 1 : 2', "Incorrect condition type: The condition expression must be of type bool. @0-3"],
    ["true ? foo.bar : 1", 'Unknown variable: There is no variable named "foo". @7-10'],
  ])("%s fails", (source, want) => {
    expect(evaluateText(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });
});

describe("tuples and objects", () => {
  test.each([
    ['[1,"a",]', '[1,"a"] : tuple([number, string])'],
    [
      '{true=1, 1.50=2, "x${1}"=3, (upper("k"))=4}',
      '{"1.5":2,"K":4,"true":1,"x1":3} : object({1.5=number, K=number, true=number, x1=number})',
    ],
    ["{a=1,a=2}", '{"a":2} : object({a=number})'],
    ["{b=1,a=2}", '{"a":2,"b":1} : object({a=number, b=number})'],
    ['{"e\\u0301"=1}', '{"é":1} : object({é=number})'],
    ["[1,u]", '[1,"?"] : tuple([number, string])'],
    ["{a=u}", '{"a":"?"} : object({a=string})'],
    ["{(u)=1}", '"?" : any'],
    ["{(secret)=1}", '{"pw":1} : object({pw=number}) !'],
  ])("%s", (source, want) => {
    const { value, diagnostics } = evaluateText(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(showValue(value)).toBe(want);
  });

  test.each([
    ["{(null)=1}", "Null value as key: Can't use a null value as a key. @1-7"],
    ["{[1]=1}", "Incorrect key type: Can't use this value as a key: string required. @1-4"],
    [
      "{a.b=1}",
      "Ambiguous attribute key: If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a literal name containing periods, wrap it in quotes to create a string literal. @1-4",
    ],
    [
      "[foo, bar]",
      'Unknown variable: There is no variable named "foo". @1-4\nUnknown variable: There is no variable named "bar". Did you mean "var"? @6-9',
    ],
  ])("%s fails", (source, want) => {
    expect(evaluateText(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });
});
