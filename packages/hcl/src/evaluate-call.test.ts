import { describe, expect, test } from "@jest/globals";
import { evaluateText, showDiagnostic, showValue } from "./testing.js";

describe("calls", () => {
  test.each([
    ["upper(1)", '"1" : string'],
    ["upper(u)", '"?" : string'],
    ["upper(d)", '"?" : string'],
    ["upper(secret)", '"PW" : string !'],
    ["all(null, u, secret)", '[null,"?","pw"] : tuple([any, string, string]) !'],
    ["all([1,2]...)", "[1,2] : tuple([number, number])"],
    ['all(toset(["b","a"])...)', '["a","b"] : tuple([string, string])'],
    ["all(0, [1,2]...)", "[0,1,2] : tuple([number, number, number])"],
    ["all(d...)", '"?" : any'],
    ['count([u, "a"])', "2 : number"],
    ["count(ul)", '"?" : number'],
    ['convert(["1"], list(number))', "[1] : list(number)"],
  ])("%s", (source, want) => {
    const { value, diagnostics } = evaluateText(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(showValue(value)).toBe(want);
  });

  test.each([
    ['upr("a")', 'Call to unknown function: There is no function named "upr". Did you mean "upper"? @0-3'],
    ["ns::f()", 'Call to unknown function: There are no functions in namespace "ns::". @0-5'],
    ["upper()", 'Not enough function arguments: Function "upper" expects 1 argument(s). Missing value for "str". @6-7'],
    ['upper("a","b")', 'Too many function arguments: Function "upper" expects only 1 argument(s). @10-13'],
    ["upper([])", 'Invalid function argument: Invalid value for "str" parameter: string required. @6-8'],
    ["upper(null)", 'Invalid function argument: Invalid value for "str" parameter: argument must not be null. @6-10'],
    [
      "all({}...)",
      "Invalid expanding argument value: The expanding argument (indicated by ...) must be of a tuple, list, or set type. @4-6",
    ],
    [
      "all(null...)",
      "Invalid expanding argument value: The expanding argument (indicated by ...) must not be null. @4-8",
    ],
    ['fail("it is broken", null)', 'Error in function call: Call to function "fail" failed: it is broken. @0-5'],
    ['fail("it is wrong", 0)', 'Invalid function argument: Invalid value for "reason" parameter: it is wrong. @5-18'],
    [
      "convert([]...)",
      'Not enough function arguments: Function "convert" expects 2 argument(s). Missing value for "value". @13-14',
    ],
    ["upper(foo)", 'Unknown variable: There is no variable named "foo". @6-9'],
    [
      'convert("x", number)',
      'Invalid function argument: Invalid value for "value" parameter: a number is required. @8-11',
    ],
    ["convert(1, foo)", 'Invalid type specification: The keyword "foo" is not a valid type specification. @11-14'],
    [
      "count(!upper(foo))",
      'Unknown variable: There is no variable named "foo". @13-16\nInvalid function argument: Invalid value for "list" parameter: list of any single type required. @6-17',
    ],
    [
      "convert()",
      'Not enough function arguments: Function "convert" expects 2 argument(s). Missing value for "value". @8-9',
    ],
  ])("%s fails", (source, want) => {
    expect(evaluateText(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });
});
