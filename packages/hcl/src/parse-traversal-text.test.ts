import { expect, test } from "@jest/globals";
import { parseTraversalText } from "./parse-traversal-text.js";
import { showTree } from "./show-tree.js";

test.each(["a", "source.null.a", 'a["b"][0].c', "a\n.b"])("reads %s", (source) => {
  const { value, diagnostics } = parseTraversalText({ filename: "x", source });
  expect(diagnostics).toEqual([]);
  expect(value && showTree(value)).toBe(source.replace("\n", ""));
});

test.each([
  { source: "", want: "Variable name required" },
  { source: "1", want: "Variable name required" },
  { source: "a[b]", want: "Invalid reference" },
  { source: "a.*.b", want: "Invalid reference" },
  { source: "f(a)", want: "Invalid reference" },
  { source: "true", want: "Invalid reference" },
  { source: "a b", want: "Extra characters after expression" },
])("refuses $source", ({ source, want }) => {
  const { value, diagnostics } = parseTraversalText({ filename: "x", source });
  expect(value).toBeUndefined();
  expect(diagnostics.map(({ summary }) => summary)).toEqual([want]);
});
