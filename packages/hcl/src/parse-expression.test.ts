import { describe, expect, test } from "@jest/globals";
import { formatRange } from "@ingot/diag";
import { parseExpressionText } from "./parse-expression-text.js";
import { showTree } from "./show-tree.js";

const parse = (source: string) => parseExpressionText({ filename: "x", source });

describe("expressions", () => {
  test.each([
    { name: "integer", source: "12", want: "12" },
    { name: "fraction and exponent", source: "1.5e-3", want: "1.5e-3" },
    { name: "a dot before the exponent is dropped", source: "1.e5", want: "1e5" },
    { name: "literals", source: "[true, false, null]", want: "[true false null]" },
    { name: "a dash belongs to the name", source: "a-1", want: "a-1" },
    { name: "subtraction needs spaces between names", source: "a - 1", want: "(- a 1)" },
    { name: "names beyond ASCII", source: "größe.日本", want: "größe.日本" },
    { name: "operators associate to the left", source: "1 - 2 - 3", want: "(- (- 1 2) 3)" },
    { name: "product before sum", source: "1 + 2 * 3", want: "(+ 1 (* 2 3))" },
    {
      name: "all levels of operators",
      source: "a || b && c == d < e + f * -g",
      want: "(|| a (&& b (== c (< d (+ e (* f (- g)))))))",
    },
    { name: "unary binds tighter than binary", source: "-4 + 5", want: "(+ (- 4) 5)" },
    { name: "unary operators repeat", source: "!!-a.b", want: "(! (! (- a.b)))" },
    { name: "conditionals nest to the right", source: "a ? b : c ? d : e", want: "(if a b (if c d e))" },
    {
      name: "conditional as condition needs parentheses",
      source: "(a ? b : c) ? d : e",
      want: "(if (paren (if a b c)) d e)",
    },
    { name: "newlines mean nothing in parentheses", source: "(\n1\n+ 2\n)", want: "(paren (+ 1 2))" },
    { name: "constant steps", source: 'a.b[0]["k"].c', want: 'a.b[0]["k"].c' },
    { name: "an empty key is constant", source: 'a[""]', want: 'a[""]' },
    { name: "computed keys", source: "a.b[c].d", want: "(index a.b c).d" },
    { name: "a negative key is computed", source: "a[-1]", want: "(index a (- 1))" },
    { name: "legacy index", source: "a.0.b", want: "a.0.b" },
    { name: "steps from a call", source: "f(x).a[0]", want: "(call f x).a[0]" },
    { name: "attribute splat", source: "a.*.b.0", want: "(.* a @.b.0)" },
    { name: "an index after an attribute splat takes from its result", source: "a.*.b[0]", want: "(.* a @.b)[0]" },
    { name: "full splat takes everything after it", source: "a[*].b[0][c]", want: "([*] a (index @.b[0] c))" },
    { name: "full splats nest", source: "a[*][*].b", want: "([*] a ([*] @ @.b))" },
    { name: "call without arguments", source: "f()", want: "(call f)" },
    { name: "trailing comma and newlines in a call", source: "f(\n1,\n2,\n)", want: "(call f 1 2)" },
    { name: "expanded last argument", source: "f(1, a...)", want: "(call f 1 a...)" },
    { name: "namespaced call", source: "ns::sub::f(1)", want: "(call ns::sub::f 1)" },
    { name: "empty tuple and object", source: "[[], {}]", want: "[[] {}]" },
    { name: "trailing comma in a tuple", source: "[\n1,\n2,\n]", want: "[1 2]" },
    { name: "object with both separators", source: "{ a = 1, b : 2\n c = 3 }", want: "{a=1 b=2 c=3}" },
    { name: "words as keys", source: "{ true = 1, null = 2, if = 3, a = 4 }", want: "{true=1 null=2 if=3 a=4}" },
    {
      name: "computed and odd keys",
      source: '{ (a) = 1, "b" = 2, 3 = 4, c.d = 5 }',
      want: '{(paren a)=1 (quoted "b")=2 3=4 c.d=5}',
    },
    {
      name: "comments in an object end items",
      source: "{\n a = 1 # one\n b = 2 // two\n /* c */ }",
      want: "{a=1 b=2}",
    },
    { name: "for tuple", source: "[for v in c : v]", want: "(for v c v)" },
    {
      name: "for tuple with key and condition",
      source: "[for k, v in c : k if v > 1]",
      want: "(for k,v c k if (> v 1))",
    },
    { name: "for object", source: "{for k, v in c : k => v}", want: "(for k,v c k=>v)" },
    { name: "grouping for", source: "{\n for v in c :\n v.k => v... if v.x\n}", want: "(for v c v.k=>v... if v.x)" },
    { name: "for is an ordinary key when it is not first", source: "{ a = 1, for = 2 }", want: "{a=1 for=2}" },
    { name: "in and if are ordinary names", source: "in + if", want: "(+ in if)" },
    { name: "comparison beside a heredoc marker", source: "a < b", want: "(< a b)" },
  ])("$name", ({ source, want }) => {
    const { value, diagnostics } = parse(source);
    expect(diagnostics).toEqual([]);
    expect(showTree(value)).toBe(want);
  });

  test.each([
    { source: "", want: "Missing expression 1,1-1" },
    { source: "1 +", want: "Missing expression 1,4-4" },
    { source: "* 2", want: "Invalid expression 1,1-2" },
    { source: "1 2", want: "Extra characters after expression 1,3-4" },
    { source: "1.2.3", want: "Invalid number literal 1,1-6" },
    { source: "(1", want: "Unbalanced parentheses 1,3-3" },
    { source: "a ? b", want: "Missing false expression in conditional 1,6-6" },
    { source: "a.", want: "Invalid attribute name 1,3-3" },
    { source: "a.0.1", want: "Invalid legacy index syntax 1,3-6" },
    { source: "a.*.*", want: "Nested splat expression not allowed 1,5-6" },
    { source: "a[*", want: "Missing close bracket on splat index 1,4-4" },
    { source: "a[1", want: "Missing close bracket on index 1,4-4" },
    { source: "f(1 2)", want: "Missing argument separator 1,5-6" },
    { source: "f(1", want: "Unterminated function call 1,1-3" },
    { source: "f(a..., b)", want: "Missing closing parenthesis 1,4-7" },
    { source: "a::1()", want: "Missing function name 1,4-5" },
    { source: "a::b", want: "Missing open parenthesis 1,5-5" },
    { source: "[1, 2", want: "Unterminated tuple constructor expression 1,1-2" },
    { source: "[1 2]", want: "Missing item separator 1,4-5" },
    { source: "{a = 1", want: "Unterminated object constructor expression 1,1-2" },
    { source: "{a}", want: "Missing key/value separator 1,3-4" },
    { source: "{a, b = 1}", want: "Missing attribute value 1,3-4" },
    { source: "{a b = 1}", want: "Missing key/value separator 1,4-5" },
    { source: "{a = 1 b = 2}", want: "Missing attribute separator 1,8-9" },
    { source: "{a = 1\n, b = 2}", want: "Invalid expression 2,1-2" },
    { source: "[for]", want: "Invalid 'for' expression 1,5-6" },
    { source: "[for a, in b : c]", want: "Invalid 'for' expression 1,12-13" },
    { source: "[for a of b : c]", want: "Invalid 'for' expression 1,8-10" },
    { source: "[for a in b c]", want: "Invalid 'for' expression 1,13-14" },
    { source: "[for a in b : c d]", want: "Invalid 'for' expression 1,17-18" },
    { source: "[for a in b : c => d]", want: "Invalid 'for' expression 1,15-16" },
    { source: "[for a in b : c...]", want: "Invalid 'for' expression 1,16-19" },
    { source: "{for a in b : c}", want: "Invalid 'for' expression 1,15-16" },
    { source: "a & b", want: "Unsupported operator 1,3-4" },
    { source: "'a'", want: "Invalid character 1,1-2" },
    { source: "`a`", want: "Invalid character 1,1-2" },
    { source: "a;", want: "Invalid character 1,2-3" },
    { source: "“a”", want: "Invalid character 1,1-2" },
    { source: "2 ** 3", want: "Invalid expression 1,4-5" },
  ])("reports once what is wrong in $source", ({ source, want }) => {
    const [first] = parse(source).diagnostics;
    expect(first && `${first.summary} ${first.subject ? formatRange(first.subject).slice(2) : ""}`).toBe(want);
  });

  test("gives every node its own range", () => {
    const { value } = parse("é + f(x)[1] ");
    if (value.kind !== "binary") throw new Error("not a sum");
    expect([value.start, value.end]).toEqual([0, 12]);
    expect([value.operatorSpan.start, value.right.start, value.right.end]).toEqual([3, 5, 12]);
  });
});
