import { describe, expect, test } from "@jest/globals";
import { evaluateText, showDiagnostic, showValue } from "./testing.js";

describe("traversals and indexes", () => {
  test.each([
    ["var.list[1]", '"b" : string'],
    ['var["name"]', '"n" : string'],
    ["var.object.id", "7 : number"],
    ["[[1,2],[3]][0][1]", "2 : number"],
    ['[1,2,3]["1"]', "2 : number"],
    ["{a={b=[1,2]}}.a.b.1", "2 : number"],
    ["tomap({a=1}).a", "1 : number"],
    ['tomap({a=1})["a"]', "1 : number"],
    ["{1=2}[1]", "2 : number"],
    ["[1,u][1]", '"?" : string'],
    ["ul[0]", '"?" : string'],
    ["d.a", '"?" : any'],
    ["d[0]", '"?" : any'],
    ["[1,2][d]", '"?" : any'],
    ["{a=1}[u]", '"?" : any'],
    ["tomap({a=1})[u]", '"?" : number'],
    ["{a=secret}.a", '"pw" : string !'],
  ])("%s", (source, want) => {
    const { value, diagnostics } = evaluateText(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(showValue(value)).toBe(want);
  });

  test.each([
    ["foo", 'Unknown variable: There is no variable named "foo". @0-3'],
    ["va.x", 'Unknown variable: There is no variable named "va". Did you mean "d"? @0-2'],
    ["varr", 'Unknown variable: There is no variable named "varr". Did you mean "var"? @0-4'],
    [
      "[1,2][2]",
      "Invalid index: The given key does not identify an element in this collection value: the given index is greater than or equal to the length of the collection. @5-8",
    ],
    ["[1,2][3]", "Invalid index: The given key does not identify an element in this collection value. @5-8"],
    [
      "[1,2][-1]",
      "Invalid index: The given key does not identify an element in this collection value: a negative number is not a valid index for a sequence. @5-9",
    ],
    [
      "[1,2][0.5]",
      "Invalid index: The given key does not identify an element in this collection value: indexing a sequence requires a whole number, but the given index has a fractional part. @5-10",
    ],
    [
      '[1,2]["a"]',
      "Invalid index: The given key does not identify an element in this collection value: a number is required. @5-10",
    ],
    [
      "[][0]",
      "Invalid index: The given key does not identify an element in this collection value: the collection has no elements. @2-5",
    ],
    ["[1][null]", "Invalid index: Can't use a null value as an indexing key. @3-9"],
    [
      "{a=1}[0]",
      "Invalid index: The given key does not identify an element in this collection value. An object only supports looking up attributes by name, not by numeric index. @5-8",
    ],
    ['{a=1}["b"]', "Invalid index: The given key does not identify an element in this collection value. @5-10"],
    ["{a=1}.b", 'Unsupported attribute: This object does not have an attribute named "b". @5-7'],
    ["tomap({a=1}).zz", 'Missing map element: This map does not have an element with the key "zz". @12-15'],
    [
      'tomap({a=1})["zz"]',
      "Invalid index: The given key does not identify an element in this collection value. @12-18",
    ],
    [
      'toset(["a"])[0]',
      "Invalid index: Elements of a set are identified only by their value and don't have any separate index or key to select with, so it's only possible to perform operations across all elements of the set. @12-15",
    ],
    ['"a"[0]', "Invalid index: This value does not have any indices. @3-6"],
    ['"a".b', "Unsupported attribute: Can't access attributes on a primitive-typed value (string). @3-5"],
    [
      "null.b",
      "Attempt to get attribute from null value: This value is null, so it does not have any attributes. @4-6",
    ],
    ["null[0]", "Attempt to index null value: This value is null, so it does not have any indices. @4-7"],
    ["[1].b", "Unsupported attribute: This value does not have any attributes. @3-5"],
    [
      "tolist([{a=1}]).a",
      'Unsupported attribute: Can\'t access attributes on a list of objects. Did you mean to access attribute "a" for a specific element of the list, or across all elements of the list? @15-17',
    ],
    [
      "tolist([{a=1}]).b",
      "Unsupported attribute: Can't access attributes on a list of objects. Did you mean to access an attribute for a specific element of the list, or across all elements of the list? @15-17",
    ],
    [
      "toset([{a=1}]).a",
      "Unsupported attribute: Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of the set? @14-16",
    ],
  ])("%s fails", (source, want) => {
    expect(evaluateText(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });
});
