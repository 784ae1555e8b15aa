import { expect, test } from "@jest/globals";
import { SourceFile } from "./source-file.js";

/** `line,column` of the place where a text begins. */
function place(source: string, text: string): string {
  const file = new SourceFile("x", source);
  const { line, column } = file.position(Buffer.byteLength(source.slice(0, source.indexOf(text))));
  return `${line},${column}`;
}

test.each([
  { name: "counts from one", source: "x", want: "1,1" },
  { name: "counts a tab as one column", source: "a\n\tx", want: "2,2" },
  { name: "takes both kinds of newline", source: "a\r\nb\nx", want: "3,1" },
  { name: "gives a byte-order mark no width", source: "\ufeff x", want: "1,2" },
  { name: "counts letters beyond ASCII as one", source: "é日x", want: "1,3" },
  { name: "counts a letter with combining marks as one", source: "e\u0301\u0302x", want: "1,2" },
  { name: "counts a joined emoji as one", source: "a👩‍👩‍👧b🇩🇪x", want: "1,5" },
])("$name", ({ source, want }) => expect(place(source, "x")).toBe(want));

test("gives the same answer in any order", () => {
  const file = new SourceFile("x", "äöü\nabc\n");
  const offsets = [0, 2, 4, 6, 7, 9, 10];
  const forward = offsets.map((offset) => file.position(offset));
  const backward = offsets.toReversed().map((offset) => file.position(offset));
  expect(backward.toReversed()).toEqual(forward);
  expect(forward.map(({ line, column }) => `${line},${column}`)).toEqual([
    "1,1",
    "1,2",
    "1,3",
    "1,4",
    "2,1",
    "2,3",
    "2,4",
  ]);
});

test("stays fast on a long line of letters beyond ASCII", () => {
  const file = new SourceFile("x", "日".repeat(300_000));
  expect(file.position(900_000).column).toBe(300_001);
});
