import { expect, test } from "@jest/globals";
import { unixLines } from "./unix-lines.js";

test.each([
  { name: "converts line ends", text: "a\r\nb\r\n", want: "a\nb\n" },
  { name: "adds a missing last line end", text: "a", want: "a\n" },
  { name: "leaves an empty file empty", text: "", want: "" },
  { name: "leaves a lone carriage return", text: "a\rb\n", want: "a\rb\n" },
])("$name", ({ text, want }) => expect(unixLines(Buffer.from(text)).toString()).toBe(want));
