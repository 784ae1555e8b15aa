import { describe, expect, test } from "@jest/globals";
import { evaluateText, showDiagnostic, showValue } from "./testing.js";

describe("conversions", () => {
  test.each([
    ["convert([1,null], list(any))", "[1,null] : list(number)"],
    ['convert([1,"a",true], list(any))', '["1","a","true"] : list(string)'],
    ['convert({a=1,b="x"}, map(any))', '{"a":"1","b":"x"} : map(string)'],
    ["convert([{a=1},{b=2}], list(any))", '[{"a":1},{"b":2}] : list(map(number))'],
    ['convert([[1],["a"]], list(any))', '[["1"],["a"]] : list(tuple([string]))'],
    ["convert([{a=1},null], list(any))", '[{"a":1},null] : list(object({a=number}))'],
    ['convert(["b","a","b"], set(string))', '["a","b"] : set(string)'],
    ['convert([3,"1",1], set(number))', "[1,3] : set(number)"],
    ['convert(toset(["b","a"]), list(string))', '["a","b"] : list(string)'],
    ["convert({a=1}, object({a=string,b=optional(string)}))", '{"a":"1","b":null} : object({a=string, b=string})'],
    ["convert({a=1,b=2}, object({a=string}))", '{"a":"1"} : object({a=string})'],
    ["convert(tomap({a=1,b=2}), object({a=string}))", '{"a":"1"} : object({a=string})'],
    ['convert([1,"2"], tuple([string,number]))', '["1",2] : tuple([string, number])'],
    ["convert(null, list(string))", "null : list(string)"],
    ["convert(u, number)", '"?" : number'],
    ["convert(d, list(string))", '"?" : list(string)'],
    ["convert({a=u}, map(number))", '{"a":"?"} : map(number)'],
    ["convert(secret, string)", '"pw" : string !'],
    ["convert([secret], list(string))", '["pw"] : list(string) !'],
    ["convert([secret], set(string))", '["pw"] : set(string) !'],
    ["convert([], list(any))", "[] : list(any)"],
    ["convert([null,null], list(any))", "[null,null] : list(any)"],
    ["convert({}, map(any))", "{} : map(any)"],
    ['convert("1", bool)', "true : bool"],
    ['convert("0", bool)', "false : bool"],
    ['convert("true", bool)', "true : bool"],
    ['convert("inf", number)', "null : number"],
    ['convert("-.5e1", number)', "-5 : number"],
    ["convert(true, string)", '"true" : string'],
    ["convert(1.50, string)", '"1.5" : string'],
    ["convert([1], any)", "[1] : tuple([number])"],
  ])("%s", (source, want) => {
    const { value, diagnostics } = evaluateText(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(showValue(value)).toBe(want);
  });

  test.each([
    [
      'convert("a", number)',
      'Invalid function argument: Invalid value for "value" parameter: a number is required. @8-11',
    ],
    [
      'convert("True", bool)',
      'Invalid function argument: Invalid value for "value" parameter: a bool is required; to convert from string, use lowercase "true". @8-14',
    ],
    [
      'convert("FALSE", bool)',
      'Invalid function argument: Invalid value for "value" parameter: a bool is required; to convert from string, use lowercase "false". @8-15',
    ],
    [
      'convert("on", bool)',
      'Invalid function argument: Invalid value for "value" parameter: a bool is required. @8-12',
    ],
    [
      'convert("10", bool)',
      'Invalid function argument: Invalid value for "value" parameter: a bool is required. @8-12',
    ],
    ["convert(1, bool)", 'Invalid function argument: Invalid value for "value" parameter: bool required. @8-9'],
    ["convert(true, number)", 'Invalid function argument: Invalid value for "value" parameter: number required. @8-12'],
    [
      "convert([1,true], list(any))",
      'Invalid function argument: Invalid value for "value" parameter: all list elements must have the same type. @8-16',
    ],
    [
      "convert([1,true], set(any))",
      'Invalid function argument: Invalid value for "value" parameter: all set elements must have the same type. @8-16',
    ],
    [
      'convert({a=[1],b="x"}, map(any))',
      'Invalid function argument: Invalid value for "value" parameter: all map elements must have the same type. @8-21',
    ],
    [
      "convert(1, list(string))",
      'Invalid function argument: Invalid value for "value" parameter: list of string required. @8-9',
    ],
    [
      "convert({}, list(string))",
      'Invalid function argument: Invalid value for "value" parameter: list of string required. @8-10',
    ],
    [
      "convert([], map(string))",
      'Invalid function argument: Invalid value for "value" parameter: map of string required. @8-10',
    ],
    [
      "convert([[1]], list(list(bool)))",
      'Invalid function argument: Invalid value for "value" parameter: element 0: element 0: bool required. @8-13',
    ],
    [
      "convert({k=[1]}, map(string))",
      'Invalid function argument: Invalid value for "value" parameter: element "k": string required. @8-15',
    ],
    [
      "convert(tolist([1]), list(bool))",
      'Invalid function argument: Invalid value for "value" parameter: incorrect list element type: bool required. @8-19',
    ],
    [
      "convert(tolist([1]), tuple([number]))",
      'Invalid function argument: Invalid value for "value" parameter: tuple required. @8-19',
    ],
    [
      "convert([1], tuple([number,number]))",
      'Invalid function argument: Invalid value for "value" parameter: tuple required. @8-11',
    ],
    [
      "convert({}, object({a=string}))",
      'Invalid function argument: Invalid value for "value" parameter: attribute "a" is required. @8-10',
    ],
    [
      "convert({}, object({a=string,b=string}))",
      'Invalid function argument: Invalid value for "value" parameter: attributes "a" and "b" are required. @8-10',
    ],
    [
      "convert({}, object({a=string,b=string,c=string}))",
      'Invalid function argument: Invalid value for "value" parameter: attributes "a", "b", and "c" are required. @8-10',
    ],
    [
      "convert({a={b=1}}, object({a=object({b=bool})}))",
      'Invalid function argument: Invalid value for "value" parameter: attribute "a": attribute "b": bool required. @8-17',
    ],
    [
      "convert(tomap({a=1}), object({zz=number}))",
      'Invalid function argument: Invalid value for "value" parameter: map has no element for required attribute "zz". @8-20',
    ],
    [
      "convert(1, object({a=string}))",
      'Invalid function argument: Invalid value for "value" parameter: object required. @8-9',
    ],
    [
      "convert([u], list(list(string)))",
      'Invalid function argument: Invalid value for "value" parameter: element 0: list of string required. @8-11',
    ],
  ])("%s fails", (source, want) => {
    expect(evaluateText(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });
});
