import { expect, test } from "@jest/globals";
import { compileGlob } from "./glob.js";

test.each([
  { pattern: "null.a", name: "null.a", want: true },
  { pattern: "null.a", name: "b.null.a", want: false },
  { pattern: "*.null.a", name: "b.null.a", want: true },
  { pattern: "b.*", name: "b.null.a", want: true },
  { pattern: "**", name: "b.null.a", want: true },
  { pattern: "null.?", name: "null.a", want: true },
  { pattern: "null.?", name: "null.ab", want: false },
  { pattern: "null.[ab]", name: "null.b", want: true },
  { pattern: "null.[!ab]", name: "null.b", want: false },
  { pattern: "null.[a-c]", name: "null.b", want: true },
  { pattern: "null.[!a-c]", name: "null.d", want: true },
  { pattern: "{null,file}.a*", name: "file.abc", want: true },
  { pattern: "{null,f{i,o}le}.a", name: "fole.a", want: true },
  { pattern: "a\\*", name: "a*", want: true },
  { pattern: "a\\*", name: "ab", want: false },
  { pattern: "a.b", name: "aXb", want: false },
  { pattern: "{a", name: "a", want: true },
  { pattern: "b}", name: "b}", want: true },
  { pattern: "", name: "a", want: false },
])("$pattern on $name gives $want", ({ pattern, name, want }) => {
  const glob = compileGlob(pattern);
  expect("matches" in glob && glob.matches(name)).toBe(want);
});

test("an open list is a problem", () => expect(compileGlob("null.[a")).toHaveProperty("problem"));
