import { expect, test } from "@jest/globals";
import { LineSplitter, LineTail } from "./line-splitter.js";

test.each([
  { name: "cuts at line feeds", chunks: ["a\nb\n"], want: ["a", "b"] },
  { name: "joins chunks", chunks: ["a", "b\nc", "d"], want: ["ab", "cd"] },
  { name: "drops carriage returns at the end", chunks: ["a\r\nb"], want: ["a", "b"] },
  { name: "keeps empty lines", chunks: ["\n\n"], want: ["", ""] },
  { name: "cuts what is too long", chunks: ["123456789012", "34\nx"], want: ["12345", "67890", "1234", "x"] },
  { name: "takes a line of just the limit", chunks: ["12345\n6"], want: ["12345", "6"] },
])("$name", ({ chunks, want }) => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => void lines.push(line), 5);
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  expect(lines).toEqual(want);
});

test("a tail keeps the last lines that say something", () => {
  const tail = new LineTail(2);
  for (const line of ["one", "two", " ", "x".repeat(500)]) tail.push(line);
  expect(tail.lines).toEqual(["two", `${"x".repeat(400)}…`]);
});
