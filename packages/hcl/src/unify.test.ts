import { describe, expect, test } from "@jest/globals";
import { parseExpressionFile } from "./parse-expression-text.js";
import { SourceFile } from "./source-file.js";
import { decodeTypeConstraint } from "./type-constraint.js";
import { typeText, type Type } from "./type.js";
import { canConvert, unifyTypes } from "./unify.js";

function type(source: string): Type {
  const file = new SourceFile("test.hcl", source);
  return decodeTypeConstraint(parseExpressionFile(file).value, { file, allowDefaults: false }).value.type;
}

describe("unification", () => {
  test.each([
    [["string"], "string"],
    [["number", "string"], "string"],
    [["bool", "string"], "string"],
    [["number", "bool", "string"], "string"],
    [["number", "bool"], undefined],
    [["any", "any"], "any"],
    [["any", "number"], "number"],
    [["any", "string", "tuple([])"], undefined],
    [["list(number)", "list(string)"], "list(string)"],
    [["list(number)", "list(bool)"], undefined],
    [["list(number)", "tuple([string])"], "list(string)"],
    [["list(string)", "set(string)"], "list(string)"],
    [["set(string)", "tuple([number])"], "set(string)"],
    [["set(number)", "set(string)"], "set(string)"],
    [["tuple([number])", "tuple([string])"], "tuple([string])"],
    [["tuple([number])", "tuple([string, bool])"], "list(string)"],
    [["tuple([])", "tuple([string])"], "list(string)"],
    [["tuple([number])", "tuple([list(string)])"], undefined],
    [["object({a = number})", "object({a = string})"], "object({a=string})"],
    [["object({a = number})", "object({b = string})"], "map(string)"],
    [["object({})", "object({b = number})"], "map(number)"],
    [["object({a = number})", "map(string)"], "map(string)"],
    [["map(number)", "map(string)"], "map(string)"],
    [["object({a = number})", "tuple([number])"], undefined],
    [["object({a = number})", "string"], undefined],
    [["list(string)", "string"], undefined],
    [["list(string)", "map(string)"], undefined],
  ])("of %j is %s", (sources, want) => {
    const unified = unifyTypes(sources.map(type));
    expect(unified && typeText(unified)).toBe(want);
  });

  test("of nothing is nothing", () => expect(unifyTypes([])).toBeUndefined());
});

describe("conversions by type", () => {
  test.each([
    ["number", "string", "safe"],
    ["bool", "string", "safe"],
    ["string", "number", "unsafe"],
    ["string", "bool", "unsafe"],
    ["number", "bool", "never"],
    ["set(string)", "list(string)", "safe"],
    ["list(string)", "set(string)", "unsafe"],
    ["tuple([string])", "list(string)", "safe"],
    ["list(string)", "tuple([string])", "never"],
    ["object({a = string})", "map(string)", "safe"],
    ["map(string)", "object({a = string})", "unsafe"],
    ["object({a = string, b = string})", "object({a = string})", "safe"],
    ["object({})", "object({a = string})", "never"],
    ["object({})", "object({a = optional(string)})", "safe"],
    ["any", "string", "unsafe"],
    ["string", "any", "safe"],
  ])("%s to %s is %s", (from, to, want) => {
    const isSafe = canConvert(type(from), type(to), "safe");
    const isPossible = canConvert(type(from), type(to), "unsafe");
    expect(isSafe ? "safe" : isPossible ? "unsafe" : "never").toBe(want);
  });
});
