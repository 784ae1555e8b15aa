import { describe, expect, test } from "@jest/globals";
import { fromJs, type JsValue } from "./js-value.js";
import { parseExpressionFile } from "./parse-expression-text.js";
import { SourceFile } from "./source-file.js";
import { showDiagnostic, showValue } from "./testing.js";
import { convertToConstraint, decodeTypeConstraint } from "./type-constraint.js";
import { typeText } from "./type.js";

function decode(source: string, allowDefaults = true) {
  const file = new SourceFile("test.hcl", source);
  return decodeTypeConstraint(parseExpressionFile(file).value, { file, allowDefaults });
}

describe("type expressions", () => {
  test.each([
    ["string", "string"],
    ["any", "any"],
    ["list(number)", "list(number)"],
    ["set(map(bool))", "set(map(bool))"],
    ["tuple([string, any])", "tuple([string, any])"],
    ["tuple([])", "tuple([])"],
    ["object({})", "object({})"],
    ["object({b = string, a = optional(number)})", "object({a=optional(number), b=string})"],
    ["object({a = optional(list(object({c = bool})), [])})", "object({a=optional(list(object({c=bool})))})"],
  ])("%s", (source, want) => {
    const { value, diagnostics } = decode(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(typeText(value.type)).toBe(want);
  });

  const invalid = "Invalid type specification";
  test.each([
    ["foo", `${invalid}: The keyword "foo" is not a valid type specification. @0-3`],
    ["list", `${invalid}: The list type constructor requires one argument specifying the element type. @0-4`],
    ["list()", `${invalid}: The list type constructor requires one argument specifying the element type. @0-4`],
    [
      "map(string, string)",
      `${invalid}: The map type constructor requires one argument specifying the element type. @3-19`,
    ],
    [
      "object",
      `${invalid}: The object type constructor requires one argument specifying the attribute types and values as a map. @0-6`,
    ],
    ["tuple(string)", `${invalid}: Tuple type constructor requires a list of element types. @6-12`],
    ["string()", `${invalid}: Primitive type keyword "string" does not expect arguments. @6-8`],
    ["foo(string)", `${invalid}: Keyword "foo" is not a valid type constructor. @0-11`],
    [
      "optional(string)",
      `${invalid}: Keyword "optional" is valid only as a modifier for object type attributes. @0-16`,
    ],
    [
      "list(optional(string))",
      `${invalid}: Keyword "optional" is valid only as a modifier for object type attributes. @5-21`,
    ],
    ['object({"a" = string})', `${invalid}: Object constructor map keys must be attribute names. @8-11`],
    ["object({a = string, a = string})", `${invalid}: Object constructor map keys must be unique. @20-21`],
    [
      "object({a = optional()})",
      `${invalid}: Optional attribute modifier requires the attribute type as its argument. @20-22`,
    ],
    [
      "object({a = optional(string, 1, 2)})",
      `${invalid}: Optional attribute modifier expects at most two arguments: the attribute type, and a default value. @32-33`,
    ],
    [
      '"string"',
      `${invalid}: A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string). @0-8`,
    ],
    [
      'object({a = optional(number, "x")})',
      "Invalid default value for optional attribute: This default value is not compatible with the attribute's type constraint: a number is required. @29-32",
    ],
    ["object({a = optional(number, var.x)})", "Variables not allowed: Variables may not be used here. @29-32"],
  ])("%s fails", (source, want) => expect(decode(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want));

  test("defaults are refused where only types are wanted", () => {
    expect(decode("object({a = optional(number, 1)})", false).diagnostics.map(showDiagnostic)).toEqual([
      `${invalid}: Optional attribute modifier expects only one argument: the attribute type. @29-30`,
    ]);
  });
});

describe("defaults", () => {
  const inner = "object({a = optional(number, 3), b = optional(string)})";
  test.each<[string, JsValue, string]>([
    [inner, {}, '{"a":3,"b":null} : object({a=number, b=string})'],
    [inner, { a: null, b: 1 }, '{"a":3,"b":"1"} : object({a=number, b=string})'],
    [`list(${inner})`, [{}, { a: "1" }], '[{"a":3,"b":null},{"a":1,"b":null}] : list(object({a=number, b=string}))'],
    [`map(${inner})`, { k: {} }, '{"k":{"a":3,"b":null}} : map(object({a=number, b=string}))'],
    [`set(${inner})`, [{}, {}], '[{"a":3,"b":null}] : set(object({a=number, b=string}))'],
    [`tuple([string, ${inner}])`, ["x", {}], '["x",{"a":3,"b":null}] : tuple([string, object({a=number, b=string})])'],
    [`object({o = optional(${inner}, {})})`, {}, '{"o":{"a":3,"b":null}} : object({o=object({a=number, b=string})})'],
    [`object({o = optional(${inner})})`, {}, '{"o":null} : object({o=object({a=number, b=string})})'],
    [inner, null, "null : object({a=number, b=string})"],
  ])("%s of %j", (source, given, want) => {
    const { value, diagnostics } = decode(source);
    expect(diagnostics).toEqual([]);
    expect(showValue(convertToConstraint(fromJs(given), value))).toBe(want);
  });
});
