import { describe, expect, test } from "@jest/globals";
import { evaluateText, showDiagnostic, showValue } from "./testing.js";

describe("operators", () => {
  test.each([
    ['"5" + 1', "6 : number"],
    ['!"true"', "false : bool"],
    ['1 < "2"', "true : bool"],
    ['1 == "1"', "false : bool"],
    ['"true" == true', "false : bool"],
    ["null == null", "true : bool"],
    ["null == 1", "false : bool"],
    ["0.1 + 0.2 == 0.3", "true : bool"],
    ["-10 % 3", "-1 : number"],
    ["5 % 0", "5 : number"],
    ["1 + 2 * 3 - 4 / 2 % 3", "5 : number"],
    ["- -5", "5 : number"],
    ["null && true", "false : bool"],
    ["null || true", "true : bool"],
    ["true || foo.bar", "true : bool"],
    ["false && foo.bar", "false : bool"],
    ['u == "a"', '"?" : bool'],
    ["u == 1", "false : bool"],
    ["u == d", '"?" : bool'],
    ["ul == u", '"?" : bool'],
    ["null == u", '"?" : bool'],
    ["d == 1", '"?" : bool'],
    ['{a=u} == {a="x"}', '"?" : bool'],
    ['{a=u, b=1} == {a="x", b=2}', "false : bool"],
    ['["a"] == tolist(["a"])', "false : bool"],
    ['toset(["a","b"]) == toset(["b","a"])', "true : bool"],
    ['"e\\u0301" == "é"', "true : bool"],
    ['secret == "pw"', "true : bool !"],
    ['secret != "x"', "true : bool !"],
    ["u && false", "false : bool"],
    ["!d", '"?" : bool'],
    ["1 < d", '"?" : bool'],
  ])("%s", (source, want) => {
    const { value, diagnostics } = evaluateText(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(showValue(value)).toBe(want);
  });

  test.each([
    ["1 + [1]", "Invalid operand: Unsuitable value for right operand: number required. @4-7"],
    ['"a" + 1', "Invalid operand: Unsuitable value for left operand: a number is required. @0-3"],
    ["-{}", "Invalid operand: Unsuitable value for unary operand: number required. @1-3"],
    ['!"yes"', "Invalid operand: Unsuitable value for unary operand: a bool is required. @1-6"],
    ['1 < "a"', "Invalid operand: Unsuitable value for right operand: a number is required. @4-7"],
    ["1 + null", "Operation failed: Error during operation: argument must not be null. @0-8"],
    ["null || false", "Operation failed: Error during operation: argument must not be null. @0-13"],
    ["0/0", "Operation failed: Error during operation: can't divide zero by zero or infinity by infinity. @0-3"],
    ["true && foo.bar", 'Unknown variable: There is no variable named "foo". @8-11'],
    [
      "foo + bar",
      'Unknown variable: There is no variable named "foo". @0-3\nUnknown variable: There is no variable named "bar". Did you mean "var"? @6-9',
    ],
  ])("%s fails", (source, want) => {
    expect(evaluateText(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });
});
